package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// docsGroup is the files that become one repository of a site.
type docsGroup struct {
	base   string // absolute folder the paths of the plugins are relative to
	folder string // what stands before these paths, "" for nothing
	files  []string
	whole  bool // all of a folder, so that its manifest counts
	images bool // images beside the plugins may be read

	pictures []string // files that look like images
}

// groupDocsPaths finds the plugin files of folders and files, each once.
func groupDocsPaths(a *app.App, paths []string) (groups []docsGroup, err error) {
	seen := map[string]bool{}
	single := docsGroup{base: filepath.Clean(a.Dir)}
	for _, path := range paths {
		info, err := os.Stat(absolute(a, path))
		if err != nil {
			return nil, withExit(exitMissing, unread(path, err), "")
		}
		if !info.IsDir() {
			if !seen[absolute(a, path)] {
				seen[absolute(a, path)] = true
				single.files = append(single.files, path)
			}
			continue
		}
		g := docsGroup{base: filepath.Clean(absolute(a, path)), whole: true, images: true}
		if len(paths) > 1 {
			g.folder = filepath.ToSlash(filepath.Clean(path))
		}
		below, pictures, err := docsFilesBelow(a, path)
		if err != nil {
			return nil, err
		}
		g.pictures = pictures
		for _, file := range below {
			if !seen[absolute(a, file)] {
				seen[absolute(a, file)] = true
				g.files = append(g.files, file)
			}
		}
		groups = append(groups, g)
	}
	if len(single.files) == 0 {
		return groups, nil
	}
	if len(paths) == 1 {
		single.base, single.images = filepath.Dir(absolute(a, paths[0])), true
	}
	return append(groups, single), nil
}

// docsFilesBelow finds the plugins of a folder, and the pictures that may belong to them.
func docsFilesBelow(a *app.App, dir string) (files, pictures []string, err error) {
	top := absolute(a, dir)
	err = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read folder %s: %w", dir, cause(err))
		case entry.IsDir() && path != top && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.Type().IsRegular() && (strings.HasSuffix(path, address.PluginSuffix) || strings.HasSuffix(path, address.HyphaSuffix)):
			files = append(files, path)
		case entry.Type().IsRegular() && len(pictures) < maxStampedPictures && isPicture(path):
			pictures = append(pictures, path)
		}
		if len(files) > docsrender.MaxPlugins {
			return usageError("name folders with fewer plugins", "%s holds more than %d plugins", dir, docsrender.MaxPlugins)
		}
		return nil
	})
	return files, pictures, err
}

// maxStampedPictures is how many pictures of a folder are watched for changes.
const maxStampedPictures = 2000

func isPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return true
	}
	return false
}

// docsStamp is a text that changes when a plugin, a picture or a manifest does, or what
// is installed.
func docsStamp(a *app.App, paths []string, installed bool) (string, error) {
	local, remote := remoteDocs(a, paths)
	groups, err := groupDocsPaths(a, local)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintln(&b, remote) // these are read once
	for _, g := range groups {
		for _, file := range slices.Concat(g.files, g.pictures, []string{filepath.Join(g.base, address.ManifestName)}) {
			if info, err := os.Stat(absolute(a, file)); err == nil {
				fmt.Fprintf(&b, "%s\n%d %d\n", file, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	if installed {
		err = stampInstalled(a, &b)
	}
	return b.String(), err
}

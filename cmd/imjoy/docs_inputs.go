package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// docsInputs is what a site is made of.
type docsInputs struct {
	inputs   []docsrender.Input
	manifest *manifest.Manifest
	root     *os.Root // for images beside the plugins; nil when there is no one folder
}

func (in *docsInputs) Close() {
	if in.root != nil {
		in.root.Close()
	}
}

func (in *docsInputs) build(ctx context.Context, o docsrender.Options) (*docsrender.Site, error) {
	if in.root != nil {
		o.Open = in.open
	}
	return docsrender.Build(ctx, in.inputs, in.manifest, o)
}

// open reads an image of the folder; links that lead out of it are refused.
func (in *docsInputs) open(path string) ([]byte, error) {
	file, err := in.root.Open(filepath.FromSlash(path))
	if err != nil {
		return nil, cause(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	return io.ReadAll(io.LimitReader(file, docsrender.MaxImageBytes+1))
}

// readDocsInputs reads the plugins that paths name. One folder is a repository: its
// manifest counts.
func readDocsInputs(a *app.App, paths []string) (*docsInputs, error) {
	files, base, err := findDocsFiles(a, paths)
	if err != nil {
		return nil, err
	}
	in := &docsInputs{}
	for _, path := range files {
		text, err := readPluginText(a, path)
		if err != nil {
			return nil, withExit(exitMissing, err, "")
		}
		shown := filepath.ToSlash(path)
		if relative, err := filepath.Rel(base, absolute(a, path)); err == nil && filepath.IsLocal(relative) {
			shown = filepath.ToSlash(relative)
		}
		doc, found := pluginfile.Parse(shown, text)
		in.inputs = append(in.inputs, docsrender.Input{Path: shown, Document: doc, Diagnostics: found})
	}
	if len(paths) != 1 {
		return in, nil
	}
	if in.root, err = os.OpenRoot(base); err != nil {
		return nil, fmt.Errorf("open folder %s: %w", base, cause(err))
	}
	if !strings.EqualFold(base, absolute(a, paths[0])) && base != filepath.Clean(absolute(a, paths[0])) {
		return in, nil // a single file
	}
	_, in.manifest, _, err = readManifest(a, filepath.Join(base, address.ManifestName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		in.Close()
		return nil, err
	}
	return in, nil
}

// findDocsFiles lists the plugin files, and the folder their paths are relative to.
func findDocsFiles(a *app.App, paths []string) (files []string, base string, err error) {
	base = a.Dir
	seen := map[string]bool{}
	for _, path := range paths {
		info, err := os.Stat(absolute(a, path))
		if err != nil {
			return nil, "", withExit(exitMissing, fmt.Errorf("read %s: %w", path, cause(err)), "")
		}
		below := []string{path}
		if info.IsDir() {
			if below, err = docsFilesBelow(a, path); err != nil {
				return nil, "", err
			}
		}
		for _, file := range below {
			if !seen[absolute(a, file)] {
				seen[absolute(a, file)] = true
				files = append(files, file)
			}
		}
		if len(paths) == 1 {
			base = filepath.Clean(absolute(a, path))
			if !info.IsDir() {
				base = filepath.Dir(base)
			}
		}
	}
	if len(files) == 0 {
		return nil, "", usageError("plugin files end in "+address.PluginSuffix, "there are no plugins in %s", strings.Join(paths, " "))
	}
	return files, base, nil
}

func docsFilesBelow(a *app.App, dir string) (files []string, err error) {
	top := absolute(a, dir)
	err = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read folder %s: %w", dir, cause(err))
		case entry.IsDir() && path != top && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.Type().IsRegular() && (strings.HasSuffix(path, address.PluginSuffix) || strings.HasSuffix(path, address.HyphaSuffix)):
			files = append(files, path)
		}
		if len(files) > docsrender.MaxPlugins {
			return usageError("name folders with fewer plugins", "%s holds more than %d plugins", dir, docsrender.MaxPlugins)
		}
		return nil
	})
	return files, err
}

// docsStamp is a text that changes when a plugin or a manifest does.
func docsStamp(a *app.App, paths []string) (string, error) {
	files, base, err := findDocsFiles(a, paths)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, file := range append(files, filepath.Join(base, address.ManifestName)) {
		if info, err := os.Stat(absolute(a, file)); err == nil {
			fmt.Fprintf(&b, "%s\n%d %d\n", file, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String(), nil
}

// docsSiteOptions makes the options of a site; done frees what they hold.
func docsSiteOptions(a *app.App, o docsOptions) (docsrender.Options, func(), error) {
	options := docsrender.Options{Title: o.title, Cache: docsrender.NewCache()}
	if o.address != "" {
		repository, err := address.Parse(o.address)
		if err != nil || repository.Kind != address.Repository || repository.Name != "" || repository.File != "" || repository.Collection != "" {
			return options, nil, usageError("write it as OWNER/REPO, with @REF if you like", "%q is not the address of a repository", o.address)
		}
		options.Address = cmp.Or(repository.String(), o.address)
	}
	if !o.fetch {
		return options, func() {}, nil
	}
	get, done, err := imageFetcher(a)
	if err != nil {
		return options, nil, err
	}
	options.Fetch = get
	return options, done, nil
}

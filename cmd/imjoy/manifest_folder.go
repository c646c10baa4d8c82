package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// maxFolderFiles is how many files a folder of plugins may hold; more than that is
// somebody's home folder.
const maxFolderFiles = 100_000

// pluginFolder is what lies below a folder.
type pluginFolder struct {
	docs  []manifest.BuildInput
	files []string // all files, relative to the manifest, with slashes
}

// readFolder reads every plugin below dir. Paths are relative to base, the folder of
// the manifest, which must hold all of dir.
func readFolder(a *app.App, dir, base string) (*pluginFolder, error) {
	folder := &pluginFolder{}
	top := absolute(a, dir)
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return withExit(exitMissing, fmt.Errorf("read folder %s: %w", dir, cause(err)), "")
		case entry.IsDir() && path != top && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.IsDir(), !entry.Type().IsRegular():
			return nil
		case len(folder.files) == maxFolderFiles:
			return usageError("name the folder of the plugins", "%s holds more than %d files", dir, maxFolderFiles)
		}
		relative, err := filepath.Rel(absolute(a, base), path)
		if err != nil || !filepath.IsLocal(relative) {
			return usageError("write it into "+dir+" or a folder above", "the manifest must lie above its plugins")
		}
		return folder.add(a, top, dir, path, filepath.ToSlash(relative))
	})
	return folder, err
}

// add keeps a file, and reads it when it is a plugin. What lies in a folder testdata
// is for tests, and no plugin of the repository.
func (f *pluginFolder) add(a *app.App, top, dir, path, relative string) error {
	f.files = append(f.files, relative)
	if !strings.HasSuffix(relative, address.PluginSuffix) || slices.Contains(strings.Split(relative, "/"), "testdata") {
		return nil
	}
	shown := path
	if inside, err := filepath.Rel(top, path); err == nil {
		shown = filepath.ToSlash(filepath.Join(dir, inside))
	}
	text, err := readPluginText(a, path)
	if err != nil {
		return err
	}
	doc, _ := pluginfile.Parse(shown, text)
	f.docs = append(f.docs, manifest.BuildInput{Path: relative, Document: doc})
	return nil
}

// readManifest reads a manifest file.
func readManifest(a *app.App, name string) (text []byte, m *manifest.Manifest, list []source.Diagnostic, err error) {
	if text, ok := readSmall(absolute(a, name)); ok {
		m, list = manifest.Parse(filepath.ToSlash(name), text)
		return text, m, list, nil
	}
	file, err := os.Open(absolute(a, name))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read manifest %s: %w", name, cause(err))
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(file, manifest.MaxBytes+1))
	switch {
	case err != nil:
		return nil, nil, nil, fmt.Errorf("read manifest %s: %w", name, cause(err))
	case len(text) > manifest.MaxBytes:
		return nil, nil, nil, fmt.Errorf("read manifest %s: it is larger than %d MiB", name, manifest.MaxBytes>>20)
	}
	m, list = manifest.Parse(filepath.ToSlash(name), text)
	return text, m, list, nil
}

// writeManifest replaces the file in one step, so that nobody reads half of it; a
// file that would not change is left alone.
func writeManifest(a *app.App, name string, toStdout bool, old, text []byte) error {
	if toStdout {
		_, err := a.Stdout.Write(text)
		return err
	}
	if bytes.Equal(old, text) {
		return nil
	}
	path := absolute(a, name)
	temporary, err := os.CreateTemp(filepath.Dir(path), ".manifest-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, cause(err))
	}
	defer os.Remove(temporary.Name()) // fails once it is renamed
	_, err = temporary.Write(text)
	if err == nil {
		err = temporary.Chmod(modeOf(path))
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, cause(err))
	}
	return nil
}

// modeOf keeps the permissions of a file that is replaced.
func modeOf(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

func absolute(a *app.App, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(a.Dir, path)
}

// showFindings writes diagnostics with frames.
func showFindings(a *app.App, w io.Writer, terminal bool, list []source.Diagnostic) error {
	return findings.Write(w, findings.Full, list, findings.Options{Color: terminal && a.Env("NO_COLOR") == ""})
}

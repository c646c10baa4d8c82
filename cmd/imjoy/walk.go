package main

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/lint/glob"
)

// walk finds the plugin files and manifests below a folder, on all processors. Hidden
// folders, node_modules and what .gitignore files leave out are not looked into.
type walk struct {
	top, shown string
	all        bool // look at what .gitignore leaves out, too

	group  sync.WaitGroup
	places chan struct{} // how many folders are read at once
	mu     sync.Mutex
	found  []lintFile
	near   []string // files whose names are nearly those of plugins
	failed []error
}

// ignores are the .gitignore files that count in a folder, the nearest last.
type ignores []ignoreFile

type ignoreFile struct {
	folder string // absolute, with slashes
	*glob.Ignore
}

// files returns what is found, in the order of paths. A folder that cannot be read does
// not keep the others from being read.
func (w *walk) files() ([]lintFile, []error) {
	w.places = make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	w.group.Add(1)
	w.folder(w.top, w.above())
	w.group.Wait()
	slices.SortFunc(w.found, func(a, b lintFile) int { return cmp.Compare(a.shown, b.shown) })
	slices.SortFunc(w.failed, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return w.found, w.failed
}

// above returns the .gitignore files of the folders over the top one, up to the root of
// the repository.
func (w *walk) above() (found ignores) {
	if w.all {
		return nil
	}
	dir := w.top
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil // no repository: only what lies below counts
		}
		dir = parent
	}
	root := dir
	relative, err := filepath.Rel(root, w.top)
	if err != nil || relative == "." {
		return readIgnore(nil, root, filepath.Join(".git", "info", "exclude"))
	}
	found = readIgnore(nil, root, filepath.Join(".git", "info", "exclude"))
	for _, name := range strings.Split(relative, string(filepath.Separator)) {
		found = readIgnore(found, dir, ".gitignore")
		dir = filepath.Join(dir, name)
	}
	return found
}

// maxIgnoreBytes is how long a .gitignore may be.
const maxIgnoreBytes = 1 << 20

func readIgnore(before ignores, dir, name string) ignores {
	text, err := readFileUpTo(filepath.Join(dir, name), maxIgnoreBytes)
	if err != nil {
		return before
	}
	return append(slices.Clip(before), ignoreFile{filepath.ToSlash(dir), glob.ParseIgnore(string(text))})
}

// ignored asks the nearest file first.
func (list ignores) ignored(file string, folder bool) bool {
	for i := len(list) - 1; i >= 0; i-- {
		below := strings.TrimPrefix(strings.TrimPrefix(file, list[i].folder), "/")
		if ignored, said := list[i].Says(below, folder); said {
			return ignored
		}
	}
	return false
}

func (w *walk) folder(dir string, list ignores) {
	defer w.group.Done()
	w.places <- struct{}{}
	entries, err := os.ReadDir(dir)
	<-w.places
	if err != nil {
		w.mu.Lock()
		w.failed = append(w.failed, unread(dir, err))
		w.mu.Unlock()
	}
	if !w.all && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".gitignore" }) {
		list = readIgnore(list, dir, ".gitignore")
	}
	for _, entry := range entries {
		name := entry.Name()
		full := filepath.Join(dir, name)
		slashed := path.Join(filepath.ToSlash(dir), name)
		switch {
		case entry.IsDir() && !strings.HasPrefix(name, ".") && name != "node_modules" && !list.ignored(slashed, true):
			w.group.Add(1)
			go w.folder(full, list)
		case entry.Type().IsRegular() && lintable(name) && !list.ignored(slashed, false):
			relative, _ := filepath.Rel(w.top, full)
			w.mu.Lock()
			w.found = append(w.found, lintFile{full, filepath.ToSlash(filepath.Join(w.shown, relative))})
			w.mu.Unlock()
		case entry.Type().IsRegular() && strings.Contains(strings.ToLower(name), ".imjoy"):
			relative, _ := filepath.Rel(w.top, full)
			w.mu.Lock()
			w.near = append(w.near, filepath.ToSlash(filepath.Join(w.shown, relative)))
			w.mu.Unlock()
		}
	}
}

package main

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/lintcache"
	"github.com/imjoy-tools/imjoy/lint/glob"
)

// walk finds the plugin files and manifests below a folder, on all processors. Hidden
// folders, node_modules and what .gitignore files leave out are not looked into.
type walk struct {
	top, shown string
	all        bool // look at what .gitignore leaves out, too
	seen       *lintcache.Witness

	mu      sync.Mutex
	change  *sync.Cond // folders are there to be read, or none will be any more
	waiting []folderToRead
	open    int // folders that wait or are being read
	found   []lintFile
	near    []string // files whose names are nearly those of plugins
	failed  []error
}

type folderToRead struct {
	dir  string
	list ignores
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
	w.change = sync.NewCond(&w.mu)
	w.add(w.top, w.above())
	var group sync.WaitGroup
	workers := 2 * runtime.GOMAXPROCS(0) // some wait for the disk
	w.seen.Path(w.top)
	if _, known := w.seen.Noted(w.top); known {
		workers = 1 // there is next to nothing to read
	}
	for range workers {
		group.Go(func() {
			for f, ok := w.next(); ok; f, ok = w.next() {
				w.folder(f.dir, f.list)
				w.done()
			}
		})
	}
	group.Wait()
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
		w.seen.Path(filepath.Join(dir, ".git"))
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
		return w.readIgnore(nil, root, filepath.Join(".git", "info", "exclude"))
	}
	found = w.readIgnore(nil, root, filepath.Join(".git", "info", "exclude"))
	for _, name := range strings.Split(relative, string(filepath.Separator)) {
		found = w.readIgnore(found, dir, ".gitignore")
		dir = filepath.Join(dir, name)
	}
	return found
}

// maxIgnoreBytes is how long a .gitignore may be.
const maxIgnoreBytes = 1 << 20

func (w *walk) readIgnore(before ignores, dir, name string) ignores {
	w.seen.Path(filepath.Join(dir, name))
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

// add lets a folder be read.
func (w *walk) add(dir string, list ignores) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, folderToRead{dir, list})
	w.open++
	w.change.Signal()
}

// next waits for a folder to read; ok is false when all were.
func (w *walk) next() (f folderToRead, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) == 0 && w.open > 0 {
		w.change.Wait()
	}
	if len(w.waiting) == 0 {
		return f, false
	}
	last := len(w.waiting) - 1
	f, w.waiting = w.waiting[last], w.waiting[:last]
	return f, true
}

// done tells that a folder was read.
func (w *walk) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open--; w.open == 0 {
		w.change.Broadcast()
	}
}

func (w *walk) folder(dir string, list ignores) {
	w.seen.Path(dir)
	names, err := w.names(dir)
	if err != nil {
		w.mu.Lock()
		w.failed = append(w.failed, unread(dir, err))
		w.mu.Unlock()
	}
	if !w.all && names.ignore {
		list = w.readIgnore(list, dir, ".gitignore")
	}
	slashed := filepath.ToSlash(dir)
	for _, name := range names.folders {
		if !list.ignored(path.Join(slashed, name), true) {
			w.add(filepath.Join(dir, name), list)
		}
	}
	if len(names.files) == 0 {
		return
	}
	relative, _ := filepath.Rel(w.top, dir)
	shown := filepath.ToSlash(filepath.Join(w.shown, relative))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range names.files {
		switch {
		case lintable(name) && !list.ignored(path.Join(slashed, name), false):
			w.found = append(w.found, lintFile{filepath.Join(dir, name), path.Join(shown, name)})
		case nearlyPlugin(name):
			w.near = append(w.near, path.Join(shown, name))
		}
	}
}

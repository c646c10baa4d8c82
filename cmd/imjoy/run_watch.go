package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"

	"github.com/imjoy-tools/imjoy/internal/findings"
)

// watch runs a plugin, and again whenever its file or a file it works on changes,
// until it is interrupted. A run that is still going is ended first.
func (r *runner) watch(ctx context.Context) error {
	if r.stdin() {
		return usageError("give the data as JSON or @FILE", "standard input cannot be read again at each run")
	}
	watcher, names, err := r.watchFiles()
	if err != nil {
		return err
	}
	defer watcher.Close()
	return again(ctx, watcher, func(path string) bool { return names[filepath.Clean(path)] }, func(ctx context.Context) {
		err := r.run(ctx)
		if ctx.Err() == nil {
			report(r.app, err)
			r.terminal.Say("imjoy: waiting for changes of %s", findings.Clean(r.args[0]))
		}
	})
}

// watchFiles watches the folders of the files, because editors replace files.
func (r *runner) watchFiles() (*fsnotify.Watcher, map[string]bool, error) {
	names := r.fileNames()
	if len(names) == 0 {
		return nil, nil, usageError("--watch is for a plugin that is a file here", "there is no file %s", r.args[0])
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, nil, fmt.Errorf("watch files: %w", err)
	}
	for name := range names {
		if err := watcher.Add(filepath.Dir(name)); err != nil {
			watcher.Close()
			return nil, nil, fmt.Errorf("watch %s: %w", filepath.Dir(name), err)
		}
	}
	return watcher, names, nil
}

// fileNames are the files that the words of the command name: the plugin, FILE,
// key=FILE, @FILE. A plugin that is no file has none.
func (r *runner) fileNames() map[string]bool {
	names := map[string]bool{}
	add := func(word string) bool {
		path := absolute(r.app, word)
		info, err := os.Stat(path)
		if word == "" || err != nil || info.IsDir() {
			return false
		}
		names[filepath.Clean(path)] = true
		return true
	}
	to, err := r.app.Address(r.args[0])
	if err != nil || !add(to.Path) {
		return nil
	}
	for _, text := range []string{r.data, r.argList} {
		if file, ok := strings.CutPrefix(text, "@"); ok {
			add(file)
		}
	}
	for _, word := range r.args[1:] {
		if _, file, pair := strings.Cut(word, "="); !add(word) && pair {
			add(file)
		}
	}
	return names
}

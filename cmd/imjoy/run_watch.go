package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	diag "github.com/imjoy-tools/imjoy/internal/findings"
)

// watchDelay is how long a file must be quiet: editors write in several steps.
const watchDelay = 50 * time.Millisecond

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
	for {
		running, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			err := r.run(running)
			if running.Err() == nil {
				report(r.app, err)
				r.terminal.Say("imjoy: waiting for changes of %s", diag.Clean(r.args[0]))
			}
		}()
		err := nextChange(ctx, watcher, names)
		stop()
		<-ended
		if err != nil {
			return err
		}
	}
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

// nextChange waits until a file changed and is quiet again.
func nextChange(ctx context.Context, watcher *fsnotify.Watcher, names map[string]bool) error {
	var quiet <-chan time.Time
	for {
		select {
		case event, ok := <-watcher.Events:
			if !ok {
				return errors.New("the system stopped telling about files")
			}
			if names[filepath.Clean(event.Name)] && !event.Has(fsnotify.Chmod) {
				quiet = time.After(watchDelay)
			}
		case err := <-watcher.Errors:
			return fmt.Errorf("watch files: %w", err)
		case <-quiet:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// watchDelay is how long a file must be quiet: editors write in several steps.
const watchDelay = 50 * time.Millisecond

// watchRun runs a plugin, and again whenever its folder's plugin files or its data
// change, until it is interrupted. A run that is still going is ended first.
func watchRun(ctx context.Context, a *app.App, args []string, f runFlags) error {
	if f.data == "-" {
		return usageError("give the data as JSON or @FILE", "standard input cannot be read again at each run")
	}
	watcher, names, err := watchFiles(a, args, f)
	if err != nil {
		return err
	}
	defer watcher.Close()
	for {
		running, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			err := runPlugin(running, a, args, f)
			if running.Err() == nil {
				report(a, err)
				fmt.Fprintf(a.Stderr, "imjoy: waiting for changes of %s\n", args[0])
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
func watchFiles(a *app.App, args []string, f runFlags) (*fsnotify.Watcher, map[string]bool, error) {
	names := map[string]bool{}
	for _, word := range append([]string{f.data}, args...) {
		if len(word) > 1 && word[0] == '@' {
			word = word[1:]
		}
		path := word
		if !filepath.IsAbs(path) {
			path = filepath.Join(a.Dir, path)
		}
		if info, err := os.Stat(path); word != "" && err == nil && !info.IsDir() {
			names[filepath.Clean(path)] = true
		}
	}
	if len(names) == 0 {
		return nil, nil, usageError("--watch is for a plugin that is a file here", "there is no file %s", args[0])
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

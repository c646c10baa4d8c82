package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watch judges, and again whenever a file that could be a plugin's changes, until it is
// interrupted. Texts that did not change are not read again.
func (l *linter) watch(ctx context.Context, paths []string) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch files: %w", err)
	}
	defer watcher.Close()
	for {
		if err := l.watchFolders(watcher, paths); err != nil {
			return err
		}
		err := l.prepare(paths)
		if err == nil {
			err = l.run(ctx, paths)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		report(l.app, err)
		fmt.Fprintln(l.app.Stderr, "imjoy: waiting for changes")
		if err := nextPluginChange(ctx, watcher); err != nil {
			return err
		}
	}
}

// watchFolders watches the folders of all files: editors replace files, and new ones
// appear.
func (l *linter) watchFolders(watcher *fsnotify.Watcher, paths []string) error {
	files, _ := l.findFiles(paths)
	dirs := map[string]bool{l.app.Dir: true}
	for _, f := range files {
		dirs[filepath.Dir(absolute(l.app, f.path))] = true
	}
	for dir := range dirs {
		if err := watcher.Add(dir); err != nil {
			return fmt.Errorf("watch %s: %w", dir, err)
		}
	}
	return nil
}

// nextPluginChange waits until a plugin, manifest or settings changed and all is quiet.
func nextPluginChange(ctx context.Context, watcher *fsnotify.Watcher) error {
	var quiet <-chan time.Time
	for {
		select {
		case event, ok := <-watcher.Events:
			if !ok {
				return errors.New("the system stopped telling about files")
			}
			if name := filepath.Base(event.Name); (lintable(name) || name == settingsName) && !event.Has(fsnotify.Chmod) {
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

package main

import (
	"context"
	"fmt"
	"path/filepath"

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
		if err := nextChange(ctx, watcher, isPluginOrSettings); err != nil {
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

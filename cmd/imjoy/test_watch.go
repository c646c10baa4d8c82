package main

import (
	"fmt"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// watchFolders watches the folders of all plugins that are tested: editors replace
// files, and new ones appear.
func (t *tester) watchFolders() (*fsnotify.Watcher, error) {
	files, err := t.files()
	if err != nil {
		return nil, err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	for _, f := range files {
		if err := watcher.Add(filepath.Dir(absolute(t.app, f.name))); err != nil {
			watcher.Close()
			return nil, usageError("--watch is for plugins that are files here", "watch %s: %w", f.name, err)
		}
	}
	return watcher, nil
}

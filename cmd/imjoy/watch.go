package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watchDelay is how long files must be quiet: editors write in several steps.
const watchDelay = 50 * time.Millisecond

// again works, and works again whenever a file that matters changes, until ctx ends or
// the watcher fails. Work that is still going on is ended first: its ctx is.
func again(ctx context.Context, watcher *fsnotify.Watcher, matters func(path string) bool, work func(ctx context.Context)) error {
	for {
		running, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			work(running)
		}()
		err := nextChange(ctx, watcher, matters)
		stop()
		<-ended
		if err != nil {
			return err
		}
	}
}

// nextChange waits until a file that matters changed and all of them are quiet again.
func nextChange(ctx context.Context, watcher *fsnotify.Watcher, matters func(path string) bool) error {
	var quiet <-chan time.Time
	for {
		select {
		case event, ok := <-watcher.Events:
			if !ok {
				return errors.New("the system stopped telling about files")
			}
			if matters(event.Name) && !event.Has(fsnotify.Chmod) {
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

// isPluginOrSettings reports whether a path could be a plugin, a manifest or the
// project's settings.
func isPluginOrSettings(path string) bool {
	name := filepath.Base(path)
	return lintable(name) || name == settingsName
}

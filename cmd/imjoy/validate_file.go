package main

import (
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// fileDatum is a file as data: what a browser tells a plugin about it, with its path
// besides.
func fileDatum(a *app.App, name string) (map[string]any, error) {
	path := inDir(a, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, unread(name, err)
	}
	datum := map[string]any{"name": filepath.Base(path), "path": path}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return nil, unread(name, errNotAFile)
		}
		datum["size"] = info.Size()
	}
	if datum["type"], err = app.MIMEType(path); err != nil {
		return nil, unread(name, err)
	}
	return datum, nil
}

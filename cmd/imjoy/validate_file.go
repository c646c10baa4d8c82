package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/imjoy-tools/imjoy/internal/app"
	diag "github.com/imjoy-tools/imjoy/internal/findings"
)

// folderMIME is the type that desktops give folders; package schema knows it.
const folderMIME = "inode/directory"

// mimeByName are types that the content alone does not tell.
var mimeByName = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json", ".md": "text/markdown", ".svg": "image/svg+xml",
	".js": "text/javascript", ".py": "text/x-python", ".html": "text/html", ".css": "text/css", ".xml": "text/xml", ".yaml": "application/yaml", ".yml": "application/yaml",
	".tif": "image/tiff", ".tiff": "image/tiff", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".npy": "application/x-npy",
}

// fileDatum is a file as data: what a browser tells a plugin about it, with its path
// besides.
func fileDatum(a *app.App, name string) (map[string]any, error) {
	path := inDir(a, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", diag.Clean(name), cause(err))
	}
	datum := map[string]any{"name": filepath.Base(path), "path": path}
	switch {
	case info.IsDir():
		datum["type"] = folderMIME
		return datum, nil
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read %s: %w", diag.Clean(name), errNotAFile)
	}
	datum["size"] = info.Size()
	datum["type"], err = mimeOf(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", diag.Clean(name), cause(err))
	}
	return datum, nil
}

// mimeOf finds the MIME type of a file by its first bytes, and by its name where
// those say little.
func mimeOf(path string) (string, error) {
	found, err := mimetype.DetectFile(path)
	if err != nil {
		return "", err
	}
	kind, _, _ := strings.Cut(found.String(), ";")
	if kind == "application/octet-stream" || kind == "text/plain" {
		if named := mimeByName[strings.ToLower(filepath.Ext(path))]; named != "" {
			return named, nil
		}
	}
	return kind, nil
}

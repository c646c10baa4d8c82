package app

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// folderMIME is the type that desktops give folders; package schema knows it.
const folderMIME = "inode/directory"

// mimeByName are types that the content alone does not tell.
var mimeByName = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json", ".geojson": "application/geo+json",
	".md": "text/markdown", ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".xml": "text/xml", ".svg": "image/svg+xml",
	".yaml": "application/yaml", ".yml": "application/yaml",
	".js": "text/javascript", ".mjs": "text/javascript", ".py": "text/x-python",
	".fasta": "text/x-fasta", ".fa": "text/x-fasta", ".fna": "text/x-fasta", ".faa": "text/x-fasta",
	".npy": "application/x-npy", ".tif": "image/tiff", ".tiff": "image/tiff",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
}

// MIMEType finds the type of a file or a folder: by its first bytes, and by its name
// where those only say that it is text, or nothing.
func MIMEType(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return folderMIME, nil
	}
	found, err := mimetype.DetectFile(path)
	if err != nil {
		return "", err
	}
	return mimeNamed(found, path), nil
}

// mimeNamed is what was found in a file's content, or what its name says when that is
// too little. Types have no parameters.
func mimeNamed(found *mimetype.MIME, name string) string {
	kind, _, _ := strings.Cut(found.String(), ";")
	if kind == "text/plain" || kind == "application/octet-stream" {
		if named := mimeByName[strings.ToLower(filepath.Ext(name))]; named != "" {
			return named
		}
	}
	return kind
}

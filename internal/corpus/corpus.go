// Package corpus gives tests the public plugins: real files of many authors, which
// are not part of this repository. IMJOY_CORPUS names the folder that holds them as
// OWNER/REPOSITORY/...; a test that wants them skips where it is not set. Call
// [Files], or [Dir] for more than the plugins. Only tests import this package.
package corpus

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// File is one public plugin.
type File struct {
	Name string // below the folder, with slashes: owner/repository/path
	Text []byte
}

// Dir returns the folder of the public plugins.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("IMJOY_CORPUS")
	if dir == "" {
		t.Skip("IMJOY_CORPUS is not set: it names the folder of the public plugins")
	}
	return dir
}

// Files reads all public plugins, sorted by name. None is a failure.
func Files(t testing.TB) (files []File) {
	t.Helper()
	dir := Dir(t)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, File{Name: filepath.ToSlash(name), Text: text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no plugins below %s", dir)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

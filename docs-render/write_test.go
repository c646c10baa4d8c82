package docsrender

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteReplacesOnlyItsOwnFolders(t *testing.T) {
	site := sample(t)
	parent := t.TempDir()
	put := func(path, text string) {
		t.Helper()
		path = filepath.Join(parent, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("site/old.html", "x")
	put("site/imjoy-docs.json", `{"generator":"imjoy docs","version":1}`)
	put("foreign/notes.txt", "mine")
	put("liar/imjoy-docs.json", `{"generator":"other"}`)
	put("file", "x")
	if err := os.Mkdir(filepath.Join(parent, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"new", "empty", "site", "deep/er", "site"} {
		if err := site.Write(filepath.Join(parent, dir)); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		if _, err := os.Stat(filepath.Join(parent, dir, "index.html")); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(parent, "site/old.html")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a page of the old site is still there: %v", err)
	}
	for _, dir := range []string{"foreign", "liar"} {
		var foreign *ForeignFolderError
		if err := site.Write(filepath.Join(parent, dir)); !errors.As(err, &foreign) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if err := site.Write(filepath.Join(parent, "file")); err == nil {
		t.Error("a file was replaced by a folder")
	}
	if text, _ := os.ReadFile(filepath.Join(parent, "foreign/notes.txt")); string(text) != "mine" {
		t.Error("a foreign file is gone")
	}
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		if e.Name()[0] == '.' {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestFailedWriteLeavesTheOldSite(t *testing.T) {
	site := sample(t)
	dir := filepath.Join(t.TempDir(), "site")
	if err := site.Write(dir); err != nil {
		t.Fatal(err)
	}
	broken := &Site{Files: map[string]File{"../outside.html": {Body: []byte("x")}, "index.html": {Body: []byte("new")}}}
	if err := broken.Write(dir); err == nil {
		t.Fatal("a path that leads out was written")
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "index.html")); string(text) != string(site.Files["index.html"].Body) {
		t.Error("the old site was changed")
	}
}

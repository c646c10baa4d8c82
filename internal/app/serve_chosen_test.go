package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// answering is a dialog in which somebody chooses these files.
type answering struct {
	engine.Files
	files []*value.File
}

func (a answering) Choose(context.Context, *value.Object) ([]*value.File, error) { return a.files, nil }

func TestChosenFilesStayInTheirFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := &chosenFiles{}
	choose := func(names ...string) (paths []string) {
		t.Helper()
		var files []*value.File
		for _, name := range names {
			files = append(files, &value.File{Name: name, Data: []byte("content of " + name)})
		}
		c.Files = answering{files: files}
		got, err := c.Choose(t.Context(), nil)
		if err != nil {
			t.Fatalf("%q: %v", names, err)
		}
		for i, f := range got {
			if text, err := os.ReadFile(f.Path); err != nil || string(text) != "content of "+names[i] {
				t.Errorf("%.60q: %.40q %v", names[i], text, err)
			}
			if filepath.Dir(filepath.Dir(f.Path)) != c.dir.Path {
				t.Errorf("%.60q lies at %s, outside of %s", names[i], f.Path, c.dir.Path)
			}
			paths = append(paths, f.Path)
		}
		return paths
	}
	for name, want := range map[string]string{
		"cells.ome.tif": "cells.ome.tif", "../../x": "x", `..\..\y`: "y", "a\x00b": "a_b", "": "file", "..": "file", ". .": "file",
		"C:x": "C_x", strings.Repeat("a", 5000) + ".ome.tif": strings.Repeat("a", maxDiskName-8) + ".ome.tif", strings.Repeat("ä", 100): strings.Repeat("ä", 80), "\xff.csv": "_.csv",
	} {
		if got := filepath.Base(choose(name)[0]); got != want {
			t.Errorf("%.60q is called %q, want %q", name, got, want)
		}
	}
	if same := choose("one.csv", "one.csv"); same[0] == same[1] {
		t.Error("two files of one name are one")
	}
	for range maxChosenFiles + 5 {
		choose("n")
	}
	if left, _ := os.ReadDir(c.dir.Path); len(left) != maxChosenFiles {
		t.Errorf("%d files are kept, want %d", len(left), maxChosenFiles)
	}
	c.Files = answering{files: make([]*value.File, maxChosenFiles+1)}
	for i := range c.Files.(answering).files {
		c.Files.(answering).files[i] = &value.File{Name: "x", Data: []byte{}}
	}
	if _, err := c.Choose(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "at most 4096") {
		t.Errorf("too many at once: %v", err)
	}
	dir := c.dir.Path
	c.forget()
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("they are still there: %v", err)
	}
}

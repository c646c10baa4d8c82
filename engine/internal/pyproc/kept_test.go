package pyproc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// keeping is a plugin that opens what it gets by its path.
const keeping = `
import os, sys
kept = sys.modules["_imjoy.kept"]
later = []
def path(f):
    with open(f, "rb") as stream: data = stream.read()
    assert os.fspath(f) == f.path == f["path"], "two paths"
    return [f.path, data]
def again(f):
    return [f.path, f.path]
def limit(size, files):
    kept.LIMIT, kept.MAX_FILES = int(size), int(files)
def all(*files):
    return [f.path for f in files]
def hold(f):
    later.append(f)
    return f.path
def held():
    return later[0].path
def variable():
    return os.environ.get(kept.FOLDER)
api.export({"path": path, "again": again, "limit": limit, "all": all, "hold": hold, "held": held, "variable": variable})
`

func inMemory(name, text string) *value.File {
	return &value.File{Name: name, Type: "text/plain", Size: int64(len(text)), Data: []byte(text)}
}

// Bytes with a name have a path below the plugin's folder, whatever the name says.
func TestFilesOfBytesHavePaths(t *testing.T) {
	h := plugin(t, anyPython(t), keeping)
	folder := h.call(t, "variable")
	if folder != nil {
		t.Fatalf("the plugin sees %v", folder)
	}
	long := strings.Repeat("ä", 300)
	for given, want := range map[string]string{
		"cells.ome.tiff":                  "cells.ome.tiff",
		"Zellen für ä.csv":                "Zellen für ä.csv",
		"../../etc/passwd":                "passwd",
		`..\..\windows\sys.ini`:           "sys.ini",
		"/etc/shadow":                     "shadow",
		"a/b/":                            "file",
		"..":                              "file",
		"...":                             "file",
		"":                                "file",
		" . ":                             "file",
		"~":                               "~",
		"a\x00b.npy":                      "a_b.npy",
		"line\nbreak\x1b[0m":              "line_break_[0m",
		"C:evil.txt":                      "C_evil.txt",
		"x.txt::$DATA":                    "x.txt__$DATA",
		"NUL":                             "_NUL",
		"con.tar.gz":                      "_con.tar.gz",
		"CON .txt":                        "_CON .txt",
		"com1.csv":                        "_com1.csv",
		"LPT¹":                            "_LPT¹",
		"console.csv":                     "console.csv",
		"-rf":                             "-rf",
		".bashrc":                         ".bashrc",
		"trailing. . ":                    "trailing",
		long + ".ome.tif":                 strings.Repeat("ä", 76) + ".ome.tif",
		long:                              strings.Repeat("ä", 80),
		"x." + long:                       "x." + strings.Repeat("ä", 79),
		strings.Repeat("../", 4000) + "x": "x",
	} {
		got := h.call(t, "path", inMemory(given, "content of "+given)).([]any)
		path := got[0].(string)
		if filepath.Base(path) != want {
			t.Errorf("%.60q: its name is %q, want %q", given, filepath.Base(path), want)
		}
		if string(got[1].([]byte)) != "content of "+given {
			t.Errorf("%.60q: read %.60q", given, got[1])
		}
		if dir := filepath.Dir(filepath.Dir(path)); dir != h.home {
			t.Errorf("%.60q: it lies in %s, not in %s", given, dir, h.home)
		}
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%.60q: %v %v", given, info, err)
		}
	}
	if same := h.call(t, "again", inMemory("a", "x")).([]any); same[0] != same[1] {
		t.Errorf("asked twice, it has two paths: %v", same)
	}
	two := h.call(t, "all", inMemory("a", "1"), inMemory("a", "2")).([]any)
	if text, err := os.ReadFile(two[1].(string)); two[0] == two[1] || string(text) != "2" || err != nil {
		t.Errorf("two files of one name: %v, the second is %q (%v)", two, text, err)
	}
	if _, err := h.try(t, "path", &value.File{Name: "nothing"}); err == nil || !strings.Contains(err.Error(), "neither a path nor content") {
		t.Errorf("a file of nothing: %v", err)
	}
}

// There is an end to what lies there: the files of earlier calls make room, those of the
// call that runs do not.
func TestFilesOfBytesMakeRoom(t *testing.T) {
	h := plugin(t, anyPython(t), keeping)
	count := func() (n int) {
		found, err := filepath.Glob(filepath.Join(h.home, "file-*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	h.call(t, "limit", 10.0, 3.0)
	first := h.call(t, "hold", inMemory("first", "12345678"))
	h.call(t, "again", inMemory("second", "123"))
	if _, err := os.Stat(first.(string)); err == nil || count() != 1 {
		t.Errorf("the oldest is still there (%v), or %d files are", err, count())
	}
	if text, err := os.ReadFile(h.call(t, "held").(string)); string(text) != "12345678" {
		t.Errorf("who kept the file cannot open it again: %q (%v)", text, err)
	}
	for what, files := range map[string][]value.Value{
		"one large file": {inMemory("large", "12345678901")},
		"large together": {inMemory("a", "123456"), inMemory("b", "123456")},
		"many":           {inMemory("a", ""), inMemory("b", ""), inMemory("c", ""), inMemory("d", "")},
	} {
		if _, err := h.try(t, "all", files...); err == nil || !strings.Contains(err.Error(), "gets no path") || !strings.Contains(err.Error(), "open() or read()") {
			t.Errorf("%s: %v", what, err)
		}
		if n := count(); n > 3 {
			t.Errorf("%s: %d files lie there", what, n)
		}
	}
	h.call(t, "all", inMemory("a", "123"), inMemory("b", "123"), inMemory("c", "123"))
	if empty, _ := filepath.Glob(filepath.Join(h.home, "file-*")); len(empty) != count() {
		t.Errorf("%d folders of %d files", len(empty), count())
	}
}

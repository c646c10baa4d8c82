//go:build linux || darwin

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tree is a folder of plugins that is changed at random.
type tree struct {
	*cached
	*rand.Rand
	probe string
	last  time.Time
}

var (
	treeFiles = []string{"a.imjoy.html", "b.imjoy.html", "sub/c.imjoy.html", "sub/d.hypha.html", "sub/deep/e.imjoy.html", "other/f.imjoy.html", "other/a.imjoy.htm"}
	treeNames = []string{"A", "B", "C", "Bee"}
)

func (t *tree) one(of ...string) string { return of[t.IntN(len(of))] }

// tick waits until a change has another time than all changes before.
func (t *tree) tick() {
	t.Helper()
	for {
		if err := os.WriteFile(t.probe, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(t.probe)
		if err != nil {
			t.Fatal(err)
		}
		if info.ModTime().After(t.last) {
			t.last = info.ModTime()
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (t *tree) plugin() string {
	text := workerPlugin(t.one(treeNames...),
		t.one("", `, "dependencies": ["`+t.one(treeNames...)+`"]`, `, "favourite": 1`, `, "runnable": "false"`, `, "outputs": {"type": {"enum": ["image"]}}`, `, "inputs": {"type": {"enum": ["images"]}}`),
		t.one("", "api.nothing()", `api.getPlugin("`+t.one(treeNames...)+`")`, `api.emit("changed", 1)`, `api.on("change", f)`))
	return t.one("", "", "<docs>\n"+t.one("text", "# A title", "")+"\n</docs>\n") + text + t.one("", "<!-- end -->\n")
}

func (t *tree) manifest() string {
	var entries []string
	for range t.IntN(4) {
		entries = append(entries, fmt.Sprintf(`{"name": %q, "type": "web-worker", "version": "0.1.%d", "uri": %q}`, t.one(treeNames...), t.IntN(2), t.one(append([]string{".hidden/z.imjoy.html"}, treeFiles...)...)))
	}
	return `{"name": "r", "plugins": [` + strings.Join(entries, ",") + `]}`
}

// change makes one change and tells which.
func (t *tree) change() string {
	t.tick()
	file := t.one(treeFiles...)
	switch t.IntN(10) {
	case 0:
		t.remove(file)
		return "without " + file
	case 1:
		folder := t.one("sub", "other", "sub/deep")
		t.remove(folder)
		return "without " + folder
	case 2:
		where := t.one("", "sub/") + "manifest.imjoy.json"
		t.write(where, t.manifest())
		return where
	case 3:
		where := t.one("", "sub/") + ".gitignore"
		t.write(where, t.one("", "c.imjoy.html\n", "deep\n", "*.html\n"))
		return where
	case 4:
		t.write("imjoy.yaml", t.one("", "lint: {ignore: [api]}", "lint: {files: {'sub/**': {ignore: [config]}}}"))
		return "imjoy.yaml"
	case 5:
		t.write(".hidden/z.imjoy.html", t.plugin())
		return "a file that only a manifest names"
	case 6:
		path := filepath.Join(t.dir, filepath.FromSlash(file))
		if text, err := os.ReadFile(path); err == nil {
			t.write(file, string(text))
		}
		return "the same text in " + file
	}
	t.write(file, t.plugin())
	return file
}

// Whatever is changed, one thing or several, a run that knows what an earlier one saw
// says what one says that knows nothing, byte for byte.
func TestLintAfterRandomChanges(t *testing.T) {
	for seed := range uint64(4) {
		tree := &tree{newCached(t, map[string]string{".git/HEAD": ""}), rand.New(rand.NewPCG(seed, 6)), filepath.Join(t.TempDir(), "probe"), time.Time{}}
		for _, file := range treeFiles {
			tree.write(file, tree.plugin())
		}
		tree.write("manifest.imjoy.json", tree.manifest())
		var done []string
		replayed := 0
		for range 30 {
			for range 1 + tree.IntN(2) {
				done = append(done, tree.change())
			}
			tree.later = []time.Duration{0, time.Minute, time.Minute}[tree.IntN(3)] // files are fresh, or not
			args := []string{"--no-python", "--format", tree.one("json", "full", "concise")}
			want := tree.lint(append(args, "--no-cache")...)
			for _, run := range []string{"first", "second"} {
				if got := tree.lint(args...); got != want {
					t.Fatalf("seed %d, after %q, the %s run with the cache:\n%s\ninstead of:\n%s", seed, done, run, got, want)
				}
			}
			if tree.later > 0 && tree.IntN(4) == 0 && tree.replays(args...) {
				replayed++
			}
		}
		if len(tree.runs()) == 0 {
			t.Errorf("seed %d: no run is kept (%d were replayed)", seed, replayed)
		}
	}
}

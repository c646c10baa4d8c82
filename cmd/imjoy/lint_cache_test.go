package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/corpus"
)

// cached is a folder of plugins with a cache beside it.
type cached struct {
	testing.TB
	dir, home string
	env       map[string]string
	later     time.Duration // how far the clock of lint goes before that of the disk
}

// newCached has files that were written a while ago, as lint sees it.
func newCached(t testing.TB, files map[string]string) *cached {
	c := &cached{t, t.TempDir(), t.TempDir(), map[string]string{}, time.Minute}
	for name, text := range files {
		c.write(name, text)
	}
	return c
}

func (c *cached) write(name, text string) {
	c.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
}

// lint is everything that `imjoy lint` says.
func (c *cached) lint(args ...string) string {
	c.Helper()
	var out, err bytes.Buffer
	c.env["IMJOY_HOME"] = c.home
	a := &app.App{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Dir: c.dir,
		Env: func(name string) string { return c.env[name] },
		Now: func() time.Time { return time.Now().Add(c.later) },
	}
	code := run(c.Context(), a, append([]string{"lint"}, args...))
	return fmt.Sprintf("exit %d\n%s%s", code, out.String(), err.String())
}

// same fails where a run with the cache, whatever it holds, says anything else than one
// without, and returns what is said.
func (c *cached) same(what string, args ...string) string {
	c.Helper()
	want := c.lint(append(args, "--no-cache")...)
	for _, run := range []string{"first", "second", "third"} {
		if diff := cmp.Diff(want, c.lint(args...)); diff != "" {
			c.Errorf("%s: the %s run with the cache (-without +with):\n%s", what, run, diff)
		}
	}
	return want
}

// packs are the files of the cache with what was found in texts.
func (c *cached) packs() []string { return c.kept(".pack") }

// runs are the files of the cache with a whole run.
func (c *cached) runs() []string { return c.kept(".run") }

func (c *cached) kept(suffix string) (files []string) {
	_ = filepath.WalkDir(filepath.Join(c.home, "cache"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == suffix {
			files = append(files, path)
		}
		return nil
	})
	return files
}

func workerPlugin(name, more, code string) string {
	return "<config lang=\"json\">\n{\"name\": \"" + name + "\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"" + more + "}\n</config>\n<script lang=\"javascript\">\n" + code + "\napi.export({setup() {}, run() {}})\n</script>\n"
}

func printingPlugin(name, code string) string {
	return "<config lang=\"json\">\n{\"name\": \"" + name + "\", \"type\": \"native-python\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"python\">\nfrom imjoy import api\n" + code + "\napi.export({'setup': 1, 'run': 2})\n</script>\n"
}

// Whatever changes, a run with the cache says what one without says.
func TestLintWithTheCacheSaysTheSame(t *testing.T) {
	c := newCached(t, map[string]string{
		"a.imjoy.html":         workerPlugin("A", `, "dependencies": ["B"]`, "api.nothing()"),
		"b.imjoy.html":         workerPlugin("B", "", ""),
		"python.imjoy.html":    printingPlugin("P", "print 'x'"),
		"manifest.imjoy.json":  `{"name": "r", "plugins": [{"name": "A", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8", "uri": "a.imjoy.html"}]}`,
		"sub/other.imjoy.html": workerPlugin("Other", "", "api.alert()"),
	})
	before := c.same("at first")
	if !strings.Contains(before, "api-unknown") || !strings.Contains(before, "manifest-unlisted") {
		t.Fatalf("nothing to lose: %s", before)
	}
	steps := []struct {
		name   string
		change func()
		args   []string
		same   bool // says what was said before the step
	}{
		{"nothing", func() {}, nil, true},
		{"a text", func() { c.write("a.imjoy.html", workerPlugin("A", `, "dependencies": ["B"]`, "api.nothings()")) }, nil, false},
		{"a text of equal length", func() { c.write("a.imjoy.html", workerPlugin("A", `, "dependencies": ["B"]`, "api.nothung()")) }, nil, false},
		{"a plugin that others depend on", func() { c.write("b.imjoy.html", workerPlugin("C", `, "favourite": 1`, "")) }, nil, false},
		{"the manifest", func() { c.write("manifest.imjoy.json", `{"name": "r", "plugins": []}`) }, nil, false},
		{"an entry for a file elsewhere", func() {
			c.write("manifest.imjoy.json", `{"name": "r", "plugins": [{"name": "Z", "type": "web-worker", "version": "0.1.0", "uri": "hidden/.z/z.imjoy.html"}]}`)
		}, nil, false},
		{"that file", func() { c.write("hidden/.z/z.imjoy.html", workerPlugin("Y", "", "")) }, nil, false},
		{"the name in that file", func() { c.write("hidden/.z/z.imjoy.html", workerPlugin("Z", "", "")) }, nil, false},
		{"a file with a name that is nearly a plugin's", func() { c.write("d.imjoy.htm", "") }, nil, false},
		{"a new file", func() { c.write("e.imjoy.html", workerPlugin("A", "", "")) }, nil, false},
		{"a file that is gone", func() { _ = os.Remove(filepath.Join(c.dir, "e.imjoy.html")) }, nil, false},
		{"a file of another dialect", func() {
			_ = os.Rename(filepath.Join(c.dir, "b.imjoy.html"), filepath.Join(c.dir, "b.hypha.html"))
		}, nil, false},
		{"settings", func() { c.write("imjoy.yaml", "lint: {ignore: [api]}") }, nil, false},
		{"a severity", func() { c.write("imjoy.yaml", "lint: {severity: {api-unknown: error}}") }, nil, false},
		{"settings for some files", func() { c.write("imjoy.yaml", "lint: {files: {'sub/**': {ignore: [api]}}}") }, nil, false},
		{"a flag", func() {}, []string{"--ignore", "python"}, false},
		{"no Python", func() {}, []string{"--no-python"}, false},
		{"another format", func() {}, []string{"--format", "json"}, false},
		{"one file", func() {}, []string{"a.imjoy.html"}, false},
		{"another folder", func() {}, []string{"sub"}, false},
		{"fixes", func() {}, []string{"--diff", "--unsafe-fixes"}, false},
		{"roles", func() {}, []string{"--roles"}, false},
	}
	for _, step := range steps {
		step.change()
		after := c.same(step.name, step.args...)
		if (after == before) != step.same {
			t.Errorf("%s: what is said is the same: %v", step.name, !step.same)
		}
		before = after
	}
}

// The cache is used: after one run there is one pack, which a second run leaves alone.
func TestLintKeepsWhatItFound(t *testing.T) {
	c := newCached(t, map[string]string{"a.imjoy.html": workerPlugin("A", "", "api.nothing()")})
	if c.lint("--no-cache"); len(c.packs()) != 0 {
		t.Fatalf("--no-cache writes %v", c.packs())
	}
	c.lint()
	packs := c.packs()
	if len(packs) != 1 {
		t.Fatalf("packs: %v", packs)
	}
	before, err := os.Stat(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	c.lint()
	if after, err := os.Stat(packs[0]); err != nil || !os.SameFile(before, after) {
		t.Errorf("a second run writes the pack again, %v", err)
	}
}

// A pack that was damaged is written anew, and one that cannot be written is no error.
func TestLintWithABrokenCache(t *testing.T) {
	c := newCached(t, map[string]string{"a.imjoy.html": workerPlugin("A", "", "api.nothing()")})
	c.later = 0 // whole runs are not kept
	want := c.same("at first")
	pack := c.packs()[0]
	for name, text := range map[string]string{"nothing": "", "something else": "imjoy lint 1\nbut no pack"} {
		if err := os.WriteFile(pack, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.same(name + " in the pack"); got != want {
			t.Errorf("%s in the pack: %s", name, got)
		}
		if info, err := os.Stat(pack); err != nil || info.Size() < 100 {
			t.Errorf("%s in the pack: it is not written anew", name)
		}
	}
	c.home = filepath.Join(c.dir, "a.imjoy.html") // a file, where a folder should be
	if got := c.same("no folder for a cache"); got != want {
		t.Errorf("no folder for a cache: %s", got)
	}
}

// realPython is the interpreter itself, behind all links to it: one that is reached by a
// new link finds its library all the same.
func realPython(t *testing.T) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not on the PATH")
	}
	path, err := exec.Command(python, "-c", "import os, sys; print(os.path.realpath(sys.executable))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(path))
}

// Python is asked about a script once, also when the rest of its plugin changes, and
// again when there is another interpreter.
func TestLintAsksPythonOnce(t *testing.T) {
	python := realPython(t)
	c := newCached(t, map[string]string{"p.imjoy.html": printingPlugin("P", "print 'x'")})
	bin := filepath.Join(c.dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(bin, "python3")
	if err := os.Symlink(python, link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	said := c.lint("--python", link)
	if !strings.Contains(said, "python-syntax") {
		t.Fatalf("python3 has nothing to say: %s", said)
	}
	// What cannot be asked any more is known.
	broken := func(args ...string) string { return c.lint(append([]string{"--python", link}, args...)...) }
	t.Setenv("PATH", "")
	c.write("p.imjoy.html", printingPlugin("Q", "print 'x'"))
	if got := broken(); !strings.Contains(got, "python-syntax") {
		t.Errorf("the script is not known when its config changed: %s", got)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(link, []byte("#!/bin/sh\nexit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := broken(); !strings.Contains(got, "ended with exit code 7") && !strings.Contains(got, "exit 4") {
		t.Errorf("another interpreter is not asked: %s", got)
	}
}

// All that lint finds in the public plugins comes out of the cache as it went in.
func TestLintCacheOverTheCorpus(t *testing.T) {
	c := newCached(t, nil)
	c.dir = corpus.Dir(t)
	c.same("the public plugins", "--format", "json")
	if len(c.packs()) != 1 {
		t.Errorf("packs: %v", c.packs())
	}
}

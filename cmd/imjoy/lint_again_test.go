//go:build linux || darwin

package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/corpus"
)

// replays reports whether lint says again what it said, without looking: a run that looks
// would write the pack that is missing.
func (c *cached) replays(args ...string) bool {
	c.Helper()
	for _, pack := range c.packs() {
		if err := os.Remove(pack); err != nil {
			c.Fatal(err)
		}
	}
	c.lint(args...)
	return len(c.packs()) == 0
}

// changed runs lint, makes a change, and fails unless lint looks again and says what it
// would say without a cache.
func (c *cached) changed(what string, change func(), args ...string) {
	c.Helper()
	c.same("before "+what, args...)
	if !c.replays(args...) {
		c.Errorf("before %s: a run without a change is made again", what)
	}
	change()
	if c.replays(args...) {
		c.Errorf("%s: the run is not made again", what)
	}
	c.same(what, args...)
}

func (c *cached) remove(name string) {
	c.Helper()
	if err := os.RemoveAll(filepath.Join(c.dir, name)); err != nil {
		c.Fatal(err)
	}
}

// disguised writes a text and gives the file the time that it had.
func (c *cached) disguised(name, text string) {
	c.Helper()
	path := filepath.Join(c.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		c.Fatal(err)
	}
	c.write(name, text)
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		c.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		c.Fatalf("%s can be told by its size and time: %v", name, err)
	}
}

// Everything that lint looks at makes it look again.
func TestLintLooksAgainAfterAChange(t *testing.T) {
	root := newCached(t, map[string]string{
		"project/a.imjoy.html":           workerPlugin("A", `, "dependencies": ["B"]`, "api.nothing()"),
		"project/b.imjoy.html":           workerPlugin("B", "", ""),
		"project/manifest.imjoy.json":    `{"name": "r", "plugins": [{"name": "A", "type": "web-worker", "version": "0.1.0", "uri": "a.imjoy.html"}, {"name": "Z", "type": "web-worker", "version": "0.1.0", "uri": ".hidden/z.imjoy.html"}]}`,
		"project/.hidden/z.imjoy.html":   workerPlugin("Z", "", ""),
		"project/sub/empty/.keep":        "",
		"project/sub/s.imjoy.html":       workerPlugin("S", "", "api.alert()"),
		"project/lint-baseline.json":     `{"version": 1, "findings": []}`,
		"elsewhere/settings.yaml":        "lint: {ignore: [docs]}",
		"elsewhere/plugin.imjoy.html":    workerPlugin("C", "", "api.one()"),
		"elsewhere/otherone.imjoy.html":  workerPlugin("C", "", "api.two()"),
		"elsewhere/unrelated.imjoy.html": workerPlugin("U", "", ""),
	})
	c := *root
	c.dir = filepath.Join(root.dir, "project")
	plugin := workerPlugin("A", `, "dependencies": ["B"]`, "api.nothung()")
	for _, test := range []struct {
		what   string
		change func()
		args   []string
	}{
		{"a text", func() { c.write("a.imjoy.html", workerPlugin("A", "", "api.nothings()")) }, nil},
		{"a text as long and as old as the other", func() {
			c.write("a.imjoy.html", workerPlugin("A", `, "dependencies": ["B"]`, "api.nothing()"))
			c.lint()
			c.disguised("a.imjoy.html", plugin)
		}, nil},
		{"another plugin of the repository", func() { c.write("b.imjoy.html", workerPlugin("Bee", "", "")) }, nil},
		{"a file that only the manifest names", func() { c.write(".hidden/z.imjoy.html", workerPlugin("Y", "", "")) }, nil},
		{"such a file is gone", func() { c.remove(".hidden/z.imjoy.html") }, nil},
		{"such a file is there", func() { c.write(".hidden/z.imjoy.html", workerPlugin("Z", "", "")) }, nil},
		{"the manifest", func() { c.write("manifest.imjoy.json", `{"name": "r", "plugins": []}`) }, nil},
		{"a plugin in an empty folder", func() { c.write("sub/empty/d.imjoy.html", workerPlugin("D", "", "")) }, nil},
		{"a folder with a plugin", func() { c.write("sub/new/e.imjoy.html", workerPlugin("E", "", "")) }, nil},
		{"a name that is nearly a plugin's", func() { c.write("sub/f.imjoy.htm", "") }, nil},
		{"a plugin is gone", func() { c.remove("sub/new/e.imjoy.html") }, nil},
		{"settings", func() { c.write("imjoy.yaml", "lint: {ignore: [api]}") }, nil},
		{"other settings", func() { c.write("imjoy.yaml", "lint: {ignore: [config]}") }, nil},
		{"settings are gone", func() { c.remove("imjoy.yaml") }, nil},
		{"settings of a folder above", func() { root.write("imjoy.yaml", "lint: {ignore: [api]}") }, nil},
		{"the root of a repository, below them", func() { c.write(".git/HEAD", "") }, nil},
		{"a .gitignore", func() { c.write(".gitignore", "a.imjoy.html\n") }, nil},
		{"another .gitignore", func() { c.write(".gitignore", "b.imjoy.html\n") }, nil},
		{"what Git leaves out here alone", func() { c.write(".git/info/exclude", "a.imjoy.html\n") }, nil},
		{"a .gitignore of a folder below", func() { c.write("sub/.gitignore", "empty\n") }, nil},
		{"a .gitignore above the folder that is asked for", func() { c.write(".gitignore", "\n") }, []string{"sub"}},
		{"settings that are named", func() { root.write("elsewhere/settings.yaml", "lint: {ignore: [api]}") }, []string{"--config", "../elsewhere/settings.yaml"}},
		{"the baseline", func() { c.lint("--write-baseline", "--baseline", "lint-baseline.json") }, []string{"--baseline", "lint-baseline.json"}},
		{"colours are wanted", func() { c.env["CLICOLOR_FORCE"] = "1" }, nil},
		{"colours are not wanted", func() { c.env["NO_COLOR"] = "1" }, nil},
		{"a link to another file", func() { c.remove("link.imjoy.html"); c.link("../elsewhere/otherone.imjoy.html") }, []string{"link.imjoy.html"}},
	} {
		if test.args != nil && test.args[0] == "link.imjoy.html" {
			c.link("../elsewhere/plugin.imjoy.html")
		}
		c.changed(test.what, test.change, test.args...)
	}
	// What nobody looks at changes nothing.
	c.same("at last")
	root.write("elsewhere/unrelated.imjoy.html", "")
	c.write(".hidden/other.imjoy.html", "")
	if !c.replays() {
		t.Error("lint looks again after a change elsewhere")
	}
}

func (c *cached) link(to string) {
	c.Helper()
	if err := os.Symlink(to, filepath.Join(c.dir, "link.imjoy.html")); err != nil {
		c.Fatal(err)
	}
}

// Another interpreter, or none, reads Python anew.
func TestLintLooksAgainForAnotherPython(t *testing.T) {
	python := realPython(t)
	c := newCached(t, map[string]string{"p.imjoy.html": printingPlugin("P", "print 'x'")})
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	c.changed("python3 is there", func() {
		if err := os.Symlink(python, filepath.Join(bin, "python3")); err != nil {
			t.Fatal(err)
		}
	})
	c.changed("python3 is gone", func() {
		if err := os.Remove(filepath.Join(bin, "python3")); err != nil {
			t.Fatal(err)
		}
	})
}

// Nothing is kept of runs that change something, that ask others, or that failed, and of
// files that were written a moment ago.
func TestLintRunsThatAreNotKept(t *testing.T) {
	files := map[string]string{"a.imjoy.html": workerPlugin("A", `, "favourite": 1`, "api.nothing()")}
	for _, args := range [][]string{
		{"--no-cache"}, {"--fix"}, {"--unsafe-fixes"}, {"--diff"}, {"--write-baseline", "--baseline", "b.json"}, {"-"},
		{"a.imjoy.html", "missing.imjoy.html"}, {"missing"}, {"--select", "nothing-like-it"}, {"--baseline", "missing.json"}, {"--help"},
	} {
		c := newCached(t, files)
		c.lint(args...)
		kept := len(c.runs())
		if diff := args[0] == "--diff"; kept != 0 && !diff {
			t.Errorf("%q: %d runs are kept", args, kept)
		}
	}
	c := newCached(t, files)
	c.later = 0
	if c.lint(); c.replays() {
		t.Error("a run over files that were just written is kept")
	}
	c.later = time.Minute
	if c.lint(); !c.replays() {
		t.Error("a while later it is not kept")
	}
}

func TestAnotherProgramHasAnotherKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "imjoy")
	write := func(text string, at time.Time) any {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
		return programKeyOf(file)
	}
	now := time.Now()
	one := write("one", now)
	if write("one", now) != one || write("three", now) == one || write("two", now.Add(time.Microsecond)) == one || programKeyOf(file+"x") == one {
		t.Error("programs are not told apart")
	}
}

// Every path of the project that the process hands to the system is one that the witness
// was told of: strace sees them all.
func TestTheWitnessOfLintMissesNothing(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("strace is not on the PATH: it tells which files the program looks at")
	}
	c := newCached(t, map[string]string{
		".git/HEAD": "", ".gitignore": "old\n", "imjoy.yaml": "lint: {baseline: known.json, exclude: ['x/**']}",
		"known.json":          `{"version": 1, "findings": []}`,
		"sub/.gitignore":      "*.txt\n",
		"sub/a.imjoy.html":    workerPlugin("A", "", "api.nothing()"),
		"sub/p.hypha.html":    printingPlugin("P", "print 'x'"),
		"sub/near.imjoy.htm":  "",
		"x/y.imjoy.html":      workerPlugin("Y", "", ""),
		"manifest.imjoy.json": `{"name": "r", "plugins": [{"name": "Z", "uri": ".hidden/z.imjoy.html"}, {"name": "Q", "uri": "q.imjoy.html"}]}`, ".hidden/z.imjoy.html": workerPlugin("Z", "", ""),
	})
	c.dir, err = filepath.EvalSymlinks(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"sub"}, {"sub/a.imjoy.html", "manifest.imjoy.json"}, {"--config", "imjoy.yaml", "--no-gitignore", "."}} {
		c.home = t.TempDir()
		c.lint(args...)
		runs := c.runs()
		if len(runs) != 1 {
			t.Fatalf("%q: runs: %v", args, runs)
		}
		kept, err := os.ReadFile(runs[0])
		if err != nil {
			t.Fatal(err)
		}
		log := filepath.Join(t.TempDir(), "log")
		cmd := exec.Command(strace, append([]string{"-f", "-qq", "-s", "4096", "-o", log, "-e", "trace=%file", "imjoy", "lint"}, args...)...)
		cmd.Dir = c.dir
		cmd.Env = append(os.Environ(), "IMJOY_HOME="+t.TempDir(), "PWD="+c.dir)
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != exitFindings {
			t.Fatalf("%q: %s\n%s", args, cmd.ProcessState, out)
		}
		trace, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, m := range regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`).FindAllSubmatch(trace, -1) {
			path := filepath.Clean(string(m[1]))
			inside := strings.HasPrefix(path, c.dir+"/") || path == filepath.Join(filepath.Dir(c.dir), settingsName)
			if !inside || filepath.Base(path) == ".python-version" { // that is part of an answer
				continue
			}
			seen++
			if note := append(binary.AppendUvarint(nil, uint64(len(path))), path...); !bytes.Contains(kept, note) {
				t.Errorf("%q: lint looks at %s and does not tell", args, path)
			}
		}
		if seen < 3 {
			t.Errorf("%q: strace saw %d paths of the project\n%s", args, seen, trace)
		}
	}
}

// The run over the public plugins is kept and replayed in all formats.
func TestLintAgainOverTheCorpus(t *testing.T) {
	c := newCached(t, nil)
	c.dir = corpus.Dir(t)
	for _, format := range []string{"full", "concise", "sarif"} {
		if want := c.lint("--no-gitignore", "--format", format); c.lint("--no-gitignore", "--format", format) != want || !c.replays("--no-gitignore", "--format", format) {
			t.Errorf("%s is not said again", format)
		}
	}
}

package glob

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPatterns(t *testing.T) {
	for _, test := range []struct{ pattern, yes, no string }{
		{"*.imjoy.html", "a.imjoy.html b/c.imjoy.html", "a.imjoy.htm a.imjoy.html.bak"},
		{"examples/*.imjoy.html", "examples/a.imjoy.html", "examples/b/a.imjoy.html other/examples/a.imjoy.html"},
		{"examples", "examples examples/a deep/examples/b/c", "examples2 myexamples"},
		{"old/**", "old/a old/b/c", "older/a"},
		{"**/tests/*.html", "tests/a.html a/tests/b.html a/b/tests/c.html", "tests/b/a.html"},
		{"a/**/z", "a/z a/b/z a/b/c/z", "a/zz b/z"},
		{"/top.html", "top.html", "a/top.html"},
		{"./top.html", "top.html", ""},
		{"file?.html", "file1.html", "file.html file12.html"},
		{"[a-c]x", "ax cx", "dx [a-c]x"},
		{"[!a]x", "bx", "ax /x"},
		{"[z-a]", "[z-a]", "z"},
		{"a[", "a[", "a"},
		{`\*`, "*", "a"},
		{"a.b", "a.b", "axb"},
	} {
		p := Compile(test.pattern)
		for _, path := range strings.Fields(test.yes) {
			if !p.Match(path) {
				t.Errorf("%q does not match %q", test.pattern, path)
			}
		}
		for _, path := range strings.Fields(test.no) {
			if p.Match(path) {
				t.Errorf("%q matches %q", test.pattern, path)
			}
		}
	}
}

// TestIgnoreSaysWhatGitSays, asked about the same paths.
func TestIgnoreSaysWhatGitSays(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("this test asks git: ", err)
	}
	paths := strings.Fields("a.html b/a.html b/c/a.html build/x.html b/build/x.html keep.html b/keep.html doc/x.html b/doc/x.html log.txt b/log.txt x/y/z.html x/z.html y/x/z.html #a.html !a.html q.html q1.html q12.html [a].html b.html sp\\ .html")
	for _, text := range []string{
		"*.html", "*.html\n!keep.html", "/a.html", "build/", "build", "/build/", "b/build", "doc/*.html", "**/doc", "x/**", "x/**/z.html", "x/*/z.html",
		"# comment\n\\#a.html\n\\!a.html", "q?.html", "[ab].html", "[!a].html", "b/**\n!b/a.html", "*\n!*.txt", "a.html   ", "*.html\n!/b/", "\\[a].html", "**", "**/a.html", "b/", "b/c/",
		"[^b].html", "[]a].html", "a.*\n!a.html\na.html",
	} {
		dir := t.TempDir()
		write := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command(git, "-C", dir, "init", "-q").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		write(".gitignore", text)
		cmd := exec.Command(git, "-C", dir, "check-ignore", "--no-index", "--stdin", "-z")
		cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
		out, _ := cmd.Output()
		want := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		ignore := ParseIgnore(text)
		for _, path := range paths {
			if got := ignoredWithParents(ignore, path); got != slices.Contains(want, path) {
				t.Errorf("%q: %s is ignored: %v, git says %v", text, path, got, !got)
			}
		}
	}
}

// ignoredWithParents asks as a walk does: first about the folders.
func ignoredWithParents(ignore *Ignore, path string) bool {
	for i := range path {
		if path[i] == '/' {
			if ignored, _ := ignore.Says(path[:i], true); ignored {
				return true
			}
		}
	}
	ignored, _ := ignore.Says(path, false)
	return ignored
}

// FuzzMatcher compares the quick ways with the expressions they stand for.
func FuzzMatcher(f *testing.F) {
	for _, pattern := range []string{"name", "*.pyc", "name*", "*", "**", "a/b", "*/", "a*b", "é*", "*\xff", "\uFFFD", "*\uFFFD", "na\nme", "name/", "*name*", "*.py[cod]", "[abc]", "a[bc]d", "**/name", "**/*.pyc", "a/*", "a?", "*a*b*", "x/[ab]/y", "/a", "**/", "a[", "a]", "[]", "[a]]"} {
		for _, name := range []string{"name", "a/name", "a/b", "b.pyc", "a/b.pyc", "names/x", "x/names", "éa", "\xff", "", "a/", "my-name"} {
			f.Add(pattern, name, false)
			f.Add(pattern, name, true)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, name string, anchored bool) {
		if !anchored && strings.Contains(pattern, "/") {
			return // no line of a .gitignore is read so
		}
		if got, want := matcher(pattern, anchored)(name), compile(pattern, anchored, "").MatchString(name); got != want {
			t.Errorf("%q (anchored %v) matches %q: %v, its expression says %v", pattern, anchored, name, got, want)
		}
	})
}

func FuzzPatterns(f *testing.F) {
	for _, seed := range []string{"**/a*[!b]?", "[", "[]", "[^]", "\\", "!/", "***", "a/**b", "\xff[\xff-a]"} {
		f.Add(seed, "a/b")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		Compile(pattern).Match(path)
		ParseIgnore(pattern).Says(path, true)
		if !strings.ContainsAny(path, "*?[]\\!# \r\n/") && path != "" && utf8.ValidString(path) && !Compile(path).Match(path) {
			t.Errorf("%q does not match itself", path)
		}
	})
}

package repository

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// named is the world with a list of repositories.
func (w *world) named(change func(*Names) error) {
	w.Helper()
	n := DefaultNames()
	if err := change(n); err != nil {
		w.Fatal(err)
	}
	text, err := n.Encode()
	if err != nil {
		w.Fatal(err)
	}
	if w.Repository.c.Names, err = ParseNames(text); err != nil {
		w.Fatal(err)
	}
}

func TestShortNames(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main")})
	next := w.commit("lab/p", "next", map[string]string{"manifest.imjoy.json": manifestOfNames("Main", "Next"), "Main.imjoy.html": plugin("Main", `"icon": "n"`), "Next.imjoy.html": plugin("Next")})
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main")})
	w.commit(DefaultRepository, "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Other"), "Other.imjoy.html": plugin("Other")})
	w.file("here/a.imjoy.html", plugin("Here"))
	w.file("here/b.imjoy.html", plugin("There"))
	w.named(func(n *Names) error {
		return errors.Join(n.Add("lab", "lab/p"), n.Add("beta", "https://github.com/lab/p/tree/next"), n.Add("here", filepath.Join(w.dir, "here")))
	})
	for text, want := range map[string]string{
		"lab:Main": "lab/p:Main", "beta:Next": "lab/p:Next", "lab@next:Next": "lab/p:Next", "Other": DefaultRepository + ":Other", "Main": "lab/p:Main",
		"here:Here": filepath.Join(w.dir, "here", "a.imjoy.html"), "There": filepath.Join(w.dir, "here", "b.imjoy.html"), "lab:": "lab/p:Main",
	} {
		result, err := w.install(text, Options{Replace: true, DryRun: true})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := result.Closure.Root; got.Origin != want || strings.Contains(text, "ext") && got.Commit != next {
			t.Errorf("%s: %s at %s", text, got.Origin, got.Commit)
		}
	}
	var missing *NotFoundError
	if _, err := w.install("Mian", Options{}); !errors.As(err, &missing) || missing.Suggestion != "Main" || len(missing.Looked) != 4 {
		t.Errorf("%+v", missing)
	}
	var unknown *NameListError
	if _, err := w.install("lap:Main", Options{}); !errors.As(err, &unknown) || unknown.Hint != `did you mean "lab"?` {
		t.Errorf("%+v", unknown)
	}
	// Short names are the person's own: a plugin from elsewhere does not get to use them.
	w.files["/plain/x.imjoy.html"] = plugin("Far", needs("lab:Main"))
	var refused *RefusedError
	if _, err := w.install("https://plain.example/x.imjoy.html", Options{}); !errors.As(err, &refused) {
		t.Errorf("a plugin from elsewhere used a short name: %v", err)
	}
	w.file("near.imjoy.html", plugin("Near", needs("lab:Main")))
	if _, err := w.install("./near.imjoy.html", Options{DryRun: true}); err != nil {
		t.Error(err)
	}
	// A repository that cannot be asked is not skipped: the next one's plugin of that
	// name may be another.
	w.named(func(n *Names) error {
		return errors.Join(n.Remove("imjoy"), n.Add("gone", "lab/gone"), n.Add("lab", "lab/p"))
	})
	if _, err := w.install("Main", Options{}); fetch.KindOf(err) != fetch.NotFound {
		t.Errorf("a name found behind a repository that failed: %v", err)
	}
}

func TestNamesRefuse(t *testing.T) {
	n := DefaultNames()
	for _, bad := range [][2]string{
		{"", "a/b"}, {"a b", "a/b"}, {"-x", "a/b"}, {"a/b", "a/b"}, {"x", "Name"}, {"x", "a/b:Name"}, {"x", "a/b:collection/C"}, {"x", "y:"},
		{"x", "https://user:secret@example.org/manifest.imjoy.json"}, {"x", "https://github.com/a/b/blob/main/x.imjoy.html"}, {"x", "ftp://a/b"},
	} {
		if err := n.Add(bad[0], bad[1]); err == nil {
			t.Errorf("%q %q was taken: %v", bad[0], bad[1], n.Repositories)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows a secret: %v", err)
		}
	}
	for _, bad := range [][2]string{{"a", "b/c"}, {"a/b", "c"}, {"a/b", "A/B"}, {"a/b", "https://x"}, {"a/b@v", "c/d"}} {
		if err := n.Rename(bad[0], bad[1]); err == nil {
			t.Errorf("alias %q %q was taken", bad[0], bad[1])
		}
	}
	for _, text := range []string{"", "[]", "{}", `{"version": 2}`, `{"version": 1, "repositories": [{"name": "-", "address": "a/b"}]}`} {
		if _, err := ParseNames([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	n.Aliases = []Alias{{"a/b", "c/d"}, {"c/d", "a/b"}}
	if got := n.now("a/b"); got != "a/b" && got != "c/d" {
		t.Errorf("a circle of aliases ends at %s", got)
	}
}

// TestMovedRepository: a dependency on a repository that was renamed is found under
// its new name, and what was installed under the old one is the same plugin.
func TestMovedRepository(t *testing.T) {
	w := newWorld(t)
	w.commit("new/tools", "main", map[string]string{
		"manifest.imjoy.json": `{"uri_root": "https://raw.githubusercontent.com/old/tools/main", "plugins": [{"name": "Tool", "type": "x", "uri": "Tool.imjoy.html"}]}`,
		"Tool.imjoy.html":     plugin("Tool"),
	})
	w.commit("lab/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main", needs("old/tools:Tool"))})
	if _, err := w.install("lab/p:Main", Options{}); err == nil {
		t.Error("it was found without an alias")
	}
	w.fresh()
	w.named(func(n *Names) error { return n.Rename("old/tools", "new/tools") })
	w.mustInstall("lab/p:Main")
	record, err := w.store.Record("Tool")
	if err != nil || record.Origin != "new/tools:Tool" || record.Commit == "" {
		t.Errorf("%+v, %v", record, err)
	}
	change, err := w.store.Begin(t.Context(), "Tool")
	if err != nil {
		t.Fatal(err)
	}
	record.Origin = "old/tools:Tool"
	if err := errors.Join(change.Save(record), change.Commit()); err != nil {
		t.Fatal(err)
	}
	change.Close()
	if _, err := w.install("new/tools:Tool", Options{}); err != nil {
		t.Errorf("the same plugin under its old name: %v", err)
	}
}

func TestCollections(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": `{"plugins": [{"name": "A", "type": "x"}, {"name": "B", "type": "x"}], "collections": [
			{"name": "Both", "plugins": ["A", "B@GPU", "other/q:C"]}, {"name": "One", "plugins": ["A"]}, {"name": "Bad", "plugins": ["./x.imjoy.html"]}, {"name": "None"}]}`,
		"A.imjoy.html": plugin("A"), "B.imjoy.html": plugin("B", `"tags": ["CPU", "GPU"]`),
	})
	w.commit("other/q", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("C"), "C.imjoy.html": plugin("C")})
	w.named(func(n *Names) error { return n.Add("lab", "lab/p") })
	for _, text := range []string{"lab/p:collection/Both", "lab:collection/Both"} {
		list, err := w.Within(t.Context(), parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		results, err := w.InstallAll(t.Context(), list, Options{Consent: agree})
		if err != nil || len(results) != 3 || results[1].Closure.Root.Tag() != "GPU" {
			t.Errorf("%s: %v, %v", text, results, err)
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, w.names()); diff != "" {
		t.Error(diff)
	}
	if p, err := w.Open(t.Context(), parse(t, "lab/p:collection/One")); err != nil || p.Name != "A" {
		t.Errorf("a collection of one: %v", err)
	}
	var choice *ChoiceError
	if _, err := w.Open(t.Context(), parse(t, "lab/p:collection/Both")); !errors.As(err, &choice) || len(choice.Names) != 3 {
		t.Error(err)
	}
	for name, is := range map[string]func(error) bool{
		"Boht": func(err error) bool { var e *NotFoundError; return errors.As(err, &e) && e.Suggestion == "Both" },
		"None": func(err error) bool { var e *NotFoundError; return errors.As(err, &e) },
		"Bad":  func(err error) bool { var e *RefusedError; return errors.As(err, &e) },
	} {
		if _, err := w.Within(t.Context(), parse(t, "lab/p:collection/"+name)); !is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAllOrNothing: when one of several cannot be installed, or one of the writes
// fails, none is, and what was installed stays as it was.
func TestAllOrNothing(t *testing.T) {
	w := newWorld(t)
	w.file("a.imjoy.html", plugin("A"))
	w.file("b.imjoy.html", plugin("B")+"\x00")
	a, b := parse(t, "./a.imjoy.html"), parse(t, "./b.imjoy.html")
	if _, err := w.InstallAll(t.Context(), append([]address.Address{a}, b), Options{Consent: agree}); err == nil || len(w.names()) > 0 {
		t.Errorf("installed %v", w.names())
	}
	w.mustInstall("./a.imjoy.html")
	before, _ := w.store.Record("A")
	w.file("a.imjoy.html", plugin("A", `"icon": "2"`))
	w.file("b.imjoy.html", plugin("B"))
	// A record of a newer program in B's place makes its write fail after A's.
	w.mustInstall("./b.imjoy.html")
	file, err := filepath.Glob(filepath.Join(w.store.Dir(), "records", "b-*.json"))
	if err != nil || len(file) != 1 {
		t.Fatal(file, err)
	}
	w.file("b.imjoy.html", plugin("B", `"icon": "2"`))
	newer := []byte(`{"version": 99}`)
	if err := os.WriteFile(file[0], newer, 0o600); err != nil {
		t.Fatal(err)
	}
	var refused *store.NewerError
	if _, err := w.InstallAll(t.Context(), append([]address.Address{a}, b), Options{Consent: agree}); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	after, err := w.store.Record("A")
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if text, _ := os.ReadFile(file[0]); string(text) != string(newer) {
		t.Error("the newer record was touched")
	}
}

// gitRepository makes a repository of git below the world's folder.
func (w *world) gitRepository(files map[string]string) (dir string) {
	w.Helper()
	dir = filepath.Join(w.dir, "git-source")
	for name, text := range files {
		w.file("git-source/"+name, text)
	}
	w.git(dir, "init", "-q", "-b", "main")
	w.git(dir, "add", "-A")
	w.git(dir, "commit", "-q", "-m", "one")
	return dir
}

func (w *world) git(dir string, args ...string) string {
	w.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) withGit(offline bool) *Repository {
	client := fetch.New(fetch.Options{Offline: offline})
	c := w.Repository.c
	c.Fetch = client
	c.Git = git.New(git.Options{Dir: filepath.Join(w.dir, "git-cache"), Env: os.Getenv, Offline: offline, Dial: client.Dial, Mirror: client.Mirror})
	return New(c)
}

func TestGitRepositories(t *testing.T) {
	w := newWorld(t)
	sentinel := filepath.Join(w.dir, "sentinel")
	dir := w.gitRepository(map[string]string{
		"manifest.imjoy.json":      manifestOfNames("Main", "Helper"),
		"Main.imjoy.html":          plugin("Main", needs("Helper")),
		"Helper.imjoy.html":        plugin("Helper"),
		".gitattributes":           "* filter=evil\n",
		".git/hooks/post-checkout": "#!/bin/sh\ntouch " + sentinel + "\n",
	})
	w.git(dir, "config", "filter.evil.smudge", "touch "+sentinel)
	first := w.git(dir, "rev-parse", "HEAD")
	w.git(dir, "tag", "-a", "v1", "-m", "one")
	w.file("git-source/Main.imjoy.html", plugin("Main", needs("Helper"), `"icon": "2"`))
	w.git(dir, "commit", "-q", "-am", "two")
	second := w.git(dir, "rev-parse", "HEAD")
	link := "git+file://" + filepath.ToSlash(dir)
	for text, commit := range map[string]string{link + ":Main": second, link + "@v1:Main": first, link + "@main:Main": second, link + "@" + first + ":Main": first} {
		r := w.withGit(false)
		result, err := r.Install(t.Context(), parse(t, text), Options{Consent: agree, Replace: true})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if root := result.Closure.Root; root.Commit != commit || !strings.Contains(root.URL, commit) || root.Origin != link+":Main" {
			t.Errorf("%s: %s at %s, %s", text, root.Origin, root.Commit, root.URL)
		}
		if _, err := w.withGit(true).Resolve(t.Context(), parse(t, text), ResolveOptions{}); err != nil {
			t.Errorf("%s, offline: %v", text, err)
		}
	}
	if _, err := os.Stat(sentinel); err == nil {
		t.Error("something of the repository was executed")
	}
	// A repository without a manifest: its plugin files count.
	w.git(dir, "rm", "-q", "manifest.imjoy.json")
	w.git(dir, "commit", "-q", "-m", "three")
	if p, err := w.withGit(false).Open(t.Context(), parse(t, link+":Helper")); err != nil || p.Name != "Helper" {
		t.Errorf("without a manifest: %v", err)
	}
	var bad *git.Error
	for text, says := range map[string]string{
		link + "@nope:Main":                      "nope",
		"git+file:///nowhere/x:Main":             "",
		"git+https://127.0.0.1:1/x.git:Main":     "inside this machine",
		"git+https://2130706433/x.git:Main":      "inside this machine",
		"git+https://localhost:1/x.git:Main":     "inside this machine",
		"git+https://[::1]:1/x.git:Main":         "inside this machine",
		"git+https://169.254.169.254/x.git:Main": "inside this machine",
		"git+https://0x7f.1/x.git:Main":          "",
		"git+http://127.0.0.1:1/x.git:Main":      "only https",
		"git+https://[::ffff:127.0.0.1]/x.git:X": "inside this machine",
	} {
		if _, err := w.withGit(false).Open(t.Context(), parse(t, text)); !errors.As(err, &bad) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := w.withGit(true).Open(t.Context(), parse(t, "git+https://host.example/x.git:X")); !errors.As(err, &bad) || !bad.Offline {
		t.Errorf("offline: %v", err)
	}
	empty := git.New(git.Options{Dir: t.TempDir(), Env: func(string) string { return "" }})
	if _, err := empty.Fetch(t.Context(), "https://host.example/x.git", ""); !errors.As(err, &bad) || !bad.Missing && bad.Why == "" {
		t.Errorf("no git on PATH: %v", err)
	}
}

package repository

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// published makes Helper of lab/p what v1 and main hold; Main needs it without a ref.
func (w *world) published() (v1, main string) {
	v1 = w.commit("lab/p", "v1", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Helper"), "Helper.imjoy.html": plugin("Helper", `"icon": "1"`),
	})
	main = w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Main", "Helper"), "Main.imjoy.html": plugin("Main", needs("Helper")),
		"Helper.imjoy.html": plugin("Helper", `"permissions": ["camera"]`),
	})
	return v1, main
}

// TestAPluginAskedForAtARefStaysThere installs and upgrades what needs another version
// of a plugin than the one a person chose.
func TestAPluginAskedForAtARefStaysThere(t *testing.T) {
	w := newWorld(t)
	v1, main := w.published()
	w.mustInstall("lab/p@v1:Helper")
	asked := 0
	result, err := w.install("lab/p:Main", Options{Consent: func(_ context.Context, q Question) error {
		asked++
		if len(q.Parts) != 1 || q.Parts[0].Plugin.Name != "Helper" || !q.Parts[0].Upgrade {
			t.Errorf("asked about %+v", q.Parts)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if asked != 1 {
		t.Error("what the other version wants was not asked for")
	}
	if len(result.Changes) != 1 || len(result.Beside) != 1 || !slices.ContainsFunc(result.Notes, func(n string) bool { return strings.Contains(n, "lab/p@v1:Helper") }) {
		t.Errorf("told %d changes, %d beside, %q", len(result.Changes), len(result.Beside), result.Notes)
	}
	w.fresh()
	if _, err := w.Upgrade(t.Context(), []string{"Helper", "Main"}, Options{}); err != nil {
		t.Fatal(err)
	}
	record, err := w.store.Record("Helper")
	if err != nil || record.Commit != v1 {
		t.Errorf("Helper is at %s, not at v1: %v", record.Commit, err)
	}
	closure, err := w.Resolve(t.Context(), address.Address{Kind: address.Name, Name: "Main"}, ResolveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if helper := closure.Find("Helper"); !strings.Contains(string(helper.Text), "camera") {
		t.Errorf("Main runs with another Helper: %s", helper.Text)
	}
	for _, v := range must(w.Verify(t.Context(), nil)) {
		if len(v.Problems) > 0 {
			t.Error(v.Problems)
		}
	}
	// Without a ref of its own it moves along, as ever.
	w.mustInstall("lab/p:Helper")
	if record, err = w.store.Record("Helper"); err != nil || record.Commit != main {
		t.Errorf("Helper is at %s: %v", record.Commit, err)
	}
}

func TestARefThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.published()
	none := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnprocessableEntity) }
	w.handlers["/api/repos/lab/p/commits/v2"] = none
	var bad *RefError
	if _, err := w.install("lab/p@v2:Main", Options{}); !errors.As(err, &bad) || bad.Ref != "v2" || bad.Repository != "lab/p" {
		t.Errorf("%v", err)
	}
	// A branch with a slash in the link of a file: GitHub knows no commit "feature".
	w.handlers["/api/repos/lab/p/commits/feature"] = none
	w.files["/raw/lab/p/feature/new/Other.imjoy.html"] = plugin("Other")
	if _, err := w.install("https://github.com/lab/p/blob/feature/new/Other.imjoy.html", Options{}); err != nil {
		t.Error(err)
	}
	// A copy of the API that answers something else says nothing about the ref.
	w.handlers["/api/repos/lab/p/commits/v1"] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) }
	w.fresh()
	w.files["/raw/lab/p/v1/manifest.imjoy.json"] = manifestOfNames("Helper")
	w.files["/raw/lab/p/v1/Helper.imjoy.html"] = plugin("Helper")
	if _, err := w.install("lab/p@v1:Helper", Options{}); err != nil {
		t.Error(err)
	}
}

func TestWhatAListHas(t *testing.T) {
	w := newWorld(t)
	var many []string
	for range 1000 {
		many = append(many, "P"+strings.Repeat("x", len(many)%7)+string(rune('a'+len(many)%26)))
	}
	w.commit("lab/big", "main", map[string]string{"manifest.imjoy.json": manifestOfNames(many...)})
	w.commit("lab/two", "next", map[string]string{"manifest.imjoy.json": `{"plugins": [{"name": "A", "type": "window"}, {"name": "B", "type": "window"}], "collections": [{"name": "both", "plugins": ["A", "B"]}]}`})
	for text, want := range map[string]string{
		"lab/big":                               "more",
		"lab/two@next":                          "lab/two@next has 2 plugins: A, B",
		"https://github.com/lab/two/tree/next/": "lab/two@next has 2 plugins: A, B",
	} {
		_, err := w.install(text, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("%s: %.500v", text, err)
		}
	}
	var missing *NotFoundError
	if _, err := w.install("lab/two:both", Options{}); !errors.As(err, &missing) || missing.Suggestion != "collection/both" {
		t.Errorf("a collection by its bare name: %v", err)
	}
}

// TestAutoTagIsChosenAgain asks for a choice by machine where another tag is installed.
func TestAutoTagIsChosenAgain(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": plugin("Main", `"tags": ["CPU", "GPU"]`),
	})
	w.mustInstall("lab/p:Main@GPU")
	auto := func(_ context.Context, p *Plugin) (string, string, error) { return "CPU", "why", nil }
	for again, want := range map[bool]string{false: "GPU", true: "CPU"} {
		result, err := w.install("lab/p:Main", Options{ChooseTag: auto, ChooseAgain: again, DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Closure.Root.Tag(); got != want {
			t.Errorf("again %v: %s instead of %s", again, got, want)
		}
	}
	result, err := w.install("lab/p:Main@GPU", Options{ChooseTag: auto, ChooseAgain: true, DryRun: true})
	if err != nil || result.Closure.Root.Tag() != "GPU" {
		t.Errorf("the address says which: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestInstalledIsNoOtherVersion: an installed plugin stands for a dependency at a ref only
// where the plugin was installed with it.
func TestInstalledIsNoOtherVersion(t *testing.T) {
	w := newWorld(t)
	for ref, n := range map[string]string{"v1": "1", "v2": "2"} {
		w.commit("lab/p", ref, map[string]string{"manifest.imjoy.json": manifestOfNames("Helper"), "Helper.imjoy.html": plugin("Helper", `"icon": "`+n+`"`)})
	}
	w.mustInstall("lab/p@v1:Helper")
	for wanted, icon := range map[string]string{"lab/p@v2:Helper": "2", "lab/p@v1:Helper": "1", "lab/p:Helper": "1"} {
		w.file("main.imjoy.html", plugin("Main", needs(wanted)))
		closure, err := w.Resolve(t.Context(), parse(t, "./main.imjoy.html"), ResolveOptions{PreferInstalled: true})
		if err != nil || iconOf(closure.Find("Helper")) != icon {
			t.Errorf("%s: %v", wanted, err)
		}
	}
}

// TestMovesWhatNobodyHolds: a dependency that came with a plugin moves to the ref at which
// another wants it; one that a person asked for at a ref does not.
func TestMovesWhatNobodyHolds(t *testing.T) {
	for _, asked := range []bool{false, true} {
		w := newWorld(t)
		for ref, n := range map[string]string{"v1": "1", "v2": "2"} {
			w.commit("lab/p", ref, map[string]string{"manifest.imjoy.json": manifestOfNames("Helper"), "Helper.imjoy.html": plugin("Helper", `"icon": "`+n+`"`)})
		}
		w.file("a.imjoy.html", plugin("A", needs("lab/p@v1:Helper")))
		w.file("b.imjoy.html", plugin("B", needs("lab/p@v2:Helper")))
		w.mustInstall("./a.imjoy.html")
		if asked {
			w.mustInstall("lab/p@v1:Helper")
		}
		w.mustInstall("./b.imjoy.html")
		want := map[bool]string{false: "2", true: "1"}[asked]
		if c, err := w.Resolve(t.Context(), parse(t, "Helper"), ResolveOptions{}); err != nil || iconOf(c.Root) != want {
			t.Errorf("asked for %v: version %s is not in use: %v", asked, want, err)
		}
		for name, icon := range map[string]string{"A": "1", "B": "2"} {
			closure, err := w.Resolve(t.Context(), parse(t, name), ResolveOptions{})
			if err != nil || iconOf(closure.Find("Helper")) != icon {
				t.Errorf("asked for %v: %s: %v", asked, name, err)
			}
		}
	}
}

package repository

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/fetch"
)

func TestCyclesAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		path  []string
	}{
		"itself":       {map[string]string{"A": plugin("A", needs("A"))}, []string{"A", "A"}},
		"two":          {map[string]string{"A": plugin("A", needs("B")), "B": plugin("B", needs("A"))}, []string{"A", "B", "A"}},
		"further down": {map[string]string{"A": plugin("A", needs("B")), "B": plugin("B", needs("C")), "C": plugin("C", needs("B"))}, []string{"B", "C", "B"}},
		"by two addresses": {map[string]string{"A": plugin("A", needs("lab/p:B")),
			"B": plugin("B", needs("https://github.com/lab/p/blob/main/A.imjoy.html"))}, []string{"A", "B", "A"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			files := map[string]string{"manifest.imjoy.json": manifestOfNames("A", "B", "C")}
			for name, text := range test.files {
				files[name+".imjoy.html"] = text
			}
			w.commit("lab/p", "main", files)
			_, err := w.install("lab/p:A", Options{})
			var cycle *CycleError
			if !errors.As(err, &cycle) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.path, cycle.Path); diff != "" {
				t.Error(diff)
			}
			if len(w.names()) > 0 {
				t.Errorf("installed: %q", w.names())
			}
		})
	}
}

func TestDiamondIsReadOnce(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Top", "Left", "Right", "Bottom"),
		"Top.imjoy.html":      plugin("Top", needs("Left", "Right")),
		"Left.imjoy.html":     plugin("Left", needs("Bottom")),
		"Right.imjoy.html":    plugin("Right", needs("https://github.com/lab/p/blob/main/Bottom.imjoy.html", "lab/p:Left")),
		"Bottom.imjoy.html":   plugin("Bottom"),
	})
	closure, err := w.Resolve(t.Context(), parse(t, "lab/p:Top"), ResolveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Bottom", "Left", "Right", "Top"}, pluginNames(closure.Plugins)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Bottom", "Left"}, closure.Find("Right").Needs); diff != "" {
		t.Error(diff)
	}
	if closure.Find("Nobody") != nil {
		t.Error("found nobody")
	}
}

func TestClosuresThatDisagree(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Tags", "Names", "Left", "Right", "Same"),
		"Tags.imjoy.html":     plugin("Tags", needs("Left@A", "Left@B")),
		"Left.imjoy.html":     plugin("Left", `"tags": ["A", "B"]`),
		"Names.imjoy.html":    plugin("Names", needs("Same", "other/p:Same")),
		"Same.imjoy.html":     plugin("Same"),
	})
	w.commit("other/p", "main", map[string]string{"manifest.imjoy.json": manifestOfNames("Same"), "Same.imjoy.html": plugin("Same", `"icon": "x"`)})
	var tag *TagError
	if _, err := w.install("lab/p:Tags", Options{}); !errors.As(err, &tag) {
		t.Error(err)
	}
	var conflict *ConflictError
	if _, err := w.install("lab/p:Names", Options{Replace: true}); !errors.As(err, &conflict) {
		t.Error(err)
	}
}

func TestFailuresNameTheDependency(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", plugin("Helper", needs("Nobody")))
	_, err := w.install("./main.imjoy.html", Options{})
	var dependency *DependencyError
	var missing *NotFoundError
	if !errors.As(err, &dependency) || dependency.Parent != "Helper" || dependency.Dependency != "Nobody" || !dependency.Place.Known() {
		t.Errorf("%v", err)
	}
	if !errors.As(err, &missing) || len(missing.Looked) != 2 {
		t.Errorf("%v", err)
	}
}

// TestPinsHoldWhateverIsReplaced: what is installed with a plugin stays what it
// runs with.
func TestPinsHoldWhateverIsReplaced(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", plugin("Helper", `"icon": "one"`, `"tags": ["A", "B"]`, needs("Deep")))
	w.file("deep.imjoy.html", plugin("Deep", `"icon": "one"`))
	w.mustInstall("./main.imjoy.html")
	want := map[string]string{}
	closure, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range closure.Plugins {
		want[p.Name] = p.SHA256
	}
	w.file("helper.imjoy.html", plugin("Helper", `"icon": "two"`, `"tags": ["A", "B"]`))
	w.file("deep.imjoy.html", plugin("Deep", `"icon": "two"`))
	w.mustInstall("./helper.imjoy.html@B")
	w.mustInstall("./deep.imjoy.html")
	if _, err := w.Uninstall(t.Context(), []string{"Deep"}, true); err != nil {
		t.Fatal(err)
	}
	closure, err = w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range closure.Plugins {
		got[p.Name] = p.SHA256
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if tag := closure.Find("Helper").Tag(); tag != "A" {
		t.Errorf("the helper runs with tag %q, it was installed with A", tag)
	}
	if closure.Root.Record == nil || closure.Root.Commit != "" {
		t.Errorf("%+v", closure.Root)
	}
	if len(w.asked) > 0 {
		t.Errorf("the network was asked: %v", w.asked)
	}
}

func TestRunWithoutInstalling(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Main", "Helper"),
		"Main.imjoy.html":     plugin("Main", `"tags": ["A", "B"]`, needs("lab/p:Helper")),
		"Helper.imjoy.html":   plugin("Helper"),
	})
	closure, err := w.Resolve(t.Context(), parse(t, "lab/p:Main@B"), ResolveOptions{})
	if err != nil || closure.Root.Tag() != "B" || closure.Root.Record != nil {
		t.Errorf("%+v, %v", closure, err)
	}
	if len(w.names()) > 0 {
		t.Error("something was installed")
	}
	w.mustInstall("lab/p:Helper")
	w.file("local.imjoy.html", plugin("Local", needs("lab/p:Helper")))
	offline := w.with(fetch.Options{Offline: true})
	closure, err = offline.Resolve(t.Context(), parse(t, "./local.imjoy.html"), ResolveOptions{PreferInstalled: true})
	if err != nil || closure.Find("Helper").Record == nil {
		t.Errorf("a dependency that is installed: %v", err)
	}
	if _, err = offline.Resolve(t.Context(), parse(t, "./local.imjoy.html"), ResolveOptions{}); fetch.KindOf(err) != fetch.Offline {
		t.Errorf("%v", err)
	}
	if _, err = offline.Resolve(t.Context(), parse(t, "Helper"), ResolveOptions{}); err != nil {
		t.Errorf("an installed plugin offline: %v", err)
	}
}

func TestOpenShowsFaultyDocuments(t *testing.T) {
	w := newWorld(t)
	w.file("x.imjoy.html", plugin("X")+"<script>")
	p, err := w.Open(t.Context(), parse(t, "./x.imjoy.html"))
	if err != nil || p.Name != "X" || len(p.Diagnostics) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestLimitsOfAClosure(t *testing.T) {
	chain := func(n int) map[string]string {
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf("/plain/%d.imjoy.html", i)] = plugin(fmt.Sprint("P", i), needs(fmt.Sprintf("https://plain.example/%d.imjoy.html", i+1)))
		}
		files[fmt.Sprintf("/plain/%d.imjoy.html", n)] = plugin(fmt.Sprint("P", n))
		return files
	}
	fan := func(n int) map[string]string { // half of them needed by the root, half by its first dependency
		files, lists := map[string]string{}, [2][]string{}
		for i := range n {
			lists[2*i/n] = append(lists[2*i/n], fmt.Sprintf("https://plain.example/%d.imjoy.html", i+1))
			files[fmt.Sprintf("/plain/%d.imjoy.html", i+1)] = plugin(fmt.Sprint("P", i+1))
		}
		files["/plain/0.imjoy.html"] = plugin("P0", needs(lists[0]...))
		files["/plain/1.imjoy.html"] = plugin("P1", needs(lists[1]...))
		return files
	}
	for name, test := range map[string]struct {
		files map[string]string
		ok    bool
	}{
		"deep":     {chain(maxDepth), true},
		"too deep": {chain(maxDepth + 1), false},
		"wide":     {fan(maxDependencies), true},
		"too wide": {fan(maxDependencies + 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.files = test.files
			_, err := w.Resolve(t.Context(), parse(t, "https://plain.example/0.imjoy.html"), ResolveOptions{})
			var many *TooManyError
			if test.ok && err != nil || !test.ok && !errors.As(err, &many) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A plugin may not start what lies in folders that nobody named, nor choose between
// two files of one name.
func TestNeighboursAreInTheSameFolder(t *testing.T) {
	w := newWorld(t)
	main := w.file("mine/main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("mine/below/helper.imjoy.html", plugin("Helper"))
	_, err := w.Resolve(t.Context(), parse(t, main), ResolveOptions{})
	var missing *NotFoundError
	if !errors.As(err, &missing) {
		t.Errorf("a helper in a folder below is found: %v", err)
	}
	w.file("mine/helper.imjoy.html", plugin("Helper"))
	if c, err := w.Resolve(t.Context(), parse(t, main), ResolveOptions{}); err != nil || c.Find("Helper") == nil {
		t.Errorf("a helper beside the plugin is not found: %v", err)
	}
	w.file("mine/other.imjoy.html", plugin("Helper"))
	_, err = w.Resolve(t.Context(), parse(t, main), ResolveOptions{})
	var twice *TwiceError
	if !errors.As(err, &twice) || len(twice.Files) != 2 {
		t.Errorf("one of two helpers is chosen: %v", err)
	}
}

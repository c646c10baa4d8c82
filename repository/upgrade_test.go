package repository

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/repository/store"
)

func (w *world) shas(name string) (now, before string) {
	w.Helper()
	record, err := w.store.Record(name)
	if err != nil {
		w.Fatal(err)
	}
	if record.Previous != nil {
		before = record.Previous.SHA256
	}
	return record.SHA256, before
}

func TestUpgradeAndRollback(t *testing.T) {
	w := newWorld(t)
	publish := func(n string, fields ...string) {
		w.commit("lab/p", "main", map[string]string{
			"manifest.imjoy.json": manifestOfNames("Main", "Helper"),
			"Main.imjoy.html":     plugin("Main", append(fields, `"icon": "`+n+`"`, needs("Helper"))...),
			"Helper.imjoy.html":   plugin("Helper", `"icon": "`+n+`"`),
		})
		w.fresh()
	}
	publish("1")
	w.mustInstall("lab/p:Main")
	first, _ := w.shas("Main")
	if names, _, err := w.Upgrades([]string{"Helper"}); err != nil || !cmp.Equal(names, []string{"Main"}) {
		t.Errorf("a dependency becomes new with what needs it: %v, %v", names, err)
	}
	outdated := func() (list []string) {
		found, err := w.Outdated(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			if o.Changed() {
				list = append(list, o.Record.Name)
			}
			if o.Err != nil {
				t.Error(o.Err)
			}
		}
		return list
	}
	if list := outdated(); list != nil {
		t.Errorf("outdated: %v", list)
	}
	publish("2", `"permissions": ["camera"]`)
	if diff := cmp.Diff([]string{"Helper", "Main"}, outdated()); diff != "" {
		t.Error(diff)
	}
	var asked Question
	refuse := func(_ context.Context, q Question) error { asked = q; return &ConsentError{q} }
	var no *ConsentError
	if _, err := w.Upgrade(t.Context(), []string{"Main"}, Options{Consent: refuse}); !errors.As(err, &no) {
		t.Fatal(err)
	}
	if len(asked.Parts) != 1 || !asked.Parts[0].Upgrade || len(asked.Parts[0].Sheet.Wants) != 1 {
		t.Errorf("only what is new is asked for: %+v", asked.Parts)
	}
	if now, _ := w.shas("Main"); now != first {
		t.Error("a refused upgrade changed something")
	}
	result, err := w.Upgrade(t.Context(), []string{"Main"}, Options{Consent: agree})
	if err != nil {
		t.Fatal(err)
	}
	if got := result[0].Changes[1]; got.Status != Upgraded || got.Plugin.Name != "Main" {
		t.Errorf("%+v", got)
	}
	second, before := w.shas("Main")
	if second == first || before != first {
		t.Error("the version before is not kept")
	}
	if h, _ := w.store.Record("Helper"); h.Requested {
		t.Error("a dependency became something a person asked for")
	}
	for _, want := range []string{first, second} {
		if _, err := w.Rollback(t.Context(), []string{"Main"}, ""); err != nil {
			t.Fatal(err)
		}
		closure, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{})
		if err != nil || closure.Root.SHA256 != want {
			t.Errorf("rolled back: %v", err)
		}
		if icon := map[string]string{first: "1", second: "2"}[want]; iconOf(closure.Find("Helper")) != icon {
			t.Errorf("its dependency is of version %s", iconOf(closure.Find("Helper")))
		}
	}
	var none *NoVersionError
	w.mustInstall("lab/p:Helper")
	w.file("x.imjoy.html", plugin("X"))
	w.mustInstall("./x.imjoy.html")
	if _, err := w.Rollback(t.Context(), []string{"X"}, ""); !errors.As(err, &none) {
		t.Error(err)
	}
	var missing *NotFoundError
	if _, err := w.Rollback(t.Context(), []string{"Mian"}, ""); !errors.As(err, &missing) || missing.Suggestion != "Main" {
		t.Error(err)
	}
}

// TestUpgradePassesOver has three plugins, of which one is gone and one is refused when all
// of them are upgraded.
func TestUpgradePassesOver(t *testing.T) {
	w := newWorld(t)
	names := []string{"Gone", "Good", "Refused"}
	for _, name := range names {
		w.file(name+".imjoy.html", plugin(name))
		w.mustInstall("./" + name + ".imjoy.html")
	}
	if err := os.Remove(filepath.Join(w.dir, "Gone.imjoy.html")); err != nil {
		t.Fatal(err)
	}
	w.file("Good.imjoy.html", plugin("Good", `"icon": "2"`))
	w.file("Refused.imjoy.html", "<config lang=\"json\">\n{\n</config>\n")
	before, _ := w.shas("Good")

	var file *FileError
	if _, err := w.Upgrade(t.Context(), names, Options{Consent: agree}); !errors.As(err, &file) {
		t.Error(err)
	}
	if now, _ := w.shas("Good"); now != before {
		t.Error("with names it is all or nothing")
	}
	passed := map[string]error{}
	o := Options{Consent: agree, PassOver: func(name string, err error) { passed[name] = err }}
	results, err := w.Upgrade(t.Context(), names, o)
	if err != nil || len(results) != 1 || results[0].Changes[0].Status != Upgraded {
		t.Fatal(results, err)
	}
	var document *DocumentError
	if len(passed) != 2 || !errors.As(passed["Gone"], &file) || !errors.As(passed["Refused"], &document) {
		t.Errorf("%v", passed)
	}
	if now, old := w.shas("Good"); now == before || old != before {
		t.Error("it was not upgraded")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	clear(passed)
	if _, err := w.Upgrade(ended, names, o); !errors.Is(err, context.Canceled) || len(passed) > 0 {
		t.Errorf("interrupted: %v, %v", err, passed)
	}
	if _, err := w.install("./Gone.imjoy.html", o); !errors.As(err, &file) || len(passed) > 0 {
		t.Errorf("an installation passes over nothing: %v, %v", err, passed)
	}
}

// TestDependencyIsSweptMeanwhile uninstalls a dependency while a person is asked about the
// plugin that needs it: its bytes, and those of its scripts, are kept for the plugin.
func TestDependencyIsSweptMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.files["/plain/lib.js"] = "var lib = 1"
	w.file("Helper.imjoy.html", plugin("Helper", `"requirements": ["https://plain.example/lib.js"]`))
	w.mustInstall("./Helper.imjoy.html")
	w.file("Main.imjoy.html", plugin("Main", needs("Helper"), `"permissions": ["camera"]`))
	if err := os.Remove(filepath.Join(w.dir, "Helper.imjoy.html")); err != nil {
		t.Fatal(err)
	}
	meanwhile := func(ctx context.Context, q Question) error { return nil }
	result, err := w.install("./Main.imjoy.html", Options{Consent: meanwhile, DryRun: true})
	if err != nil || len(result.Closure.Find("Helper").Assets) != 0 {
		t.Fatal(err)
	}
	w.Repository.c.Assets = func(ctx context.Context, p *Plugin, known []store.Asset) ([]Asset, []*MissingAsset, error) {
		// Main comes after Helper, whose bytes are in hand by now.
		_, err := w.Uninstall(ctx, []string{"Helper"}, false)
		return nil, nil, err
	}
	if _, err := w.install("./Main.imjoy.html", Options{Consent: agree}); err != nil {
		t.Fatal(err)
	}
	list, err := w.Verify(t.Context(), []string{"Main"})
	if err != nil || len(list) != 1 || len(list[0].Problems) > 0 || list[0].Blobs != 3 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestVerifyFindsEveryByte flips one byte of each content the store holds.
func TestVerifyFindsEveryByte(t *testing.T) {
	w := newWorld(t)
	w.files["/plain/lib.js"] = "var lib = 1"
	w.file("main.imjoy.html", plugin("Main", needs("Helper"), `"requirements": ["https://plain.example/lib.js"]`))
	w.file("helper.imjoy.html", plugin("Helper"))
	w.mustInstall("./main.imjoy.html")
	w.file("main.imjoy.html", plugin("Main", needs("Helper"), `"requirements": ["https://plain.example/lib.js"]`, `"icon": "2"`))
	w.mustInstall("./main.imjoy.html")
	problems := func() (n int) {
		list, err := w.Verify(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			n += len(v.Problems)
		}
		return n
	}
	if n := problems(); n != 0 {
		t.Fatalf("%d problems", n)
	}
	record, err := w.store.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	if len(record.Assets) != 1 || record.Assets[0].URL != "https://plain.example/lib.js" {
		t.Fatalf("assets: %+v", record.Assets)
	}
	count := 0
	for _, version := range []*store.Version{&record.Version, record.Previous} {
		for sum := range version.Blobs {
			file := w.store.BlobFile(sum)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(text); i += 1 + len(text)/20 {
				changed := []byte(string(text))
				changed[i] ^= 1
				os.WriteFile(file, changed, 0o600)
				if problems() == 0 {
					t.Errorf("byte %d of %s is not missed", i, sum)
				}
				count++
			}
			os.WriteFile(file, text, 0o600)
		}
	}
	if n := problems(); n != 0 || count < 60 {
		t.Errorf("%d problems after %d flips", n, count)
	}
}

func TestDifference(t *testing.T) {
	w := newWorld(t)
	w.file("x.imjoy.html", plugin("Main", `"requirements": ["https://plain.example/a.js"]`)+"<docs lang=\"markdown\">\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n</docs>\n")
	w.mustInstall("./x.imjoy.html")
	w.file("x.imjoy.html", plugin("Main", `"requirements": ["https://plain.example/b.js"]`, `"permissions": ["camera"]`)+"<docs lang=\"markdown\">\none\ntwo\nthree\nfour\n5\nsix\nseven\neight\nnine\n</docs>\n<style>\nb {}\n</style>\n")
	result, err := w.install("./x.imjoy.html", Options{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	change := result.Changes[0]
	d := w.Difference(t.Context(), &change.Before.Version, change.Plugin)
	if len(d.Permissions.Added.Wants) != 1 || d.Permissions.Added.Wants[0].Permission.String() != "camera" {
		t.Errorf("permissions: %+v", d.Permissions.Added)
	}
	if diff := cmp.Diff(Words{[]string{"load https://plain.example/b.js"}, []string{"load https://plain.example/a.js"}}, d.Requirements); diff != "" {
		t.Error(diff)
	}
	var text strings.Builder
	for _, b := range d.Blocks[1:] {
		text.WriteString(b.Status + " " + b.Block + "\n" + strings.Join(b.Diff, "\n") + "\n")
	}
	want := `changed <docs lang="markdown">
@@ -2,7 +2,7 @@
 two
 three
 four
-five
+5
 six
 seven
 eight
added <style>
@@ -0,0 +1,1 @@
+b {}
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Error(diff)
	}
	if d := w.Difference(t.Context(), &change.Before.Version, mustOpen(w, "Main")); !d.Empty() {
		t.Errorf("the same version: %+v", d)
	}
}

func mustOpen(w *world, name string) *Plugin {
	c, err := w.Resolve(w.Context(), parse(w.T, name), ResolveOptions{})
	if err != nil {
		w.Fatal(err)
	}
	return c.Root
}

// TestEditLines: a diff applied to the old lines gives the new ones.
func TestEditLines(t *testing.T) {
	texts := []string{"", "a", "a b", "a b c d e f", "a x c y e f", "f e d c b a", "a a a b", "b a a a", "c d"}
	for _, old := range texts {
		for _, now := range texts {
			a, b := strings.Fields(old), strings.Fields(now)
			var gotOld, gotNow []string
			for _, op := range editLines(a, b) {
				if op.old != len(gotOld) || op.now != len(gotNow) {
					t.Errorf("%q to %q: a line counts as %d, %d", old, now, op.old, op.now)
				}
				if op.mark != '+' {
					gotOld = append(gotOld, op.text)
				}
				if op.mark != '-' {
					gotNow = append(gotNow, op.text)
				}
			}
			if strings.Join(gotOld, " ") != old || strings.Join(gotNow, " ") != now {
				t.Errorf("%q to %q: %q to %q", old, now, gotOld, gotNow)
			}
		}
	}
}

// TestUpgradesChooses what is installed again so that plugins are new.
func TestUpgradesChooses(t *testing.T) {
	w := newWorld(t)
	w.file("a.imjoy.html", plugin("A", needs("Helper")))
	w.file("b.imjoy.html", plugin("B", needs("Helper", "A")))
	w.file("c.imjoy.html", plugin("C"))
	w.file("helper.imjoy.html", plugin("Helper"))
	for _, name := range []string{"a", "b", "c"} {
		w.mustInstall("./" + name + ".imjoy.html")
	}
	for _, test := range []struct{ names, want []string }{
		{nil, []string{"A", "B", "C"}},
		{[]string{"Helper"}, []string{"A", "B"}},
		{[]string{"A"}, []string{"A"}},
		{[]string{"C", "Helper", "C"}, []string{"C", "A", "B"}},
	} {
		if got, bad, err := w.Upgrades(test.names); err != nil || bad != nil || !cmp.Equal(got, test.want) {
			t.Errorf("%v: %v, %v, %v", test.names, got, bad, err)
		}
	}
	// A dependency that nobody asked for and nobody needs any more is upgraded itself.
	if _, err := w.Uninstall(t.Context(), []string{"A", "B"}, false); err != nil {
		t.Fatal(err)
	}
	if got, _, err := w.Upgrades([]string{"Helper"}); err != nil || !cmp.Equal(got, []string{"Helper"}) {
		t.Errorf("an orphan: %v, %v", got, err)
	}
	var missing *NotFoundError
	if _, _, err := w.Upgrades([]string{"Nobody"}); !errors.As(err, &missing) {
		t.Error(err)
	}
}

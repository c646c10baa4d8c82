package repository

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/repository/store"
)

// TestRollbackVerifiesFirst: a version whose bytes, or those of a dependency, were changed
// is not gone back to.
func TestRollbackVerifiesFirst(t *testing.T) {
	w := newWorld(t)
	for _, n := range []string{"1", "2"} {
		w.file("main.imjoy.html", plugin("Main", needs("Helper"), `"icon": "`+n+`"`))
		w.file("helper.imjoy.html", plugin("Helper", `"icon": "`+n+`"`))
		w.mustInstall("./main.imjoy.html")
	}
	record, err := w.store.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	for sum := range record.Previous.Blobs {
		file := w.store.BlobFile(sum)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		var corrupt *store.CorruptError
		if _, err := w.Rollback(t.Context(), []string{"Main"}, ""); !errors.As(err, &corrupt) {
			t.Errorf("rolled back to bytes that were changed: %v", err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A name that is given twice is rolled back once.
	list, err := w.Rollback(t.Context(), []string{"Main", "Main"}, "")
	if now, _ := w.shas("Main"); err != nil || len(list) != 1 || now != record.Previous.SHA256 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestVersionsBeforeStay: installing the same content once more, from another ref, loses no
// version to go back to and no time of installation.
func TestVersionsBeforeStay(t *testing.T) {
	w := newWorld(t)
	publish := func(ref, text string) {
		w.commit("lab/p", ref, map[string]string{"manifest.imjoy.json": manifestOfNames("Main"), "Main.imjoy.html": text})
		w.fresh()
	}
	for _, n := range []string{"1", "2", "3"} {
		publish("main", plugin("Main", `"icon": "`+n+`"`))
		w.mustInstall("lab/p:Main")
	}
	before, err := w.store.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	publish("stable", plugin("Main", `"icon": "3"`))
	w.now = w.now.AddDate(0, 1, 0)
	w.mustInstall("lab/p@stable:Main")
	after, err := w.store.Record("Main")
	if err != nil || len(before.Before()) != 2 || after.Address != "lab/p@stable:Main" {
		t.Fatalf("%+v, %v", after, err)
	}
	if diff := cmp.Diff(before.Before(), after.Before()); diff != "" || !after.Installed.Equal(before.Installed) {
		t.Errorf("%s\ninstalled %s, before %s", diff, after.Installed, before.Installed)
	}
}

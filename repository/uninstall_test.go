package repository

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUninstall(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", plugin("Helper"))
	w.file("other.imjoy.html", plugin("Other"))
	w.mustInstall("./main.imjoy.html")
	w.mustInstall("./other.imjoy.html")

	var needed *NeededError
	if _, err := w.Uninstall(t.Context(), []string{"Other", "Helper"}, false); !errors.As(err, &needed) || !cmp.Equal(needed.By, []string{"Main"}) {
		t.Error(err)
	}
	var missing *NotFoundError
	if _, err := w.Uninstall(t.Context(), []string{"Other", "main"}, false); !errors.As(err, &missing) || missing.Suggestion != "Main" {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"Helper", "Main", "Other"}, w.names()); diff != "" {
		t.Errorf("something went although another could not: %s", diff)
	}
	removed, err := w.Uninstall(t.Context(), []string{"Main"}, false)
	if err != nil || !cmp.Equal(removed.Orphans, []string{"Helper"}) {
		t.Errorf("%+v, %v", removed, err)
	}
	if _, err := w.Uninstall(t.Context(), []string{"Helper", "Other"}, false); err != nil {
		t.Error(err)
	}
	if blobs, _ := filepath.Glob(filepath.Join(w.store.Dir(), "blobs", "*", "*")); len(blobs) > 0 {
		t.Errorf("left behind: %v", blobs)
	}
}

func TestUninstallAgainstDependants(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main", needs("Helper")))
	w.file("helper.imjoy.html", plugin("Helper"))
	w.mustInstall("./main.imjoy.html")
	if _, err := w.Uninstall(t.Context(), []string{"Helper"}, true); err != nil {
		t.Fatal(err)
	}
	if closure, err := w.Resolve(t.Context(), parse(t, "Main"), ResolveOptions{}); err != nil || closure.Find("Helper") == nil {
		t.Errorf("it lost the copy it was installed with: %v", err)
	}
	if _, err := w.Uninstall(t.Context(), []string{"Main", "Main"}, false); err != nil {
		t.Errorf("the same name twice: %v", err)
	}
}

func TestUninstallCorruptRecord(t *testing.T) {
	w := newWorld(t)
	w.file("main.imjoy.html", plugin("Main"))
	w.mustInstall("./main.imjoy.html")
	records, err := filepath.Glob(filepath.Join(w.store.Dir(), "records", "*"))
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	if err := os.WriteFile(records[0], []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Uninstall(t.Context(), []string{"Main"}, false); err != nil {
		t.Error(err)
	}
	if len(w.names()) > 0 {
		t.Error(w.names())
	}
}

// TestOrphansAreWhatNobodyAskedFor: a dependency that a person installed is none.
func TestOrphansAreWhatNobodyAskedFor(t *testing.T) {
	w := newWorld(t)
	w.file("a.imjoy.html", plugin("A", needs("Helper", "Other")))
	w.file("b.imjoy.html", plugin("B", needs("Helper", "Other")))
	w.file("helper.imjoy.html", plugin("Helper"))
	w.file("other.imjoy.html", plugin("Other"))
	for _, name := range []string{"a", "b", "helper"} {
		w.mustInstall("./" + name + ".imjoy.html")
	}
	removed, err := w.Uninstall(t.Context(), []string{"A", "B"}, false)
	if err != nil || !cmp.Equal(removed.Orphans, []string{"Other"}) {
		t.Errorf("%+v, %v", removed, err)
	}
}

package repository

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// project locks plugins of the working folder, or of anywhere.
func (w *world) project(old *lock.File, roots ...string) *lock.File {
	w.Helper()
	var list []address.Address
	for _, text := range roots {
		list = append(list, parse(w.T, text))
	}
	made, _, err := w.LockProject(w.Context(), ProjectOptions{Dir: w.dir, Roots: list, Old: old})
	if err != nil {
		w.Fatal(err)
	}
	return made
}

// TestLockedBytesNeedNoNetwork: what a lock names and the store has is taken from there.
func TestLockedBytesNeedNoNetwork(t *testing.T) {
	w := newWorld(t)
	w.commit("lab/p", "main", map[string]string{
		"manifest.imjoy.json": manifestOfNames("Main", "Helper"),
		"Main.imjoy.html":     plugin("Main", needs("Helper")),
		"Helper.imjoy.html":   plugin("Helper"),
	})
	made := w.project(nil, "lab/p:Main")
	w.mustInstall("lab/p:Main")
	offline := w.with(fetch.Options{Offline: true})
	closure, err := offline.Resolve(t.Context(), parse(t, "lab/p:Main"), ResolveOptions{Lock: &Lock{File: made, Dir: w.dir, Frozen: true}})
	if err != nil || len(closure.Plugins) != 2 {
		t.Fatalf("%+v, %v", closure, err)
	}
	// A host that answers with something else at that commit is refused, and by any lock.
	other := newWorld(t)
	commit := closure.Root.Commit
	other.files["/raw/lab/p/"+commit+"/manifest.imjoy.json"] = manifestOfNames("Main", "Helper")
	other.files["/raw/lab/p/"+commit+"/Main.imjoy.html"] = plugin("Main", needs("Helper"))
	other.files["/raw/lab/p/"+commit+"/Helper.imjoy.html"] = plugin("Helper", `"icon": "x"`)
	for _, frozen := range []bool{false, true} {
		var drift *DriftError
		_, err := other.install("lab/p:Main", Options{Lock: &Lock{File: made, Dir: w.dir, Frozen: frozen}, Consent: agree})
		if !errors.As(err, &drift) || drift.Name != "Helper" || drift.Drifts[0].What != "sha256" {
			t.Errorf("frozen %v: another answer: %v", frozen, err)
		}
	}
	// Bytes that are not what the lock says are of no use, wherever they come from.
	record, err := w.store.Record("Helper")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.store.BlobFile(record.SHA256), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := offline.Resolve(t.Context(), parse(t, "lab/p:Main"), ResolveOptions{Lock: &Lock{File: made, Dir: w.dir}}); fetch.KindOf(err) != fetch.Offline {
		t.Errorf("changed bytes: %v", err)
	}
}

// TestWhatALockSays: a plugin that is named and needed at once was asked for; attachments
// are attachments; a script at another content is drift with any lock.
func TestWhatALockSays(t *testing.T) {
	w := newWorld(t)
	w.files["/plain/lib.js"] = "var lib = 1"
	w.file("a.imjoy.html", plugin("A", needs("B"), `"requirements": ["https://plain.example/lib.js"]`)+"<attachment name=\"weights\">abc</attachment>\n")
	w.file("b.imjoy.html", plugin("B", needs("C")))
	w.file("c.imjoy.html", plugin("C"))
	for _, roots := range [][]string{{"./a.imjoy.html", "./b.imjoy.html"}, {"./b.imjoy.html", "./a.imjoy.html"}} {
		made := w.project(nil, roots...)
		asked := map[string]bool{}
		for _, p := range made.Plugins {
			asked[p.Name] = p.Requested
			if want := map[string]int{"A": 1}[p.Name]; len(p.Attachments) != want {
				t.Errorf("attachments of %s: %+v", p.Name, p.Attachments)
			}
		}
		if diff := cmp.Diff(map[string]bool{"A": true, "B": true, "C": false}, asked); diff != "" {
			t.Errorf("%v: %s", roots, diff)
		}
	}
	made := w.project(nil, "./a.imjoy.html")
	w.files["/plain/lib.js"] = "var lib = 2"
	for _, frozen := range []bool{false, true} {
		l := &Lock{File: made, Dir: w.dir, Frozen: frozen}
		var drift *DriftError
		if _, err := w.install("./a.imjoy.html", Options{Lock: l, Consent: agree}); !errors.As(err, &drift) || drift.Drifts[0].What != "requirements" {
			t.Errorf("frozen %v: another script: %v", frozen, err)
		}
	}
	delete(w.files, "/plain/lib.js")
	var missing *MissingAsset
	if _, err := w.install("./a.imjoy.html", Options{Lock: &Lock{File: made, Dir: w.dir, Frozen: true}, Consent: agree}); !errors.As(err, &missing) || !missing.Locked || fetch.KindOf(err) != fetch.NotFound {
		t.Errorf("no script: %v", err)
	}
	if again := w.project(made, "./a.imjoy.html"); !cmp.Equal(again, made) {
		t.Errorf("what cannot be had is lost: %s", cmp.Diff(made, again))
	}
	if names := w.names(); len(names) != 0 {
		t.Errorf("installed %v", names)
	}
}

// TestCommitThatIsRefused: an answer that leads inside ends the installation; it is not
// taken for a host that does not answer.
func TestCommitThatIsRefused(t *testing.T) {
	w := newWorld(t)
	w.files["/raw/lab/p/HEAD/manifest.imjoy.json"] = manifestOfNames("Main")
	w.files["/raw/lab/p/HEAD/Main.imjoy.html"] = plugin("Main")
	w.handlers["/api/repos/lab/p/commits/HEAD"] = func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://10.0.0.1/", http.StatusFound)
	}
	if _, err := w.install("lab/p:Main", Options{Consent: agree}); fetch.KindOf(err) != fetch.Refused {
		t.Error(err)
	}
}

// TestVersionsToGoBackTo are found by number, commit and hash, when enough of it is told.
func TestVersionsToGoBackTo(t *testing.T) {
	v := &store.Version{Number: "1.2.0", Commit: "0123456789abcdef", SHA256: "fedcba9876543210"}
	for to, want := range map[string]bool{
		"": true, "1.2.0": true, "0123456": true, "0123456789abcdef": true, "fedcba9": true,
		"1.2": false, "012345": false, "fedcba": false, "1234567": false, "0123456789abcdef0": false,
	} {
		if isVersion(v, to) != want {
			t.Errorf("%q: %v", to, !want)
		}
	}
}

// TestVerifyTellsOfRecords: a record that cannot be used is told when all is verified.
func TestVerifyTellsOfRecords(t *testing.T) {
	w := newWorld(t)
	w.file("a.imjoy.html", plugin("A"))
	w.file("b.imjoy.html", plugin("B"))
	w.mustInstall("./a.imjoy.html")
	w.mustInstall("./b.imjoy.html")
	files, err := filepath.Glob(filepath.Join(w.store.Dir(), "records", "b-*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func(names ...string) (problems, blobs int) {
		list, err := w.Verify(t.Context(), names)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			problems += len(v.Problems)
			blobs += v.Blobs
		}
		return problems, blobs
	}
	if problems, blobs := count(); problems != 1 || blobs != 1 {
		t.Errorf("all: %d problems of %d contents", problems, blobs)
	}
	if problems, _ := count("A"); problems != 0 {
		t.Errorf("A alone: %d problems", problems)
	}
}

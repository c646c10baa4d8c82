package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{What: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSaveAndLoad(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "deep", "home"))
	if err := install(s, []string{"Main", "Helper"}, "1"); err != nil {
		t.Fatal(err)
	}
	r, text, err := s.Load("Main")
	if err != nil || string(text) != "<config>Main1</config>" || !r.DependsOn("Helper") || r.DependsOn("Main") {
		t.Errorf("%+v, %q, %v", r, text, err)
	}
	if on, err := os.ReadFile(s.BlobFile(r.SHA256)); err != nil || !bytes.Equal(on, text) {
		t.Errorf("the file of the blob: %q, %v", on, err)
	}
	if err := install(s, []string{"Main", "Helper"}, "2"); err != nil {
		t.Fatal(err)
	}
	r, err = s.Record("Main")
	if err != nil || r.Number != "2" || r.Previous == nil || r.Previous.Number != "1" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := s.Blob(r.Previous.SHA256); err != nil {
		t.Errorf("the version before: %v", err)
	}
	for _, name := range []string{"Main", "Helper"} {
		if err := uninstall(s, name); err != nil {
			t.Fatal(err)
		}
	}
	var missing *NotInstalledError
	if _, err := s.Record("Main"); !errors.As(err, &missing) || missing.Name != "Main" {
		t.Error(err)
	}
	if left := files(t, s.Dir()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// files lists all files of a store but its locks.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Base(filepath.Dir(path)) != "locks" {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestReadingLeavesNoTrace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	s := open(t, dir)
	list, bad, err := s.Records()
	if len(list)+len(bad) != 0 || err != nil {
		t.Error(list, bad, err)
	}
	if _, err := s.Record("X"); err == nil {
		t.Error("a plugin in a store that does not exist")
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("reading made the folder")
	}
}

func TestPinnedDependencyOutlivesItsReplacement(t *testing.T) {
	s := open(t, t.TempDir())
	if err := install(s, []string{"Main", "Helper"}, "1"); err != nil {
		t.Fatal(err)
	}
	if err := install(s, []string{"Helper"}, "2"); err != nil {
		t.Fatal(err)
	}
	if err := uninstall(s, "Helper"); err != nil {
		t.Fatal(err)
	}
	r, err := s.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := s.Blob(r.Dependencies[0].SHA256); err != nil || string(text) != "<config>Helper1</config>" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	if err := install(s, []string{"Main", "Helper"}, "1"); err != nil {
		t.Fatal(err)
	}
	r, err := s.Record("Main")
	if err != nil {
		t.Fatal(err)
	}
	blob := s.BlobFile(r.SHA256)
	tamper(t, blob, func() error { _, err := s.Blob(r.SHA256); return err })
	record := filepath.Join(s.Dir(), filepath.FromSlash(recordName("Main")))
	tamper(t, record, func() error { _, err := s.Record("Main"); return err })
	if _, _, err := s.Load("Main"); err != nil {
		t.Errorf("a false alarm after all was put back: %v", err)
	}
}

// tamper flips each byte of a file in three ways, zeroes each range of 16 bytes, puts a
// space in at each place and cuts the file at each length, without IMJOY_LONG each at
// every third place; read must refuse all of them as corrupt.
func tamper(t *testing.T, file string, read func() error) {
	t.Helper()
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, at int, text []byte) {
		if bytes.Equal(text, sound) {
			return
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		var corrupt *CorruptError
		var newer *NewerError
		if err := read(); !errors.As(err, &corrupt) && !errors.As(err, &newer) {
			t.Errorf("%s at %d of %s: %v", what, at, filepath.Base(file), err)
		}
	}
	damage := []func(i int){
		func(i int) {
			text := bytes.Clone(sound)
			clear(text[i:min(i+16, len(text))])
			try("zeros", i, text)
		},
		func(i int) { try("cut", i, sound[:i]) },
		func(i int) { try("space", i, append(append(bytes.Clone(sound[:i]), ' '), sound[i:]...)) },
	}
	masks := []byte{0x01, 0x20, 0xff}
	for i := range sound {
		if testing.Short() && i%16 != 0 {
			continue
		}
		for k := range masks { // each byte is flipped once at least, and damaged once more
			if !long() && k != i%len(masks) {
				continue
			}
			text := bytes.Clone(sound)
			text[i] ^= masks[k]
			try("flip", i, text)
			damage[k](i)
		}
	}
	if err := os.WriteFile(file, sound, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCorruptRecordIsSetAside(t *testing.T) {
	s := open(t, t.TempDir())
	if err := install(s, []string{"Main", "Helper"}, "1"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir(), filepath.FromSlash(recordName("Main")))
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, bad, err := s.Records()
	if err != nil || len(list) != 1 || list[0].Name != "Helper" || len(bad) != 1 {
		t.Errorf("%v, %v, %v", list, bad, err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if n := len(files(t, filepath.Join(s.Dir(), "blobs"))); n != 2 {
		t.Errorf("%d blobs after a sweep with a record that cannot be read; its blob may be needed", n)
	}
	if err := install(s, []string{"Main"}, "2"); err != nil {
		t.Fatal(err)
	}
	if n := len(files(t, filepath.Join(s.Dir(), quarantineDir))); n != 1 {
		t.Errorf("%d records in quarantine", n)
	}
	if r, err := s.Record("Main"); err != nil || r.Number != "2" {
		t.Error(r, err)
	}
}

func TestNewerRecordIsLeftAlone(t *testing.T) {
	s := open(t, t.TempDir())
	if err := install(s, []string{"Main"}, "1"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir(), filepath.FromSlash(recordName("Main")))
	text := []byte(`{"version":2,"anything":true}`)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	for _, err := range []error{install(s, []string{"Main"}, "2"), uninstall(s, "Main")} {
		if !errors.As(err, &newer) {
			t.Error(err)
		}
	}
	if now, _ := os.ReadFile(file); !bytes.Equal(now, text) {
		t.Errorf("it became %q", now)
	}
}

// TestHostileNamesStayInside: a name is a label; what it names on disk is ours.
func TestHostileNamesStayInside(t *testing.T) {
	outer := t.TempDir()
	s := open(t, filepath.Join(outer, "home"))
	names := []string{
		"..", ".", "../x", "../../../etc/passwd", "/etc/passwd", `..\x`, `C:\x`, "a/b", "a\x00b", "CON", "NUL.imjoy.html", "name.", "name ", " name", "-rf",
		strings.Repeat("n", 3000), "\u202egnp", "\x1b[31mred", "é", "e\u0301", "Ａ", "a", "A", "~", "$HOME", "`id`", "%2e%2e", "x\ny", "\xff\xfe", "🙂", ".staging", "locks",
	}
	for _, name := range names {
		if err := install(s, []string{name}, "1"); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if name == "\xff\xfe" { // JSON has no such text; Save of it is not reached by commands
			continue
		}
		if _, text, err := s.Load(name); err != nil || string(text) != "<config>"+name+"1</config>" {
			t.Errorf("%q: %q, %v", name, text, err)
		}
	}
	entries, err := os.ReadDir(outer)
	if err != nil || len(entries) != 1 {
		t.Errorf("outside the store: %v, %v", entries, err)
	}
	for _, file := range files(t, s.Dir()) {
		if base := filepath.Base(file); strings.Trim(base, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" || len(base) > 100 {
			t.Errorf("a file called %q", base)
		}
	}
}

func TestLinksDoNotLeadOut(t *testing.T) {
	outer := t.TempDir()
	home := filepath.Join(outer, "home")
	target := filepath.Join(outer, "target")
	for _, dir := range []string{home, target} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"records", "blobs", stagingDir} {
		if err := os.Symlink(target, filepath.Join(home, name)); err != nil {
			t.Skipf("symbolic links are not available: %v", err)
		}
	}
	s := open(t, home)
	if err := install(s, []string{"Main"}, "1"); err == nil {
		t.Error("it wrote through a link")
	}
	if list := files(t, target); len(list) != 0 {
		t.Errorf("outside: %v", list)
	}
}

func TestWaitingSaysForWhom(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{What: "install Main"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.Begin(t.Context(), "Main")
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan Holder, 10)
	other, err := Open(dir, Options{What: "uninstall Main", Waiting: func(h Holder) { told <- h }})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()

	if free, err := other.Begin(t.Context(), "Helper"); err != nil {
		t.Errorf("another plugin is not locked: %v", err)
	} else {
		free.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := other.Begin(ctx, "Main"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("begin = %v", err)
	}
	if diff := cmp.Diff(Holder{PID: os.Getpid(), What: "install Main"}, <-told); diff != "" {
		t.Error(diff)
	}
	c.Close()
	again, err := other.Begin(t.Context(), "Main")
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestChangeHoldsOnlyItsPlugins(t *testing.T) {
	s := open(t, t.TempDir())
	c, err := s.Begin(t.Context(), "Main")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sum, err := c.Put(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(&Record{Name: "Other", Version: Version{SHA256: sum}}); err == nil {
		t.Error("saved a record that is not locked")
	}
	if err := c.Save(&Record{Name: "Main", Version: Version{SHA256: "../../x"}}); err == nil {
		t.Error("saved a hash that is a path")
	}
	if err := c.Delete("Other"); err == nil {
		t.Error("deleted a record that is not locked")
	}
}

func TestDefaultDir(t *testing.T) {
	for _, test := range []struct {
		system, imjoy, xdg, local, home, want string
	}{
		{"linux", "/i", "/x", "", "/h", "/i"},
		{"linux", "rel", "/x", "", "/h", "rel"},
		{"linux", "", "/x", "", "/h", "/x/imjoy"},
		{"linux", "", "rel", "", "/h", "/h/.local/share/imjoy"},
		{"linux", "", "", "", "", ""},
		{"darwin", "", "", "", "/h", "/h/Library/Application Support/imjoy"},
		{"darwin", "", "/x", "", "/h", "/x/imjoy"},
		{"windows", "", "", "/l", "/h", "/l/imjoy"},
		{"windows", "", "", "", "/h", "/h/AppData/Local/imjoy"},
		{"linux", "", "", "/l", "/h", "/h/.local/share/imjoy"},
	} {
		env := map[string]string{"IMJOY_HOME": test.imjoy, "XDG_DATA_HOME": test.xdg, "LOCALAPPDATA": test.local}
		got := defaultDir(test.system, func(k string) string { return env[k] }, test.home)
		if filepath.ToSlash(got) != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}

// TestRecordInAnotherPlace: a record that was put into the place of another is not that
// one's, and hides no other.
func TestRecordInAnotherPlace(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "home"))
	for _, name := range []string{"Main", "Helper", "Other"} {
		if err := install(s, []string{name}, "1"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(s.Dir(), filepath.FromSlash(recordName("Main"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), filepath.FromSlash(recordName("Helper"))), text, 0o600); err != nil {
		t.Fatal(err)
	}
	var corrupt *CorruptError
	if r, err := s.Record("Helper"); !errors.As(err, &corrupt) {
		t.Errorf("%+v, %v", r, err)
	}
	list, bad, err := s.Records()
	if err != nil || len(list) != 2 || len(bad) != 1 || !errors.As(bad[0], &corrupt) {
		t.Errorf("%+v, %v, %v", list, bad, err)
	}
	// Installing it again sets the file aside.
	if err := install(s, []string{"Helper"}, "2"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Record("Helper"); err != nil || r.Number != "2" {
		t.Errorf("%+v, %v", r, err)
	}
	aside, err := filepath.Glob(filepath.Join(s.Dir(), quarantineDir, "*"))
	if err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
}

// TestFilesAreThePersonsAlone: nobody else on the machine may look into the store.
func TestFilesAreThePersonsAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the folder of the person decides
	}
	s := open(t, filepath.Join(t.TempDir(), "home"))
	if err := install(s, []string{"Main", "Helper"}, "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(Kept{Key: "k"}, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(s.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSweepWaitsForOthers: what somebody has put and not committed yet stays, whoever sweeps.
func TestSweepWaitsForOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	s, other := open(t, dir), open(t, dir)
	c, err := s.Begin(t.Context(), "Main")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := c.Put([]byte("bytes"))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Sweep(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Blob(sum); err != nil {
		t.Errorf("swept while it was needed: %v", err)
	}
	if err := c.commit(&Record{Name: "Main", Origin: "test", Version: Version{SHA256: sum}}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, _, err := other.Load("Main"); err != nil {
		t.Error(err)
	}
	// What nobody came to need goes.
	c, err = s.Begin(t.Context(), "Other")
	if err != nil {
		t.Fatal(err)
	}
	if sum, err = c.Put([]byte("more")); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := s.Blob(sum); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestNothingIsSweptBesideACorruptRecord: nobody knows what that one needs.
func TestNothingIsSweptBesideACorruptRecord(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "home"))
	for _, name := range []string{"Main", "Helper"} {
		if err := install(s, []string{name}, "1"); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.Record("Helper")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.Dir(), filepath.FromSlash(recordName("Helper")))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := uninstall(s, "Main"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil { // somebody repaired it
		t.Fatal(err)
	}
	if _, _, err := s.Load("Helper"); err != nil {
		t.Errorf("what it needs is gone: %v", err)
	}
	if _, err := s.Blob(r.SHA256); err != nil {
		t.Error(err)
	}
}

// TestVersionsThatAreKept: five that differ, each once, the latest in use first.
func TestVersionsThatAreKept(t *testing.T) {
	version := func(n int) Version {
		return Version{SHA256: hash([]byte{byte(n)}), Number: strings.Repeat("i", n)}
	}
	r := &Record{Name: "Main", Version: version(1)}
	var list []Version
	for _, n := range []int{1, 2, 2, 3, 1, 4, 5, 6, 7, 8} {
		list = append(list, version(n))
	}
	r.KeepBefore(list)
	var got []int
	for _, v := range r.Before() {
		got = append(got, len(v.Number))
	}
	if diff := cmp.Diff([]int{2, 3, 4, 5, 6}, got); diff != "" {
		t.Error(diff)
	}
	if r.KeepBefore(list[:1]); r.Before() != nil {
		t.Errorf("the version in use is kept twice: %v", r.Before())
	}
	tagged, pinned := version(2), version(2)
	tagged.Tag = "GPU"
	pinned.Dependencies = []Pin{{Name: "Helper", SHA256: hash(nil)}}
	if r.KeepBefore([]Version{version(2), tagged, pinned, tagged}); len(r.Before()) != 3 {
		t.Errorf("another tag or dependency is another version: %v", r.Before())
	}
}

// TestOnlyHashesNameBlobs: what names a file is a hash in the one spelling that hashes have.
func TestOnlyHashesNameBlobs(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "home"))
	fine := hash([]byte("a"))
	for _, sum := range []string{"", "x", fine[:62], fine + "00", strings.ToUpper(fine), "../" + fine[3:], fine[:63] + "g", "../../../../etc/passwd"} {
		if _, err := s.Blob(sum); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", sum, err)
		}
		c, err := s.Begin(t.Context(), "Main")
		if err != nil {
			t.Fatal(err)
		}
		v := Version{SHA256: fine}
		for _, r := range []*Record{
			{Name: "Main", Version: Version{SHA256: sum}},
			{Name: "Main", Version: v, Previous: &Version{SHA256: sum}},
			{Name: "Main", Version: Version{SHA256: fine, Assets: []Asset{{SHA256: sum}}}},
			{Name: "Main", Version: Version{SHA256: fine, Dependencies: []Pin{{SHA256: sum}}}},
			{Name: "Main", Version: Version{SHA256: fine, Dependencies: []Pin{{SHA256: fine, Assets: []Asset{{SHA256: sum}}}}}},
		} {
			if err := c.Save(r); err == nil {
				t.Errorf("%q is kept in %+v", sum, r)
			}
		}
		c.Close()
	}
	if _, err := s.Blob(fine); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is not there: %v", err)
	}
}

// TestNotesChangeWholeOrNot: an error of who changes a note, or a note that is too large,
// leaves it as it was.
func TestNotesChangeWholeOrNot(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "home"))
	edit := func(text string, err error) error {
		return s.EditNote(t.Context(), "settings/x.json", func([]byte) ([]byte, error) { return []byte(text), err })
	}
	if err := edit("one", nil); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if err := edit("two", no); !errors.Is(err, no) {
		t.Error(err)
	}
	if err := edit(strings.Repeat("x", maxNote+1), nil); err == nil {
		t.Error("a note of any size")
	}
	if text, err := s.ReadNote("settings/x.json"); err != nil || string(text) != "one" {
		t.Errorf("%.10q, %v", text, err)
	}
}

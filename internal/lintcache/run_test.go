//go:build linux || darwin

package lintcache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// looked is a run that looked at a file, a folder, a place where nothing is, and asked
// what the language is.
type looked struct {
	testing.TB
	dir, cache string
	key        Key
	language   string
}

func newLooked(t testing.TB) *looked {
	r := &looked{t, t.TempDir(), t.TempDir(), NewKey([]byte("lint")), "de"}
	r.write("file", "one")
	if err := os.Mkdir(r.path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *looked) path(name string) string { return filepath.Join(r.dir, name) }

func (r *looked) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

// witness is one of a run that starts a while after the files were written.
func (r *looked) witness() *Witness {
	w := NewWitness(time.Now().Add(time.Minute), nil)
	for _, name := range []string{"file", "folder", "missing", "file/below"} {
		w.Path(r.path(name))
	}
	w.Answer("language", r.language)
	return w
}

func (r *looked) state(name string) state {
	r.Helper()
	s, ok := stateOf(r.path(name))
	if !ok {
		r.Fatalf("%s has no state", name)
	}
	return s
}

func (r *looked) replay() (*Run, bool) {
	run, _ := Replay(r.cache, r.key, func(question string) string {
		if question != "language" {
			r.Errorf("there is a question %q", question)
		}
		return r.language
	})
	return run, run != nil
}

func (r *looked) keep() {
	r.Helper()
	r.witness().Keep(r.cache, r.key, 1, time.Now())
	if _, ok := r.replay(); !ok {
		r.Fatal("the run is not kept")
	}
}

func TestARunComesBack(t *testing.T) {
	r := newLooked(t)
	w := r.witness()
	var out, err bytes.Buffer
	for _, text := range []string{"a", "b"} {
		_, _ = w.Stdout(&out).Write([]byte(text))
	}
	_, _ = w.Stderr(&err).Write([]byte("note"))
	_, _ = w.Stdout(&out).Write([]byte("c"))
	w.Keep(r.cache, r.key, 1, time.Now())
	run, ok := r.replay()
	want := &Run{1, []Chunk{{false, []byte("ab")}, {true, []byte("note")}, {false, []byte("c")}}}
	if diff := cmp.Diff(want, run); !ok || diff != "" {
		t.Errorf("%v (-kept +found):\n%s", ok, diff)
	}
	if out.String()+err.String() != "abcnote" {
		t.Errorf("what was written at first: %q %q", out.String(), err.String())
	}
	if run, _ := Replay(r.cache, NewKey([]byte("other")), func(string) string { return "" }); run != nil {
		t.Error("a run of other arguments is found")
	}
}

// changes are all that can happen to what a run looked at.
var changes = []struct {
	name string
	make func(r *looked) error
}{
	{"another text", func(r *looked) error { return os.WriteFile(r.path("file"), []byte("two"), 0o600) }},
	{"a text as long, given the old time", func(r *looked) error {
		info, err := os.Stat(r.path("file"))
		if err == nil {
			err = os.WriteFile(r.path("file"), []byte("two"), 0o600)
		}
		if err == nil {
			err = os.Chtimes(r.path("file"), info.ModTime(), info.ModTime())
		}
		return err
	}},
	{"another file in its place, as long and as old", func(r *looked) error {
		info, err := os.Stat(r.path("file"))
		if err == nil {
			err = os.WriteFile(r.path("other"), []byte("two"), 0o600)
		}
		if err == nil {
			err = os.Chtimes(r.path("other"), info.ModTime(), info.ModTime())
		}
		if err == nil {
			err = os.Rename(r.path("other"), r.path("file"))
		}
		return err
	}},
	{"a link in its place", func(r *looked) error {
		r.write("other", "one")
		if err := os.Remove(r.path("file")); err != nil {
			return err
		}
		return os.Symlink("other", r.path("file"))
	}},
	{"other permissions", func(r *looked) error { return os.Chmod(r.path("file"), 0o400) }},
	{"the file is gone", func(r *looked) error { return os.Remove(r.path("file")) }},
	{"a folder in its place", func(r *looked) error {
		if err := os.Remove(r.path("file")); err != nil {
			return err
		}
		return os.Mkdir(r.path("file"), 0o700)
	}},
	{"a file in the folder", func(r *looked) error { return os.WriteFile(r.path("folder/new"), nil, 0o600) }},
	{"a file that came and went", func(r *looked) error {
		if err := os.WriteFile(r.path("folder/new"), nil, 0o600); err != nil {
			return err
		}
		return os.Remove(r.path("folder/new"))
	}},
	{"something where nothing was", func(r *looked) error { return os.WriteFile(r.path("missing"), nil, 0o600) }},
	{"another answer", func(r *looked) error { r.language = "en"; return nil }},
}

func TestARunIsNotReplayedAfterAChange(t *testing.T) {
	for _, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			r := newLooked(t)
			r.keep()
			tick(t)
			if err := change.make(r); err != nil {
				t.Fatal(err)
			}
			if _, ok := r.replay(); ok {
				t.Error("the run is replayed")
			}
		})
	}
}

// What changes while a run is under way was seen before or after the change, nobody knows.
func TestARunIsNotKeptWhenSomethingChangesMeanwhile(t *testing.T) {
	for _, change := range changes {
		t.Run(change.name, func(t *testing.T) {
			r := newLooked(t)
			w := r.witness()
			tick(t)
			if err := change.make(r); err != nil {
				t.Fatal(err)
			}
			w.Path(r.path("file")) // looking again changes nothing
			w.Answer("language", r.language)
			w.Keep(r.cache, r.key, 0, time.Now())
			if _, ok := r.replay(); ok {
				t.Error("the run is kept")
			}
		})
	}
}

// tick waits until the file system's clock has moved on.
func tick(t testing.TB) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clock")
	read := func() state {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s, ok := stateOf(file)
		if !ok {
			t.Fatal("there is no state of a file")
		}
		return s
	}
	for first := read(); read() == first; time.Sleep(time.Millisecond) {
	}
}

// A file that was written just before a run could be written again without its times
// changing, where they are coarse.
func TestARunOverFreshFilesIsNotKept(t *testing.T) {
	for after, want := range map[time.Duration]bool{0: false, unsettled / 2: false, -time.Hour: false, unsettled + time.Minute: true} {
		r := newLooked(t)
		w := NewWitness(time.Now().Add(after), nil)
		w.Path(r.path("file"))
		w.Path(r.path("missing"))
		w.Keep(r.cache, r.key, 0, time.Now())
		if _, ok := r.replay(); ok != want {
			t.Errorf("a run %s after a change: kept %v", after, ok)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWhatIsNotKept(t *testing.T) {
	for name, spoil := range map[string]func(r *looked, w *Witness){
		"a refusal":               func(_ *looked, w *Witness) { w.Refuse() },
		"what is no file":         func(_ *looked, w *Witness) { w.Path(os.DevNull) },
		"a writer that fails":     func(_ *looked, w *Witness) { _, _ = w.Stdout(failing{}).Write([]byte("x")) },
		"too much text":           func(_ *looked, w *Witness) { _, _ = w.Stdout(new(bytes.Buffer)).Write(make([]byte, maxRunBytes)) },
		"two answers":             func(_ *looked, w *Witness) { w.Answer("language", "fr") },
		"a name that is too long": func(r *looked, w *Witness) { w.Path(r.path(strings.Repeat("x", 1000))) },
	} {
		r := newLooked(t)
		w := r.witness()
		spoil(r, w)
		w.Keep(r.cache, r.key, 0, time.Now())
		if _, ok := r.replay(); ok {
			t.Errorf("%s is kept", name)
		}
	}
	var nobody *Witness
	nobody.Path("/")
	nobody.Answer("a", "b")
	nobody.Refuse()
	nobody.Keep(t.TempDir(), program, 0, time.Now())
}

// A file with a run that is cut short or differs anywhere is as if it were not there.
func TestADamagedRun(t *testing.T) {
	r := newLooked(t)
	r.keep()
	file := runFile(r.cache, r.key)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, at int, damaged []byte) {
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := r.replay(); ok {
			t.Errorf("%s at %d: it is replayed", what, at)
		}
	}
	for i := range text {
		try("cut", i, text[:i])
		other := bytes.Clone(text)
		other[i] ^= 0x55
		try("changed", i, other)
	}
	if err := os.Rename(file, runFile(r.cache, program)); err != nil {
		t.Fatal(err)
	}
	r.key = program
	if _, ok := r.replay(); ok {
		t.Error("the run of another key is replayed")
	}
}

func BenchmarkReplay(b *testing.B) {
	r := newLooked(b)
	for range 300 {
		if _, err := os.MkdirTemp(r.dir, "plugin"); err != nil {
			b.Fatal(err)
		}
	}
	entries, _ := os.ReadDir(r.dir)
	w := r.witness()
	for _, e := range entries {
		w.Path(r.path(e.Name()))
	}
	w.Keep(r.cache, r.key, 0, time.Now())
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := r.replay(); !ok {
			b.Fatal("not there")
		}
	}
}

// What was noted of a path is known to the next run with the key, unless the path changed
// or could have changed without showing it.
func TestNotes(t *testing.T) {
	next := func(r *looked, ago time.Duration) *Witness {
		r.Helper()
		run, before := Replay(r.cache, r.key, func(string) string { return r.language })
		if run != nil {
			r.Fatal("the run is replayed")
		}
		w := NewWitness(time.Now().Add(ago), before)
		for _, name := range []string{"file", "folder", "missing"} {
			w.Path(r.path(name))
		}
		return w
	}
	noted := func(w *Witness, path string) string {
		note, _ := w.Noted(path)
		return string(note)
	}
	for _, test := range []struct {
		name   string
		ago    time.Duration // how long before the run the files were written
		change func(r *looked)
		file   string // what is known of the file
		folder string
	}{
		{"another language", time.Minute, func(*looked) {}, "one", "names"},
		{"another file", time.Minute, func(r *looked) {
			for first, i := r.state("folder"), 0; r.state("folder") == first; i++ { // times may be coarse
				r.write(fmt.Sprintf("folder/%d", i), "")
			}
		}, "one", ""},
		{"another text", time.Minute, func(r *looked) { r.write("file", "three") }, "", "names"},
		{"fresh files", 0, func(*looked) {}, "", ""},
	} {
		r := newLooked(t)
		w := NewWitness(time.Now().Add(test.ago), nil)
		w.Answer("language", "de")
		for name, note := range map[string]string{"file": "one", "folder": "names"} {
			w.Path(r.path(name))
			w.Note(r.path(name), []byte(note))
		}
		w.Keep(r.cache, r.key, 0, time.Now())
		r.language = "fr"
		test.change(r)
		for _, again := range []string{"once", "twice"} { // what the second run learns nothing new of is still known
			w = next(r, test.ago)
			if file, folder := noted(w, r.path("file")), noted(w, r.path("folder")); file != test.file || folder != test.folder {
				t.Errorf("%s, %s: the file %q, the folder %q", test.name, again, file, folder)
			}
			w.Answer("language", "it")
			w.Keep(r.cache, r.key, 0, time.Now())
		}
		w = next(r, test.ago)
		w.Refuse()
		if _, ok := w.Noted(r.path("file")); ok {
			t.Errorf("%s: a run that was refused knows something", test.name)
		}
	}
	var nobody *Witness
	nobody.Note("/", nil)
	if _, ok := nobody.Noted("/"); ok {
		t.Error("nobody knows something")
	}
}

package lintcache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var (
	text    = source.New("a.imjoy.html", []byte("0123456789"))
	other   = source.New("manifest.imjoy.json", []byte("abcdefghij"))
	program = NewKey([]byte("this program"))
	day     = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// full is an answer with something in every field that there is.
func full() *Answer {
	span := source.Span{Start: 2, End: 5}
	a := &Answer{
		Findings: []source.Diagnostic{
			{
				Code: "a-code", Severity: source.Warning, Place: text.Place(span), Message: "größer", Hint: "do\nthis",
				Related: []source.Note{{Place: other.Place(source.Span{Start: 10, End: 10}), Message: "here"}},
				Fixes:   []source.Fix{{Title: "do it", Safe: true, Edits: []source.Edit{{Span: span, New: "x"}}}},
			},
			{Code: "b", Severity: source.Error, Message: "nowhere in particular"},
		},
		Python: 3, Config: []byte("a hash"),
	}
	fill(reflect.ValueOf(&a.Summary).Elem())
	return a
}

// fill puts something into every field, whatever there will be.
func fill(v reflect.Value) {
	if v.Type() == placeType {
		v.Set(reflect.ValueOf(text.Place(source.Span{Start: 1, End: 9})))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("Blur")
	case reflect.Int:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i)) // panics for a field that is not exported, which cannot be kept
		}
	default:
		panic("a summary has a " + v.Type().String() + ", which cannot be kept")
	}
}

var bySource = cmp.Comparer(func(a, b *source.Source) bool { return a == b })

func TestAnswersComeBack(t *testing.T) {
	dir := t.TempDir()
	key := NewKey([]byte("a"))
	c := Open(dir, "/project", program, day)
	c.Keep(key, full(), text, other)
	c.KeepBytes(NewKey([]byte("b")), []byte("some bytes"))
	c.Save()
	c = Open(dir, "/project", program, day)
	got, ok := c.Findings(key, text, other)
	if !ok {
		t.Fatal("the answer is not there")
	}
	if diff := cmp.Diff(full(), got, bySource); diff != "" {
		t.Errorf("(-kept +found):\n%s", diff)
	}
	if b, ok := c.Bytes(NewKey([]byte("b"))); string(b) != "some bytes" || !ok {
		t.Errorf("bytes come back as %q", b)
	}
	if _, ok := c.Bytes(NewKey([]byte("c"))); ok {
		t.Error("there is an answer that nobody kept")
	}
	for name, c := range map[string]*Cache{
		"another program": Open(dir, "/project", NewKey([]byte("a newer one")), day),
		"another project": Open(dir, "/elsewhere", program, day),
		"no cache":        nil,
	} {
		if _, ok := c.Findings(key, text, other); ok {
			t.Errorf("%s finds the answer", name)
		}
	}
}

// A field that is added to a finding must be written as well: full has something in
// each, and this test says when it has not.
func TestEveryFieldIsWritten(t *testing.T) {
	var zero func(path string, v reflect.Value)
	zero = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer: // sources
			if v.IsNil() {
				t.Errorf("%s is empty in the answer of these tests", path)
			}
		case reflect.Slice:
			if v.Len() == 0 {
				t.Errorf("%s is empty in the answer of these tests", path)
				return
			}
			zero(path+"[0]", v.Index(0))
		case reflect.Struct:
			for i := range v.NumField() {
				zero(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		default:
			if v.IsZero() {
				t.Errorf("%s is empty in the answer of these tests", path)
			}
		}
	}
	zero("Answer", reflect.ValueOf(*full()))
}

func TestPartsOfAKeyAreToldApart(t *testing.T) {
	seen := map[Key]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"a", "b", "c"}, {"c", "ab"}} {
		var raw [][]byte
		for _, p := range parts {
			raw = append(raw, []byte(p))
		}
		key := NewKey(raw...)
		if before, again := seen[key]; again {
			t.Errorf("%q has the key of %s", parts, before)
		}
		seen[key] = fmt.Sprintf("%q", parts)
	}
}

// Sums of one pack stay the same, and tell texts apart; those of another are others.
func TestSums(t *testing.T) {
	dir := t.TempDir()
	c := Open(dir, "/project", program, day)
	seen := map[string]string{}
	for _, text := range []string{"", "\x00", "\x00\x00", "a", "b", "ab", "ba", string(make([]byte, 16)), string(make([]byte, 17))} {
		sum := string(c.Sum([]byte(text)))
		if before, again := seen[sum]; again {
			t.Errorf("%q has the sum of %q", text, before)
		}
		seen[sum] = text
	}
	c.KeepBytes(program, []byte("x"))
	c.Save()
	for sum, text := range seen {
		if again := Open(dir, "/project", program, day).Sum([]byte(text)); string(again) != sum {
			t.Errorf("the sum of %q is another one in the next run", text)
		}
		if string(Open(dir, "/elsewhere", program, day).Sum([]byte(text))) == sum {
			t.Errorf("the sum of %q is the same in another pack", text)
		}
	}
}

// An answer about texts that its key does not cover would outlive them.
func TestAnswersAboutOtherTextsAreNotKept(t *testing.T) {
	c := Open(t.TempDir(), "/project", program, day)
	key := NewKey([]byte("a"))
	c.Keep(key, full(), text)
	if _, ok := c.Findings(key, text, other); ok {
		t.Error("it was kept")
	}
}

// packFile is the only pack of a folder.
func packFile(t *testing.T, dir string) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if len(files) != 1 {
		t.Fatalf("packs: %v", files)
	}
	return files[0]
}

// Whatever happens to a pack, what is read from it is what was written, or nothing; and
// it is written anew.
func TestDamagedPacksAreIgnoredAndRewritten(t *testing.T) {
	dir := t.TempDir()
	key := NewKey([]byte("a"))
	keep := func() {
		c := Open(dir, "/project", program, day)
		c.Keep(key, full(), text, other)
		c.Save()
	}
	keep()
	file := packFile(t, dir)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{"empty": {}, "foreign": []byte("#!/bin/sh\necho\n"), "longer": append(bytes.Clone(good), 0)}
	for i := range good {
		flipped := bytes.Clone(good)
		flipped[i] ^= 0x10
		damaged[fmt.Sprintf("byte %d flipped", i)] = flipped
		damaged[fmt.Sprintf("cut at %d", i)] = good[:i]
	}
	for name, text := range damaged {
		if _, ok := readPack(text, program); ok {
			t.Errorf("%s: it is taken for a pack", name)
		}
	}
	if err := os.WriteFile(file, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := Open(dir, "/project", program, day).Findings(key, text, other); ok {
		t.Error("half a pack has an answer")
	}
	keep()
	if _, ok := Open(dir, "/project", program, day).Findings(key, text, other); !ok {
		t.Error("the pack is not written anew")
	}
}

// An answer with a good checksum and nonsense inside, or for a text of other length,
// makes no place outside of its text.
func FuzzAnswer(f *testing.F) {
	kept, err := encodeAnswer(full(), []*source.Source{text, other})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept)
	f.Add(kept[:len(kept)/2])
	f.Add([]byte{1, 1, 'a', 9})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, in []byte) {
		a, err := decodeAnswer(in, []*source.Source{text, other})
		if err != nil {
			return
		}
		for _, d := range a.Findings {
			inside(t, d.Place)
			_ = d.Severity.String()
			for _, n := range d.Related {
				inside(t, n.Place)
			}
			for _, fix := range d.Fixes {
				for _, e := range fix.Edits {
					inside(t, source.Place{Source: d.Place.Source, Span: e.Span})
				}
			}
		}
		again, err := encodeAnswer(a, []*source.Source{text, other})
		if err != nil {
			t.Fatal(err)
		}
		b, err := decodeAnswer(again, []*source.Source{text, other})
		if diff := cmp.Diff(a, b, bySource); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

func inside(t *testing.T, p source.Place) {
	t.Helper()
	length := 0
	if p.Known() {
		length = len(p.Text)
	}
	if p.Span.Start < 0 || p.Span.End < p.Span.Start || p.Span.End > length {
		t.Errorf("%v lies outside of a text of %d bytes", p.Span, length)
	}
}

// A folder that cannot be written is as if there were no cache.
func TestWithoutAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	key := NewKey([]byte("a"))
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		c := Open(dir, "/project", program, day)
		c.Keep(key, full(), text, other)
		c.Save()
		if _, ok := c.Findings(key, text, other); !ok {
			t.Error("the same process does not find what it kept")
		}
		if _, ok := Open(dir, "/project", program, day).Findings(key, text, other); ok {
			t.Error("there is an answer where nothing can lie")
		}
	}
}

// Processes that save one pack at the same time leave a whole one.
func TestManySaveAtOnce(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 10 {
				c := Open(dir, "/project", program, day)
				c.KeepBytes(NewKey(fmt.Append(nil, i, j)), []byte("value"))
				c.Save()
			}
		})
	}
	group.Wait()
	c := Open(dir, "/project", program, day)
	if c.pack.len() == 0 {
		t.Error("there is no pack, or not a whole one")
	}
	for i := range c.pack.len() {
		if string(c.pack.at(i).answer) != "value" {
			t.Errorf("answer %d is %q", i, c.pack.at(i).answer)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

func TestNothingIsWrittenWithoutNeed(t *testing.T) {
	dir := t.TempDir()
	key := NewKey([]byte("a"))
	c := Open(dir, "/project", program, day)
	c.KeepBytes(key, []byte("x"))
	c.Save()
	old := day.Add(-time.Hour)
	if err := os.Chtimes(packFile(t, dir), old, old); err != nil {
		t.Fatal(err)
	}
	c = Open(dir, "/project", program, day)
	c.Bytes(key)
	c.Save()
	if info, _ := os.Stat(packFile(t, dir)); !info.ModTime().Equal(old) {
		t.Error("the pack is written again")
	}
}

// What was of use most recently stays when there is no room for all.
func TestThePackIsBounded(t *testing.T) {
	var records []record
	large := make([]byte, maxEntryBytes)
	for i := range maxPackBytes/maxEntryBytes + 5 {
		records = append(records, record{NewKey(fmt.Append(nil, i)), uint32(i), large})
	}
	text := writePack(records, program, newSecret())
	if len(text) > maxPackBytes {
		t.Errorf("a pack of %d bytes", len(text))
	}
	p, ok := readPack(text, program)
	if !ok || p.find(NewKey(fmt.Append(nil, 0))) != nil || p.find(NewKey(fmt.Append(nil, len(records)-1))) == nil {
		t.Errorf("ok %v: the oldest answer is there, or the newest is not", ok)
	}
	records = records[:0]
	for i := range maxEntries + 3 {
		records = append(records, record{NewKey(fmt.Append(nil, i)), uint32(i), []byte("x")})
	}
	if p, ok := readPack(writePack(records, program, newSecret()), program); !ok || p.len() != maxEntries {
		t.Errorf("ok %v, %d answers", ok, p.len())
	}
	c := Open(t.TempDir(), "/project", program, day)
	c.KeepBytes(program, append(large, 0))
	if _, ok := c.Bytes(program); ok {
		t.Error("an answer that is too large is kept")
	}
}

func TestTheFolderIsBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range maxFiles + 10 {
		c := Open(dir, fmt.Sprint("/project", i), program, day)
		c.KeepBytes(program, []byte("x"))
		c.Save()
	}
	left := filepath.Join(dir, temporary+"left")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sweep(dir, 0, time.Now().Add(2*abandoned))
	entries, _ := os.ReadDir(dir)
	if len(entries) > maxFiles {
		t.Errorf("%d files lie in the folder", len(entries))
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("a temporary file that nobody will finish stays")
	}
	sweep(dir, maxFolderBytes, time.Now())
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d packs stay where there is no room for any", len(entries))
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	c := Open(dir, "/project", program, day)
	c.KeepBytes(program, []byte("x"))
	c.Save()
	if gone := Prune(dir, time.Now().Add(-time.Hour)); gone.Files != 0 {
		t.Errorf("%d new files are gone", gone.Files)
	}
	if gone := Prune(dir, time.Now().Add(time.Hour)); gone.Files != 1 || gone.Bytes == 0 {
		t.Errorf("gone: %+v", gone)
	}
	if gone := Prune(filepath.Join(dir, "missing"), time.Now()); gone != (Usage{}) {
		t.Errorf("gone: %+v", gone)
	}
}

func BenchmarkFindings(b *testing.B) {
	c := Open(b.TempDir(), "/project", program, day)
	key := NewKey([]byte("a"))
	for i := range 1000 {
		c.Keep(NewKey(fmt.Append(nil, i)), full(), text, other)
	}
	c.Keep(key, full(), text, other)
	c.Save()
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.Findings(key, text, other); !ok {
			b.Fatal("not there")
		}
	}
}

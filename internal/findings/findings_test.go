package findings

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// at returns the place of the n-th occurrence (from 0) of text in src.
func at(t *testing.T, src *source.Source, text string, n int) source.Place {
	t.Helper()
	from := 0
	for {
		i := bytes.Index(src.Text[from:], []byte(text))
		if i < 0 {
			t.Fatalf("%s has no %q number %d", src.Name, text, n)
		}
		if n--; n < 0 {
			return src.Place(source.Span{Start: from + i, End: from + i + len(text)})
		}
		from += i + len(text)
	}
}

// example is a list with every situation that a frame knows.
func example(t *testing.T) []source.Diagnostic {
	t.Helper()
	doc := source.New("plugins/a.imjoy.html", []byte("<config lang=\"json\">\n{\n  \"name\": \"A\", \"tags\": [],\n  \"cover\": \"\",\n  \"ui\": \"\",\n  \"cover\": \"\"\n}\n</config>\n\n<window>\n  <div>\n    one\n  </div>\n  <p>two</p>\n</window>\n<script lang=\"javascript\">\r\n\tlet größe = 名前 + @oops\r\n</script>\n"))
	manifest := source.New("manifest.imjoy.json", []byte("{\"name\": \"M\", \"plugins\": []}"))
	long := source.New("long.imjoy.html", []byte("const a = \""+strings.Repeat("0123456789", 3000)+"\", broken = , b = \""+strings.Repeat("x", 2000)+"\"; unused\n"))
	evil := source.New("evil\x1b[2J.html", []byte("name = \"\x1b]0;owned\x07\u202Egpj\"\xff \x00\n"))
	empty := source.New("empty.imjoy.html", nil)
	return []source.Diagnostic{
		{Code: "config-duplicate-key", Severity: source.Warning, Place: at(t, doc, `"cover"`, 1),
			Message: `key "cover" is written twice; the last one wins`, Hint: "keep one of them",
			Related: []source.Note{{Place: at(t, doc, `"cover"`, 0), Message: "first written here"}}},
		{Code: "window-many-roots", Severity: source.Error, Place: at(t, doc, "<div>\n    one\n  </div>\n  <p>two</p>", 0),
			Message: "this window has 2 roots", Hint: "wrap them in one element,\nfor instance a <div>"},
		{Code: "script-syntax", Severity: source.Error, Place: at(t, doc, "@oops", 0), Message: `unexpected "@oops"`,
			Related: []source.Note{{Place: at(t, doc, "名前", 0), Message: "after this name"}}},
		{Code: "manifest-drift", Severity: source.Info, Place: at(t, doc, `"A"`, 0), Message: "the manifest says something else",
			Related: []source.Note{{Place: at(t, manifest, `"M"`, 0), Message: "here"}, {Place: at(t, manifest, "[]", 0), Message: "and here"}}},
		{Code: "script-syntax", Severity: source.Error, Place: at(t, long, ",", 1), Message: "unexpected comma",
			Related: []source.Note{{Place: at(t, long, "unused", 0), Message: "far away"}, {Place: at(t, long, "const", 0), Message: "at the start"}}},
		{Code: "name-control", Severity: source.Error, Place: at(t, evil, "\u202Egpj", 0), Message: "name has \x1b[31mcontrol\n characters",
			Hint: "remove them\x07"},
		{Code: "config-missing", Severity: source.Error, Place: empty.Place(empty.All()), Message: "there is no config block"},
		{Severity: source.Error, Message: "no place at all"},
		{Code: "config-trailing-comma", Severity: source.Error, Place: at(t, doc, "]", 0), Message: "50% of it, with: signs",
			Fixes: []source.Fix{{Title: "remove it", Safe: true, Edits: []source.Edit{{Span: at(t, doc, "]", 0).Span}}},
				{Title: "write two", Edits: []source.Edit{{Span: at(t, doc, "]", 0).Span, New: "]]"}}}}},
		{Code: "document-end", Severity: source.Warning, Place: doc.Place(source.Span{Start: len(doc.Text), End: len(doc.Text)}), Message: "at the end"},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestWrite(t *testing.T) {
	for _, test := range []struct {
		golden string
		format Format
		o      Options
	}{
		{"full.txt", Full, Options{Width: 80}},
		{"full-color.txt", Full, Options{Width: 80, Color: true}},
		{"full-narrow.txt", Full, Options{Width: 10}},
		{"concise.txt", Concise, Options{}},
		{"report.json", JSON, Options{Files: 5}},
		{"full-links.txt", Full, Options{Width: 80, Link: testLink}},
		{"concise-links.txt", Concise, Options{Link: testLink}},
		{"github.txt", GitHub, Options{}},
		{"gitlab.json", GitLab, Options{}},
		{"report.sarif", SARIF, Options{Rules: testRules, Version: "1.2.3"}},
		{"junit.xml", JUnit, Options{}},
	} {
		t.Run(test.golden, func(t *testing.T) {
			var out bytes.Buffer
			if err := Write(&out, test.format, example(t), test.o); err != nil {
				t.Fatal(err)
			}
			golden(t, test.golden, out.Bytes())
		})
	}
}

func TestAnUnknownFormatIsAnError(t *testing.T) {
	if err := Write(new(bytes.Buffer), "sarif-2", nil, Options{}); err == nil {
		t.Error("no error")
	}
	var f Format
	if err := f.Set("ful"); err == nil {
		t.Error("ful is accepted as a format")
	}
	if err := f.Set("json"); err != nil || f != JSON {
		t.Errorf("json gives %q, %v", f, err)
	}
}

func TestAnEmptyListIsNothingOrAnEmptyObject(t *testing.T) {
	for format, want := range map[Format]string{Full: "", Concise: "", JSON: `{"version":1,"files":2,"diagnostics":[]}`} {
		var out bytes.Buffer
		if err := Write(&out, format, nil, Options{Files: 2}); err != nil {
			t.Fatal(err)
		}
		got := out.Bytes()
		if format == JSON {
			var compact bytes.Buffer
			if err := json.Compact(&compact, got); err != nil {
				t.Fatal(err)
			}
			got = compact.Bytes()
		}
		if diff := cmp.Diff(want, string(bytes.TrimSpace(got))); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func TestTextOfAFileCannotForgeATerminal(t *testing.T) {
	for _, format := range []Format{Full, Concise, GitHub} {
		var out bytes.Buffer
		if err := Write(&out, format, example(t), Options{}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"\x1b", "\x07", "\x00", "\u202e", "\xff", "\r"} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%s output contains %q", format, bad)
			}
		}
	}
}

func TestUnderlinesStandUnderTheirText(t *testing.T) {
	for _, line := range []string{"ab@cd", "\tab@cd", "a\tb@cd", "名前@", "e\u0301@", "\x01@", strings.Repeat("x", 500) + "@" + strings.Repeat("y", 500)} {
		src := source.New("f", []byte(line))
		lines := strings.Split(Frame(at(t, src, "@", 0), source.Error, nil, Options{Width: 60}), "\n")
		code, under := lines[2], lines[3]
		if got, want := columnsBefore(under, "^"), columnsBefore(code, "@"); got != want {
			t.Errorf("%q: underline at column %d, text at %d:\n%s\n%s", line, got, want, code, under)
		}
	}
}

func columnsBefore(line, sign string) int {
	before, _, _ := strings.Cut(line, sign)
	n := 0
	for _, r := range before {
		_, w := show(r, string(r))
		n += w
	}
	return n
}

func TestManyFindingsOnOneHugeLineAreFast(t *testing.T) {
	src := source.New("huge", bytes.Repeat([]byte("0123456789"), 100_000))
	var list []source.Diagnostic
	for i := range 5000 {
		list = append(list, source.Diagnostic{Severity: source.Error, Message: "m", Place: src.Place(source.Span{Start: i * 200, End: i*200 + 150})})
	}
	for _, name := range Formats() {
		format := Format(name)
		start := time.Now()
		var out bytes.Buffer
		if err := Write(&out, format, list, Options{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: 5000 findings on a line of 1 MB took %v", format, took)
		}
		if out.Len() > 5000*1000 {
			t.Errorf("%s: 5000 findings gave %d bytes", format, out.Len())
		}
	}
}

// Going on from the last position gives what counting from the line's start gives.
func TestRulerMeasuresLikeTheSource(t *testing.T) {
	src := source.New("f", []byte("ab\r\nä𝒳x\n\n\xffq\nlast"))
	for from := range len(src.Text) + 1 {
		for to := range len(src.Text) + 1 {
			var r ruler
			r.position(src, from)
			if got, want := r.position(src, to), src.Position(to, source.Runes); got != want && utf8.RuneStart(append(src.Text, 'x')[to]) {
				t.Errorf("from %d to %d: got %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	list := []source.Diagnostic{{Severity: source.Error}, {Severity: source.Error}, {Severity: source.Warning}, {Severity: source.Info}}
	for want, got := range map[string]string{
		"2 errors, 1 warning, 1 note in 2 files": Summary(list, 2),
		"1 error in 1 file":                      Summary(list[:1], 1),
		"no findings in 0 files":                 Summary(nil, 0),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func BenchmarkFull(b *testing.B) {
	src := source.New("f", bytes.Repeat([]byte("let answer = 42; // the rest of a line of code\n"), 1000))
	list := make([]source.Diagnostic, 100)
	for i := range list {
		list[i] = source.Diagnostic{Code: "c", Severity: source.Error, Message: "m", Place: src.Place(source.Span{Start: i * 470, End: i*470 + 6})}
	}
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		_ = Write(&out, Full, list, Options{})
	}
}

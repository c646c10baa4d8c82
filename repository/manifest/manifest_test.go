package manifest

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// tell writes diagnostics as "line:column severity code: message".
func tell(diagnostics []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range diagnostics {
		start, _ := d.Place.Range()
		fmt.Fprintf(&b, "%d:%d %s %s: %s\n", start.Line, start.Column, d.Severity, d.Code, d.Message)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ name, text, plugins, diagnostics string }{
		{"plain", `{"name": "Lab", "plugins": [{"name": "A", "uri": "src/a.imjoy.html"}]}`, "A (src/a.imjoy.html)", ""},
		{"disabled", `{"plugins": [{"name": "A", "uri": "a", "disabled": true}]}`, "", ""},
		{"backslashes", `{"plugins": [{"name": "A", "uri": "src\\a.imjoy.html"}]}`, "A (src/a.imjoy.html)",
			`1:35 warning manifest-backslash: "src\\a.imjoy.html" has backslashes, which are no separators in a URL`},
		{"no uri", `{"plugins": [{"name": "3D Histogram"}]}`, "3D Histogram (3D Histogram.imjoy.html)",
			`1:23 info manifest-uri-missing: the entry does not say where its file is; "3D Histogram.imjoy.html" is taken`},
		{"config", `{"name": "A", "type": "window", "uri": "a.html"}`, "A (a.html)",
			`1:15 warning manifest-config: this is the config of one plugin, not a list of plugins`},
		{"traversal", `{"plugins": [{"name": "A", "uri": "../x/a.imjoy.html"}]}`, "A (../x/a.imjoy.html)",
			`1:35 error manifest-uri: the uri "../x/a.imjoy.html" leads out of the repository`},
		{"encoded traversal", `{"plugins": [{"name": "A", "uri": "x/%2e%2e/%2e%2e/a.imjoy.html"}]}`, "A (x/%2e%2e/%2e%2e/a.imjoy.html)",
			`1:35 error manifest-uri: the uri "x/%2e%2e/%2e%2e/a.imjoy.html" leads out of the repository`},
		{"scheme", `{"plugins": [{"name": "A", "uri": "file:///etc/passwd"}]}`, "A (file:///etc/passwd)",
			`1:35 error manifest-uri: "file:///etc/passwd" is neither a path nor an https URL`},
		{"names", `{"plugins": [{"uri": "a"}, {"name": "../x", "uri": "a"}, {"name": "a\u001b[1m", "uri": "b"}, 3]}`, "",
			"1:15 error manifest-name: a plugin of the list has no name\n" +
				"1:37 error manifest-name: the name contains \"..\"\n" +
				"1:67 error manifest-name: the name contains the control character U+001B\n" +
				"1:94 error manifest-shape: a plugin of the list is a number, not an object"},
		{"duplicates", `{"plugins": [{"name": "A", "uri": "a"}, {"name": "A", "uri": "b"}, {"name": "a", "uri": "c"}, {"name": "B", "uri": "./c"}]}`, "A (a)\nA (b)\na (c)\nB (./c)",
			"1:50 error manifest-duplicate: \"A\" is listed twice; only the first can be found\n" +
				"1:77 warning manifest-duplicate: \"A\" and \"a\" differ only by letter case\n" +
				"1:104 error manifest-duplicate: \"a\" and \"B\" are the same file"},
		{"collections", `{"plugins": [{"name": "Image Window", "uri": "a"}], "collections": [{"name": "C", "plugins": ["Image Window", "Image Windw", "o/r:X", "Image Window@T"]}]}`, "Image Window (a)",
			`1:111 warning manifest-collection: "Image Windw" is not a plugin of this manifest`},
		{"list", `[]`, "", `1:1 error manifest-shape: a manifest is an object, not a list`},
		{"nothing", `{"name": "x"}`, "", `1:1 error manifest-shape: the manifest lists no plugins`},
		{"object", `{"plugins": {}}`, "", `1:13 error manifest-shape: plugins is an object, not a list`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, diagnostics := Parse("manifest.imjoy.json", []byte(test.text))
			if diff := cmp.Diff(test.diagnostics, tell(diagnostics)); diff != "" {
				t.Error(diff)
			}
			var plugins []string
			for _, e := range m.Plugins {
				if !e.Disabled {
					plugins = append(plugins, e.String())
				}
			}
			if diff := cmp.Diff(test.plugins, strings.Join(plugins, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBackslashesAreFixed(t *testing.T) {
	text := []byte(`{"plugins": [{"name": "A", "uri": "src\\a.imjoy.html"}]}`)
	_, diagnostics := Parse("m", text)
	fixed, err := source.Apply(text, diagnostics[0].Fixes[0].Edits)
	if err != nil {
		t.Fatal(err)
	}
	if _, left := Parse("m", fixed); len(left) > 0 {
		t.Errorf("%s: %s", fixed, tell(left))
	}
}

func TestFind(t *testing.T) {
	m, _ := Parse("m", []byte(`{"plugins": [{"name": "A", "uri": "old", "disabled": true}, {"name": "A", "uri": "new"}, {"name": "Tif File Importer", "uri": "t"}]}`))
	if e := m.Find("A"); e == nil || e.URI != "new" {
		t.Errorf("found %v", e)
	}
	if e := m.Find("a"); e != nil {
		t.Errorf("names are compared exactly, but found %v", e)
	}
	if got := m.Nearest("Tif Importer"); got != "Tif File Importer" && got != "" {
		t.Errorf("nearest is %q", got)
	}
	if diff := cmp.Diff([]string{"A", "Tif File Importer"}, m.Names()); diff != "" {
		t.Error(diff)
	}
}

func TestLocate(t *testing.T) {
	base, _ := url.Parse("https://h.example/lab%20x/manifest.imjoy.json?token=secret")
	for _, test := range []struct{ root, uri, want, on string }{
		{"", "src/a.imjoy.html", "src/a.imjoy.html", "https://h.example/lab%20x/src/a.imjoy.html"},
		{"/", "//src//a.imjoy.html", "src/a.imjoy.html", "https://h.example/lab%20x/src/a.imjoy.html"},
		{"", "./3D Histogram.imjoy.html", "3D Histogram.imjoy.html", "https://h.example/lab%20x/3D%20Histogram.imjoy.html"},
		{"", "3D%20Histogram.imjoy.html", "3D%20Histogram.imjoy.html", "https://h.example/lab%20x/3D%20Histogram.imjoy.html"},
		{"", "100%.imjoy.html", "100%.imjoy.html", "https://h.example/lab%20x/100%25.imjoy.html"},
		{"", "C#?.imjoy.html", "C#?.imjoy.html", "https://h.example/lab%20x/C%23%3F.imjoy.html"},
		{"src/", "a.imjoy.html", "src/a.imjoy.html", ""},
		{"src", "src/a.imjoy.html", "src/a.imjoy.html", ""},
		{".", "a.imjoy.html", "a.imjoy.html", ""},
		{"", "https://o.example/a.imjoy.html", "https://o.example/a.imjoy.html", "https://o.example/a.imjoy.html"},
		{"https://o.example/p/", "x y.imjoy.html", "https://o.example/p/x%20y.imjoy.html", ""},
		{"", "HTTP://o.example/a.imjoy.html", "http://o.example/a.imjoy.html", ""},
		{"", "50%/..a/b.imjoy.html", "50%/..a/b.imjoy.html", ""},
		{"https://o.example/p", "https://o.example/p/a.imjoy.html", "https://o.example/p/a.imjoy.html", ""},
	} {
		m := &Manifest{URIRoot: test.root}
		at, err := m.Locate(&Entry{URI: test.uri})
		if err != nil || at.URL+at.Path != test.want {
			t.Errorf("%q below %q: got %+v, %v; want %q", test.uri, test.root, at, err, test.want)
		}
		if got := at.On(base); test.on != "" && got != test.on {
			t.Errorf("%q on %s: got %q, want %q", test.uri, base, got, test.on)
		}
	}
	for _, test := range []struct{ root, uri string }{
		{"", "../a"}, {"", "a/../../b"}, {"", "/.."}, {"", "%2e%2e/a"}, {"", "..%2fa"}, {"", "..%5ca"}, {"..", "a"}, {"a/../..", "b"}, {"", "C:/a"}, {"", "~/a"},
		{"", "javascript:alert(1)"}, {"", "data:text/html,x"}, {"", "file:///a"}, {"ftp://h", "a"}, {"", "https:///a"}, {"", "https://h/a/../../b"}, {"", "a\x00b"}, {"", ""}, {"", "."}, {"", strings.Repeat("a", 3000)},
		{"https://o.example/p", "../a"}, {"https://o.example/p", "a/..%2f..%2fb"}, {"", `https://h/a\b`}, {"", `https://h\@o.example/a`}, {"", "https://%zz/a"},
		{"", `a\..\..\b`}, {"", "a/%2e%2E/%2e./b"},
		// A "%" that encodes nothing hides no way out behind it.
		{"", `100%\..\..\b`}, {"", "100%/..%2f..%2fb"}, {"", "%zz/%2e%2e/b"}, {"", "%/..%5cb"},
	} {
		m := &Manifest{URIRoot: test.root}
		if at, err := m.Locate(&Entry{URI: test.uri}); err == nil {
			t.Errorf("%q below %q leads to %+v", test.uri, test.root, at)
		}
	}
}

// FuzzParse checks that no manifest leads anywhere but below its folder or to a URL,
// and that what is built from it is stable.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"name": "L", "uri_root": "src/", "plugins": [{"name": "A", "uri": "..\\a"}, {"name": "B", "uri": "https://h/x", "disabled": true}], "collections": [{"name": "C", "plugins": ["A", "o/r:X"]}]}`,
		`{"name": "A", "type": "window", "uri": "a.html"}`, `{"uri_root": "https://h/x", "plugins": [{"name": "A"}]}`, `[`, `{"plugins": [1, {"name": "%2e%2e", "uri": "%2e%2e/%2e%2e%2fx"}]}`,
	} {
		f.Add([]byte(text))
	}
	base, _ := url.Parse("https://h.example/r/manifest.imjoy.json")
	docs := []BuildInput{plugin("src/a.imjoy.html", `{"name": "A", "n": 1.0}`)}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, diagnostics := Parse("m", text)
		for _, d := range diagnostics {
			if !m.Source.All().Contains(d.Place.Span) {
				t.Fatalf("%s at %v", d.Code, d.Place.Span)
			}
		}
		for i := range m.Plugins {
			at, err := m.Locate(&m.Plugins[i])
			if err != nil {
				continue
			}
			if on := at.On(base); at.URL == "" && (!filepath.IsLocal(at.Path) || !strings.HasPrefix(on, "https://h.example/r/") || strings.Contains(on, "/../")) {
				t.Fatalf("%q leads to %q, %q", m.Plugins[i].URI, at.Path, on)
			}
			if at.URL != "" && !strings.HasPrefix(at.URL, "http") {
				t.Fatalf("%q leads to %q", m.Plugins[i].URI, at.URL)
			}
		}
		Check(m, docs, []string{"src/a.imjoy.html", "x.imjoy.htm"})
		if m.Broken {
			return
		}
		built, _ := Build("", "", docs, m)
		again, problems := Parse("m", built)
		if again.Broken {
			t.Fatalf("%s is not JSON: %s", built, tell(problems))
		}
		if twice, _ := Build("", "", docs, again); string(twice) != string(built) {
			t.Fatalf("built %s, then %s", built, twice)
		}
	})
}

func TestRulesShowTheirFault(t *testing.T) {
	docs := map[string][]BuildInput{
		ruleDrift.Code:       {plugin("a.imjoy.html", `{"name": "a", "version": "0.2.0"}`)},
		ruleMissingFile.Code: {plugin("src/a.imjoy.html", `{"name": "a"}`)},
		ruleUnlisted.Code:    {plugin("a.imjoy.html", `{"name": "a"}`)},
	}
	files := map[string]string{ruleMisspelled.Code: "a.imjoy.htm"}
	found := func(r *source.Rule, text string, docs []BuildInput, files ...string) (faults []source.Diagnostic) {
		m, diagnostics := Parse("m", []byte(text))
		if strings.HasPrefix(text, "<") {
			m, diagnostics = Parse("m", []byte(`{"plugins": []}`))
			doc, _ := pluginfile.Parse("a.imjoy.html", []byte(text))
			docs = []BuildInput{{Path: "a.imjoy.html", Document: doc}}
		}
		for _, d := range append(diagnostics, Check(m, docs, files)...) {
			if d.Code == r.Code {
				faults = append(faults, d)
			}
		}
		return faults
	}
	for _, r := range Rules {
		var there []string
		if name := files[r.Code]; name != "" {
			there = append(there, name)
		}
		if len(found(r, r.Bad, docs[r.Code], there...)) == 0 {
			t.Errorf("%s: the bad example has no such fault", r.Code)
		}
		if list := found(r, r.Good, docs[r.Code]); len(list) > 0 {
			t.Errorf("%s: the good example is faulty: %s", r.Code, tell(list))
		}
		if r.Summary == "" || r.Doc == "" {
			t.Errorf("%s is not documented", r.Code)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	var docs []BuildInput
	for i := range 100 {
		docs = append(docs, plugin(fmt.Sprintf("src/p%d.imjoy.html", i), fmt.Sprintf(`{"name": "P%d", "type": "window", "version": "0.1.0", "tags": ["CPU", "GPU"], "requirements": ["https://h.example/%d.js"], "ui": "", "inputs": null}`, i, i)))
	}
	text, _ := Build("Lab", "", docs, nil)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse("m", text)
	}
}

func plugin(path, config string) BuildInput {
	doc, _ := pluginfile.Parse(path, []byte("<config lang=\"json\">\n"+config+"\n</config>\n"))
	return BuildInput{Path: path, Document: doc}
}

func TestBuild(t *testing.T) {
	docs := []BuildInput{
		plugin("src/b.imjoy.html", `{"name": "B", "version": "0.1.0", "tags": ["CPU", "GPU"], "inputs": null, "ui": [], "defaults": {"w": 2e1}}`),
		plugin("src/a.imjoy.html", `{"name": "A", "version": "0.1.0", "cover": "x", "cover": "y"}`),
		plugin("src/c.imjoy.html", `{"type": "window"}`),
	}
	got, diagnostics := Build("Lab", "Plugins of the \"lab\"", docs, nil)
	want := `{
 "name": "Lab",
 "description": "Plugins of the \"lab\"",
 "version": "0.2.0",
 "uri_root": "",
 "plugins": [
  {
   "name": "A",
   "version": "0.1.0",
   "cover": "y",
   "uri": "src/a.imjoy.html"
  },
  {
   "name": "B",
   "version": "0.1.0",
   "tags": [
    "CPU",
    "GPU"
   ],
   "inputs": null,
   "ui": [],
   "defaults": {
    "w": 2e1
   },
   "uri": "src/b.imjoy.html"
  }
 ],
 "collections": []
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("1:1 warning manifest-no-config: the config says no name, so the plugin cannot be listed", tell(diagnostics)); diff != "" {
		t.Error(diff)
	}
}

func TestBuildKeepsWhatPeopleWrote(t *testing.T) {
	previous, diagnostics := Parse("m", []byte(`{
    "plugins": [
        {"name": "Far", "uri": "https://o.example/far.imjoy.html", "note": 1},
        {"name": "B", "version": "0.0.1", "icon": "old", "uri": "old/b.imjoy.html", "disabled": true, "badge": {"a": [1]}},
        {"name": "Gone", "uri": "gone.imjoy.html"}
    ],
    "name": "Lab",
    "homepage": "https://lab.example",
    "uri_root": "src",
    "collections": [{"name": "C", "plugins": ["B"]}]
}`))
	if len(diagnostics) > 1 {
		t.Fatal(tell(diagnostics))
	}
	docs := []BuildInput{
		plugin("src/new.imjoy.html", `{"name": "New"}`),
		plugin("src/b.imjoy.html", `{"name": "B", "version": "0.1.0"}`),
		plugin("other/z.imjoy.html", `{"name": "Z"}`),
	}
	got, _ := Build("", "About", docs, previous)
	want := `{
    "plugins": [
        {
            "name": "Far",
            "uri": "https://o.example/far.imjoy.html",
            "note": 1
        },
        {
            "name": "B",
            "version": "0.1.0",
            "disabled": true,
            "badge": {
                "a": [
                    1
                ]
            },
            "uri": "b.imjoy.html"
        },
        {
            "name": "Z",
            "uri": "other/z.imjoy.html"
        },
        {
            "name": "New",
            "uri": "new.imjoy.html"
        }
    ],
    "name": "Lab",
    "homepage": "https://lab.example",
    "uri_root": "src",
    "collections": [
        {
            "name": "C",
            "plugins": [
                "B"
            ]
        }
    ],
    "description": "About",
    "version": "0.2.0"
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	again, _ := Parse("m", got)
	twice, _ := Build("", "About", docs, again)
	if diff := cmp.Diff(string(got), string(twice)); diff != "" {
		t.Errorf("building again changes: %s", diff)
	}
}

// TestCheckMeansTheFileOfThatPath has a copy of the plugin under another file name.
func TestCheckMeansTheFileOfThatPath(t *testing.T) {
	m, _ := Parse("manifest.imjoy.json", []byte(`{"plugins": [{"name": "Blur", "uri": "old/blur.imjoy.html"}]}`))
	docs := []BuildInput{plugin("a-copy.imjoy.html", `{"name": "Blur"}`), plugin("src/blur.imjoy.html", `{"name": "Blur"}`)}
	var hints []string
	for _, d := range Check(m, docs, []string{"a-copy.imjoy.html", "src/blur.imjoy.html"}) {
		if d.Code == "manifest-missing-file" {
			hints = append(hints, d.Hint)
		}
	}
	if diff := cmp.Diff([]string{`did you mean "src/blur.imjoy.html"?`}, hints); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	m, _ := Parse("manifest.imjoy.json", []byte(`{"plugins": [
{"name": "Same", "version": "1", "n": 1, "defaults": {"w": 1.0}, "uri": "same.imjoy.html"},
{"name": "Drift", "version": "0.1.0", "icon": "a", "uri": "drift.imjoy.html"},
{"name": "Moved", "uri": "old/moved.imjoy.html"},
{"name": "Suffix", "uri": "suffix.html"},
{"name": "Case", "uri": "Case.imjoy.html"},
{"name": "Gone", "uri": "elsewhere/q.imjoy.html"},
{"name": "Far", "uri": "https://o.example/x.imjoy.html"}
]}`))
	docs := []BuildInput{
		plugin("same.imjoy.html", `{"name": "Same", "version": "1", "defaults": {"w": 1}}`),
		plugin("drift.imjoy.html", `{"name": "Drift", "version": "0.2.0", "tags": []}`),
		plugin("src/moved.imjoy.html", `{"name": "Moved"}`),
		plugin("suffix.imjoy.html", `{"name": "Suffix"}`),
		plugin("case.imjoy.html", `{"name": "Other"}`),
		plugin("bad.imjoy.html", `{`),
	}
	files := []string{"same.imjoy.html", "x/typo.imjoy.htm", "x/typo2.ijmoy.html", "x/ok.html", "x/readme.imjoy.md", "x/y.imjoy.html.txt", "x/y.min.html"}
	for _, d := range docs {
		files = append(files, d.Path)
	}
	diagnostics := Check(m, docs, files)
	var got []string
	for _, d := range diagnostics {
		start, _ := d.Place.Range()
		got = append(got, fmt.Sprintf("%s:%d:%d %s %s | %s", d.Place.Name, start.Line, start.Column, d.Code, d.Message, d.Hint))
	}
	want := []string{
		`bad.imjoy.html:1:1 manifest-no-config the config says no name, so the plugin cannot be listed | run ` + "`imjoy lint` on the file",
		`case.imjoy.html:2:10 manifest-unlisted case.imjoy.html ("Other") is not listed in the manifest | run ` + "`imjoy manifest build`",
		`manifest.imjoy.json:1:1 manifest-misspelled-file x/typo.imjoy.htm is not found as a plugin, because of its name | rename it to x/typo.imjoy.html`,
		`manifest.imjoy.json:1:1 manifest-misspelled-file x/typo2.ijmoy.html is not found as a plugin, because of its name | rename it to x/typo2.imjoy.html`,
		`manifest.imjoy.json:1:1 manifest-misspelled-file x/y.imjoy.html.txt is not found as a plugin, because of its name | rename it to x/y.imjoy.html`,
		`manifest.imjoy.json:3:30 manifest-drift the entry "Drift" differs from drift.imjoy.html: version is "0.1.0" here and "0.2.0" there; icon is not in the file; tags is only in the file | run ` + "`imjoy manifest build`",
		`manifest.imjoy.json:4:26 manifest-missing-file "old/moved.imjoy.html" does not exist | did you mean "src/moved.imjoy.html"?`,
		`manifest.imjoy.json:5:27 manifest-missing-file "suffix.html" does not exist | did you mean "suffix.imjoy.html"?`,
		`manifest.imjoy.json:6:25 manifest-missing-file "Case.imjoy.html" does not exist | did you mean "case.imjoy.html"?`,
		`manifest.imjoy.json:7:25 manifest-missing-file "elsewhere/q.imjoy.html" does not exist | correct the uri, or remove the entry`,
		`src/moved.imjoy.html:2:10 manifest-unlisted src/moved.imjoy.html ("Moved") is not listed in the manifest | run ` + "`imjoy manifest build`",
		`suffix.imjoy.html:2:10 manifest-unlisted suffix.imjoy.html ("Suffix") is not listed in the manifest | run ` + "`imjoy manifest build`",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestARootThatIsAURLStandsForTheFolder(t *testing.T) {
	m, _ := Parse("m", []byte(`{"uri_root": "https://raw.example/o/r/main", "plugins": [
{"name": "A", "version": "1", "uri": "src/3D a.imjoy.html"}, {"name": "B", "uri": "https://raw.example/o/r/main/b.imjoy.html"}, {"name": "Gone", "uri": "gone.imjoy.html"}]}`))
	docs := []BuildInput{plugin("src/3D a.imjoy.html", `{"name": "A", "version": "2"}`), plugin("b.imjoy.html", `{"name": "B"}`)}
	if diff := cmp.Diff(`2:26 error manifest-drift: the entry "A" differs from src/3D a.imjoy.html: version is "1" here and "2" there`, tell(Check(m, docs, nil))); diff != "" {
		t.Error(diff)
	}
	text, _ := Build("", "", docs, m)
	for _, want := range []string{`"version": "2",`, `"uri": "src/3D a.imjoy.html"`, `"uri": "https://raw.example/o/r/main/b.imjoy.html"`, `"uri": "gone.imjoy.html"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

func TestABuiltManifestHasNoFindings(t *testing.T) {
	docs := []BuildInput{
		plugin("a.imjoy.html", `{"name": "A", "version": "1"}`),
		plugin("x/3D b.imjoy.html", `{"name": "B", "defaults": {"w": 1.50}}`),
	}
	text, diagnostics := Build("Lab", "", docs, nil)
	m, parsed := Parse("m", text)
	diagnostics = append(diagnostics, parsed...)
	diagnostics = append(diagnostics, Check(m, docs, nil)...)
	if len(diagnostics) > 0 {
		t.Error(tell(diagnostics))
	}
}

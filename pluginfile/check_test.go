package pluginfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// all writes every diagnostic as severity line:column code.
func all(diagnostics []source.Diagnostic) (list []string) {
	for _, d := range diagnostics {
		start, _ := d.Place.Range()
		list = append(list, fmt.Sprintf("%v %d:%d %s", d.Severity, start.Line, start.Column, d.Code))
	}
	return list
}

// TestTexts pairs texts that are refused or warned of with texts that are not.
func TestTexts(t *testing.T) {
	const config = `<config lang="json">{"name":"A","type":"window"}</config>`
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"fine", config, nil},
		{"UTF-8 mark", "\ufeff" + config, nil},
		{"UTF-16 mark", "\xff\xfe<\x00", []string{"error 1:1 text-encoding"}},
		{"UTF-32 mark", "\x00\x00\xfe\xff", []string{"error 1:1 text-encoding"}},
		{"a mark of UTF-16 before UTF-8", "\xff\xfe" + config, []string{"error 1:1 text-encoding", "warning 1:1 text-ignored"}},
		{"NUL", config + "\n<docs>a\x00b\x00</docs>", []string{"error 2:8 text-nul"}},
		{"not UTF-8", config + "\n<docs>ä\xfc</docs>", []string{"error 2:8 text-not-utf8"}},
		{"U+FFFD is UTF-8", config + "\n<docs>\ufffd</docs>", nil},
		{"text between blocks", "a\n" + config + "\n b <!-- c -->\n", []string{"warning 1:1 text-ignored", "warning 3:2 text-ignored"}},
		{"unknown blocks", config + "<doc>a</doc><constructor/></p>", []string{
			"warning 1:59 block-unknown", "warning 1:71 block-unknown", "warning 1:86 block-unknown",
		}},
		{"blocks of Hypha", config + "<file name=a>x</file><manifest lang=yaml>a: 1</manifest>", nil},
		{"attribute twice", `<docs a=1 b=2 a=3>x</docs>` + config, []string{"warning 1:15 attribute-duplicate"}},
		{"docs twice", config + "<docs>a</docs><docs>b</docs>", []string{"warning 1:72 docs-repeated"}},
		{"two configs", config + "\n" + config, []string{"error 2:1 config-repeated"}},
		{"a config in an attachment", config + "<attachment name=a>" + config + "</attachment>", nil},
		{"no config", "<docs>a</docs>", []string{"error 1:1 config-missing"}},
		{"a line's end in the name of an attachment", config + "<attachment name=\"a\u2028b\">x</attachment>", []string{"error 1:76 name-characters"}},
		{"escape in the name of an attachment", config + "<attachment name=\"a\x1b[2J\">x</attachment>", []string{"error 1:76 name-characters"}},
		{"other scripts in a name", config + "<attachment name=\"模型-Größe\">x</attachment>", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diagnostics := parse(t, test.text)
			if diff := cmp.Diff(test.want, all(diagnostics)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFaultyBytes puts a faulty byte at each place of a text: none may be missed.
func TestFaultyBytes(t *testing.T) {
	const text = "<docs>abcdefghijklmnopqrstuvwxyz0123456789\u00e4BCDEFGHIJKLMNOPQRSTUVWXYZ</docs>"
	for at := range text {
		for bad, code := range map[string]string{"\x00": "text-nul", "\xff": "text-not-utf8", "\x80": "text-not-utf8"} {
			_, diagnostics := parse(t, text[:at]+bad+text[at:])
			i := slices.IndexFunc(diagnostics, func(d source.Diagnostic) bool { return d.Code == code })
			if i < 0 || diagnostics[i].Place.Span != (source.Span{Start: at, End: at + 1}) {
				t.Errorf("%q at %d: %v", bad, at, all(diagnostics))
			}
		}
	}
}

func TestLimits(t *testing.T) {
	const config = "<config lang=\"json\">{}</config>\n"
	attributes := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d=x", i)
		}
		return "<docs" + b.String() + ">y</docs>"
	}
	for _, test := range []struct {
		name, text string
		code       string
		blocks     int
	}{
		{"blocks up to the limit", config + strings.Repeat("<link/>", pluginfile.MaxBlocks-1), "", pluginfile.MaxBlocks},
		{"too many blocks", config + strings.Repeat("<link/>", pluginfile.MaxBlocks), "too-many-blocks", pluginfile.MaxBlocks},
		{"attributes up to the limit", config + attributes(pluginfile.MaxAttributes), "", 2},
		{"too many attributes", config + attributes(pluginfile.MaxAttributes+1), "too-many-attributes", 2},
		{"a value up to the limit", config + `<docs a="` + strings.Repeat("x", pluginfile.MaxValueBytes) + `">y</docs>`, "", 2},
		{"a value too long", config + `<docs a="` + strings.Repeat("x", pluginfile.MaxValueBytes+1) + `">y</docs>`, "attribute-too-long", 2},
		{"a file up to the limit", config + strings.Repeat(" ", pluginfile.MaxFileBytes-len(config)), "", 1},
		{"a file too large", config + strings.Repeat(" ", pluginfile.MaxFileBytes+1-len(config)), "file-too-large", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc, diagnostics := parse(t, test.text)
			var codes []string
			for _, d := range diagnostics {
				codes = append(codes, d.Code)
				if d.Severity != source.Error || !d.Place.Known() {
					t.Errorf("%s: severity %v, place %v", d.Code, d.Severity, d.Place)
				}
			}
			if got := strings.Join(codes, " "); got != test.code {
				t.Errorf("told %q instead of %q", got, test.code)
			}
			if len(doc.Blocks) != test.blocks || doc.Ambiguous() {
				t.Errorf("%d blocks, ambiguous %v", len(doc.Blocks), doc.Ambiguous())
			}
			for _, b := range doc.Blocks {
				if len(b.Attrs) > pluginfile.MaxAttributes || len(b.Value("a")) > pluginfile.MaxValueBytes {
					t.Errorf("%d attributes, a value of %d bytes", len(b.Attrs), len(b.Value("a")))
				}
			}
		})
	}
}

func TestBlocking(t *testing.T) {
	const config = `{"name":"A","type":"window","api_version":"0.1.8"}`
	for _, test := range []struct {
		name, text string
		blocks     bool
	}{
		{"fine", `<config lang="json">` + config + `</config>`, false},
		{"a warning", `hello <config lang="json">` + config + `</config>`, false},
		{"lost content", `<config lang="json">` + config + `</config><script>`, true},
		{"two configs", `<config lang="json">` + config + `</config><config lang="json">{}</config>`, true},
		{"no config", ``, true},
		{"bad JSON", `<config lang="json">{"name": }</config>`, true},
		{"duplicate key", `<config lang="json">{"name":"A","icon":"a","icon":"b"}</config>`, false},
		{"duplicate key that decides", `<config lang="json">{"type":"window","type":"native-python"}</config>`, true},
		{"NUL", "<config lang=\"json\">" + config + "</config><docs>\x00</docs>", true},
	} {
		_, diagnostics := parse(t, test.text)
		if got := len(pluginfile.Blocking(diagnostics)) > 0; got != test.blocks {
			t.Errorf("%s: blocking is %v: %v", test.name, got, all(diagnostics))
		}
	}
	foreign := []source.Diagnostic{{Code: "script-missing-export", Severity: source.Error}}
	if len(pluginfile.Blocking(foreign)) != 0 {
		t.Error("an error of another package blocks")
	}
}

// TestRules reads the examples of each rule: the bad one must be told of by that
// very code, and the good one by no error or warning at all.
func TestRules(t *testing.T) {
	described := []string{"file-too-large", "too-many-blocks", "too-many-attributes", "attribute-too-long"} // see TestLimits
	seen := map[string]bool{}
	for _, rule := range pluginfile.Rules() {
		if seen[rule.Code] {
			t.Errorf("%s: listed twice", rule.Code)
		}
		seen[rule.Code] = true
		if rule.Severity == source.None || rule.Summary == "" || rule.Doc == "" || rule.Bad == "" || rule.Good == "" {
			t.Errorf("%s: not documented", rule.Code)
		}
		if _, diagnostics := parse(t, rule.Good); source.Worst(diagnostics) > source.Info && rule.Code != "config-missing" {
			t.Errorf("%s: the good example has %v", rule.Code, all(diagnostics))
		}
		if slices.Contains(described, rule.Code) {
			continue
		}
		_, diagnostics := parse(t, rule.Bad)
		if !slices.ContainsFunc(diagnostics, func(d source.Diagnostic) bool { return d.Code == rule.Code && d.Severity == rule.Severity }) {
			t.Errorf("%s: the bad example has only %v", rule.Code, all(diagnostics))
		}
	}
	for _, rule := range conf.Rules() {
		if seen[rule.Code] {
			t.Errorf("%s: documented in two packages", rule.Code)
		}
	}
}

package conf

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestFaults compares what is said about broken texts, and what is read of them,
// with testdata/faults-*.golden.
func TestFaults(t *testing.T) {
	for lang, texts := range map[string][]string{"json": jsonSeeds, "yaml": yamlSeeds} {
		var b strings.Builder
		for _, text := range texts {
			root, diagnostics := Parse(lang, excerptOf(text))
			if len(diagnostics) > 0 {
				describeCase(&b, text, root, diagnostics)
			}
		}
		file := filepath.Join("testdata", "faults-"+lang+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-update rewrites it):\n%s", file, diff)
		}
	}
}

func describeCase(b *strings.Builder, text string, root *Node, diagnostics []source.Diagnostic) {
	plain, _ := json.Marshal(root.Plain())
	fmt.Fprintf(b, "%s\n  value %s\n", strings.TrimSuffix(fmt.Sprintf("%q", text), "\n"), plain)
	for _, d := range diagnostics {
		start, end := d.Place.Range()
		fmt.Fprintf(b, "  %d:%d-%d:%d %s %s: %s (%s)\n", start.Line, start.Column, end.Line, end.Column, d.Severity, d.Code, d.Message, d.Hint)
		for _, note := range d.Related {
			at, _ := note.Place.Range()
			fmt.Fprintf(b, "    %d:%d %s\n", at.Line, at.Column, note.Message)
		}
		for _, fix := range d.Fixes {
			out, err := source.Apply([]byte(text), fix.Edits)
			fmt.Fprintf(b, "    fix (safe: %v) %s: %q %v\n", fix.Safe, fix.Title, out, err)
		}
	}
	b.WriteString("\n")
}

func TestRulesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if seen[rule.Code] {
			t.Errorf("%s is there twice", rule.Code)
		}
		seen[rule.Code] = true
		if rule.Summary == "" || rule.Doc == "" || rule.Bad == "" || rule.Good == "" || rule.Severity == source.None {
			t.Errorf("%s lacks something", rule.Code)
		}
		if rule == ruleLimit {
			continue // its example is not a whole one
		}
		lang := func(text string) (string, string) {
			head, body, _ := strings.Cut(strings.TrimSuffix(text, "</config>\n"), ">\n")
			return strings.Trim(strings.TrimPrefix(head, "<config lang="), `"`), body
		}
		kind, body := lang(rule.Bad)
		found := false
		_, diagnostics := Parse(kind, excerptOf(body))
		for _, d := range diagnostics {
			found = found || d.Code == rule.Code
		}
		if !found {
			t.Errorf("the bad example of %s gives %v", rule.Code, diagnostics)
		}
		kind, body = lang(rule.Good)
		if _, diagnostics := Parse(kind, excerptOf(body)); len(diagnostics) > 0 {
			t.Errorf("the good example of %s gives %v", rule.Code, diagnostics)
		}
	}
}

// TestCorpus: the public configs are strict JSON but one, and nothing else is said
// about them than what is known.
func TestCorpus(t *testing.T) {
	known := map[string]string{
		"imagej-js-chatbot-extension": ruleNewline.Code,
		"DPNUnet":                     ruleDuplicateKey.Code, "maui-demo": ruleDuplicateKey.Code, "DeepGoPlus": ruleDuplicateKey.Code,
		"itk-vtk-viewer": ruleDuplicateKey.Code, "liveStream": ruleDuplicateKey.Code,
	}
	found := 0
	for _, e := range corpusConfigs(t) {
		root, diagnostics := ParseJSON(e)
		name := strings.TrimSuffix(filepath.Base(e.Source.Name), ".imjoy.html")
		if _, ok := root.Get("name").Str(); !ok {
			t.Errorf("%s has no name", name)
		}
		checkSpans(t, root)
		var want any
		decoder := json.NewDecoder(strings.NewReader(e.Text))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err == nil {
			if diff := cmp.Diff(want, root.Plain()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		for _, d := range diagnostics {
			found++
			if d.Code != known[name] {
				t.Errorf("%s: %s %s", name, d.Code, d.Message)
			}
			start, _ := d.Place.Range()
			if d.Code == ruleNewline.Code && (start != source.Position{Line: 7, Column: 81}) {
				t.Errorf("%s: the line break is reported at %v", name, start)
			}
		}
	}
	if found < len(known) {
		t.Errorf("%d of %d known faults were found", found, len(known))
	}
}

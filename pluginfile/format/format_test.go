package format

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

func TestLayout(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"keys in order, short lists on one line",
			"<config lang=\"json\">{\"version\":\"0.1.0\",\"tags\":[ ],\"name\":\"A\",\"zzz\":1,\"ui\":[{\"a\":\"b\"},\n\"c\"],\"type\":\"window\",\"aaa\":{}}</config>",
			"<config lang=\"json\">\n{\n  \"name\": \"A\",\n  \"type\": \"window\",\n  \"tags\": [],\n  \"version\": \"0.1.0\",\n  \"ui\": [{\"a\": \"b\"}, \"c\"],\n  \"zzz\": 1,\n  \"aaa\": {}\n}\n</config>\n"},
		{"long lists are broken up",
			"<config lang=\"json\">{\"name\": \"A\", \"requirements\": [\"https://example.org/a/rather/long/address/of/a/script.js\", \"https://example.org/b.js\"], \"env\": {\"CPU\": [\"a\"], \"GPU\": [\"conda create -n environment-with-a-long-name python=3.9 cudatoolkit=11.8 and more\"]}}</config>",
			"<config lang=\"json\">\n{\n  \"name\": \"A\",\n  \"env\": {\n    \"CPU\": [\"a\"],\n    \"GPU\": [\n      \"conda create -n environment-with-a-long-name python=3.9 cudatoolkit=11.8 and more\"\n    ]\n  },\n  \"requirements\": [\n    \"https://example.org/a/rather/long/address/of/a/script.js\",\n    \"https://example.org/b.js\"\n  ]\n}\n</config>\n"},
		{"values stay as they are written", "<config lang=\"json\">{\"name\": \"\\u0041\\/\", \"x\": 1.50e+3, \"cover\": \"a\", \"cover\": \"b\"}</config>\n",
			"<config lang=\"json\">\n{\n  \"name\": \"\\u0041\\/\",\n  \"cover\": \"a\",\n  \"cover\": \"b\",\n  \"x\": 1.50e+3\n}\n</config>\n"},
		{"one blank line between blocks, scripts untouched",
			"\n\n<config lang=\"json\">{}</config>\n<script lang=\"javascript\">  \n  let a = 1   \n\n\n</script>\n\n\n\n<docs>\na  \nb\n</docs>   \n",
			"<config lang=\"json\">\n{}\n</config>\n\n<script lang=\"javascript\">  \n  let a = 1   \n\n\n</script>\n\n<docs>\na  \nb\n</docs>\n"},
		{"comments stay at their blocks",
			"<!-- licence  \n MIT -->\n\n\n<!-- imjoy-ignore x -->\n<config lang=\"json\">{}</config> <!-- same line -->\n<docs>a</docs>\n<!-- end -->",
			"<!-- licence\n MIT -->\n\n\n<!-- imjoy-ignore x -->\n<config lang=\"json\">\n{}\n</config> <!-- same line -->\n<docs>a</docs>\n<!-- end -->\n"},
		{"white space of styles and windows", "<config lang=\"json\">{}</config>\n<style>\na {  \n}\t\n</style>\n<window>\n<div> \n</div>\n</window>\n<window><pre>a \n</pre></window>",
			"<config lang=\"json\">\n{}\n</config>\n\n<style>\na {\n}\n</style>\n\n<window>\n<div>\n</div>\n</window>\n\n<window><pre>a \n</pre></window>\n"},
		{"YAML in order with its comments",
			"<config lang=\"yaml\">\n  # about all\n\n  # the version\n  version: 0.1.0   # trailing\n  name:   A\n  env:\n    # inner\n    - x\n  type: window\n</config>",
			"<config lang=\"yaml\">\n# about all\n\nname:   A\ntype: window\n# the version\nversion: 0.1.0   # trailing\nenv:\n  # inner\n  - x\n</config>\n"},
		{"headings of YAML entries, and what stands at the end",
			"<config lang=\"yaml\">\n# one\nname: A\ntags: [a]\ntype: window\n# foot\n\n# --- versions ---\n\n# with a word\napi_version: 0.1.8\nversion: 0.1.0\n\n# the end\n# of it\n</config>",
			"<config lang=\"yaml\">\n# one\nname: A\ntype: window\n# foot\ntags: [a]\nversion: 0.1.0\n\n# --- versions ---\n\n# with a word\napi_version: 0.1.8\n\n# the end\n# of it\n</config>\n"},
		{"a comment below the last entry", "<config lang=\"yaml\">\ntype: window\nname: A\n# foot\n</config>", "<config lang=\"yaml\">\nname: A\n# foot\ntype: window\n</config>\n"},
		{"YAML with anchors keeps its order", "<config lang=\"yaml\">\nversion: &v 0.1.0\nname: A\nlabels: [*v]\n</config>\n", "<config lang=\"yaml\">\nversion: &v 0.1.0\nname: A\nlabels: [*v]\n</config>\n"},
		{"YAML on one line stays", "<config lang=\"yaml\">{version: 0.1.0, name: A}</config>\n", "<config lang=\"yaml\">\n{version: 0.1.0, name: A}\n</config>\n"},
		{"a text of YAML over lines", "<config lang=\"yaml\">\ndescription: |\n  one  \n\n  # two\nname: A\n</config>\n", "<config lang=\"yaml\">\nname: A\ndescription: |\n  one  \n\n  # two\n</config>\n"},
		{"white space at the ends of YAML lines", "<config lang=\"yaml\">\nname: A   \ntype: window\t# kind  \nenv:  \n  - x \n</config>\n", "<config lang=\"yaml\">\nname: A\ntype: window\t# kind\nenv:\n  - x\n</config>\n"},
		{"carriage returns", "<config lang=\"json\">{\"name\": \"A\"}</config>\r\n<docs>\r\nx\r\n</docs>\r\n", "<config lang=\"json\">\r\n{\r\n  \"name\": \"A\"\r\n}\r\n</config>\r\n\r\n<docs>\r\nx\r\n</docs>\r\n"},
		{"a byte order mark", "\uFEFF\n<docs>x</docs>", "\uFEFF<docs>x</docs>\n"},
		{"links", "<config lang=\"json\">{}</config><link href=\"a\"/><link href=\"b\" />", "<config lang=\"json\">\n{}\n</config>\n\n<link href=\"a\"/>\n\n<link href=\"b\" />\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.text
			if !strings.Contains(text, "<config") {
				text = strings.Replace(text, "<docs>", "<config lang=\"json\">\n{}\n</config>\n\n<docs>", 1)
				test.want = strings.Replace(test.want, "<docs>", "<config lang=\"json\">\n{}\n</config>\n\n<docs>", 1)
			}
			got, err := Format("a", []byte(text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			check(t, text)
		})
	}
}

// check: formatting twice is formatting once, and nothing that counts changes.
func check(t *testing.T, text string) {
	t.Helper()
	once, err := Format("a", []byte(text), Options{})
	var broken *Broken
	if errors.As(err, &broken) {
		return
	}
	if err != nil {
		t.Fatalf("%v:\n%q", err, text)
	}
	twice, err := Format("a", once, Options{})
	if err != nil || !bytes.Equal(once, twice) {
		t.Errorf("formatting again changes %q (%v):\n%s", text, err, cmp.Diff(string(once), string(twice)))
	}
	before, _ := pluginfile.Parse("a", []byte(text))
	after, _ := pluginfile.Parse("a", once)
	if len(before.Blocks) != len(after.Blocks) {
		t.Fatalf("%d blocks became %d:\n%q\n%q", len(before.Blocks), len(after.Blocks), text, once)
	}
	for i, b := range before.Blocks {
		now := after.Blocks[i]
		exact := b.Kind != pluginfile.ConfigBlock && b.Kind != pluginfile.StyleBlock && b.Kind != pluginfile.WindowBlock
		if b.Kind != now.Kind || exact && !bytes.Equal(b.Source.Slice(b.Span), now.Source.Slice(now.Span)) {
			t.Errorf("block %d changed:\n%q\n%q", i, b.Source.Slice(b.Span), now.Source.Slice(now.Span))
		}
	}
	if !reflect.DeepEqual(before.Config.Root.Plain(), after.Config.Root.Plain()) {
		t.Errorf("the config changed:\n%q\n%q", text, once)
	}
	for _, line := range strings.Split(string(once), "\n")[:1] {
		if strings.TrimRight(line, " \t\r") != strings.TrimRight(line, "\r") {
			t.Errorf("white space at the end of %q", line)
		}
	}
}

func TestExamplesKeepTheirMeaning(t *testing.T) {
	files, _ := filepath.Glob("../../examples/*.imjoy.html")
	if len(files) < 5 {
		t.Fatalf("only %d examples", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check(t, string(text))
	}
}

func TestCorpusKeepsItsMeaning(t *testing.T) {
	for _, file := range corpus.Files(t) {
		check(t, string(file.Text))
	}
}

func TestBrokenFilesAreLeftAlone(t *testing.T) {
	for _, text := range []string{"", "<config lang=\"json\">{\"a\": 1,}</config>", "<config lang=\"json\">{}</config><script>", "<config lang=\"json\">{}</config><Script></Script>"} {
		_, err := Format("a", []byte(text), Options{})
		var broken *Broken
		if !errors.As(err, &broken) || len(broken.Faults) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestScriptsAreLaidOutByOthers(t *testing.T) {
	const text = "<config lang=\"json\">\n{}\n</config>\n\n<script lang=\"python\">\n    a=1\n</script>\n\n<script lang=\"javascript\">\nb\n</script>\n"
	got, err := Format("a", []byte(text), Options{Script: func(b *pluginfile.Block) (string, bool) {
		return strings.ReplaceAll(b.Body().Text, "a=1", "a = 1"), b.Lang() == "python"
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(text, "    a=1", "\na = 1", 1); string(got) != strings.Replace(want, "\n\na = 1", "\n\na = 1", 1) {
		t.Error(cmp.Diff(want, string(got)))
	}
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{
		"<config lang=\"json\">{\"name\": \"A\", \"b\": [1, {}]}</config>\n<!-- c --><script>x</script>",
		"<config lang=\"yaml\">\n# c\nb: 1\nname: |\n  x\n\n</config>\n\n\n<docs>\n</docs>",
		"<config lang=\"yaml\">\n? a\n: b\n'name': x\n</config>", "\uFEFF <link/>\r\n<config>{}</config>", "<config lang=\"json\">{\"d\": \"<script>\", \"a\": \"</script>\"}</config>",
		"<window>\n <b> \r\n</window>text<config lang=\"yaml\">a: &x 1\nb: *x\n</config>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Format("a", []byte(text), Options{}); errors.Is(err, errChanged) {
			return // it said so and left the file alone
		}
		check(t, text)
	})
}

func BenchmarkFormat(b *testing.B) {
	text, err := os.ReadFile("../../examples/find-peaks.imjoy.html")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Format("a", text, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

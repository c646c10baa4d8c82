package conf

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// excerptOf is a text on its own.
func excerptOf(text string) *source.Excerpt {
	s := source.New("config", []byte(text))
	return source.Whole(s, s.All())
}

func written(n *Node) string { return string(n.Place.Source.Slice(n.Place.Span)) }

// checkSpans checks what must hold for every tree: places lie inside the text, in
// order, children inside their parents, none overlapping the next.
func checkSpans(t *testing.T, n *Node) {
	t.Helper()
	size := len(n.Place.Source.Text)
	if s := n.Place.Span; s.Start < 0 || s.Start > s.End || s.End > size {
		t.Fatalf("the span %v of a %v is not in a text of %d bytes", s, n.Kind, size)
	}
	at := n.Place.Start
	follow := func(what string, p source.Place) {
		if p.Start < at || p.End > n.Place.End {
			t.Fatalf("%s at %v overlaps what is before it (up to %d) or leaves its %v at %v in %q", what, p.Span, at, n.Kind, n.Place.Span, n.Place.Source.Text)
		}
		at = p.End
	}
	for _, item := range n.Items {
		if item.origin == nil {
			follow("an item", item.Place)
		}
		checkSpans(t, item)
	}
	for _, m := range n.Members {
		if m.Value.origin == nil || m.Value.form != aliasForm {
			follow("the key "+m.Key, m.KeyPlace)
			follow("the value of "+m.Key, m.Value.Place)
		}
		if m.Value.origin == nil {
			checkSpans(t, m.Value)
		}
	}
}

// checkWithin checks that parts of a string are found inside it, in order, and the
// same way by both who look for them.
func checkWithin(t *testing.T, n *Node) {
	t.Helper()
	if n.Kind != String {
		return
	}
	locate, before := n.Locator(), n.Place.Start
	for i := 0; i <= len(n.Text); i += 1 + len(n.Text)/20 {
		p := n.Within(i, i)
		if !n.Place.Contains(p.Span) || n.origin == nil && p.Len() == 0 && p.Start < before {
			t.Fatalf("offset %d of %q is found at %v, not in %v behind %d, in %q", i, n.Text, p.Span, n.Place.Span, before, n.Place.Source.Text)
		}
		if other := locate(i, i); other.Span != p.Span {
			t.Fatalf("offset %d of %q is found at %v and %v", i, n.Text, p.Span, other.Span)
		}
		if p.Len() == 0 {
			before = p.Start
		}
	}
}

// checkYAMLScalars checks that the bytes of every scalar decode to its value.
func checkYAMLScalars(t *testing.T, root *Node) {
	t.Helper()
	for pointer, n := range root.All() {
		checkWithin(t, n)
		if n.origin != nil || n.Kind != String {
			continue
		}
		text := written(n)
		if text == "" && n.Text == "" {
			continue // `!!str` alone
		}
		if strings.HasPrefix(text, "|") || strings.HasPrefix(text, ">") {
			header, _, _ := strings.Cut(text, "\n")
			if header, _, _ = strings.Cut(header, "#"); strings.ContainsAny(header, "123456789") {
				continue // depends on the indentation around it
			}
		}
		if got := decodeAlone(text); got != n.Text {
			// A block scalar ends with a line break, and some plain ones are only
			// scalars inside brackets.
			if decodeAlone(text+"\n") != n.Text && decodeAlone("["+text+"]") != n.Text {
				t.Errorf("%s: the bytes %q decode to %q, want %q in\n%s", pointer, text, got, n.Text, n.Place.Source.Text)
			}
		}
	}
}

func decodeAlone(text string) string {
	var y yaml.Node
	if yaml.Unmarshal([]byte(" "+text), &y) != nil || len(y.Content) == 0 {
		return "\x00not one scalar"
	}
	if y.Content[0].Kind == yaml.SequenceNode && len(y.Content[0].Content) == 1 {
		return y.Content[0].Content[0].Value
	}
	return y.Content[0].Value
}

// yamlSeeds are texts in every style, with hard corners.
var yamlSeeds = []string{
	"name: Blur\ntype: web-worker\nversion: 0.10\ntags: [CPU, 'GPU']\n",
	"\nname: \"a \\u00e4 \\\n   b\"\nflags:\n  - a\n  -   b c\n  - 'it''s'\n\nenv:\n- x\n-\n- {a: 1, b, \"c\":2, }\n",
	"a: plain over\n  several\n\n  lines # comment\nb: |\n  one\n   two\n\n# c\nc: >-\n  folded\n  text\n\nd: |+\n  keep\n\n\ne:\n",
	"a: &x !!str 12\nb: *x\nc: &m\n  k: v\n  l: [1, 2]\nd:\n  <<: *m\n  k: w\n",
	"? complex\n: value\n? alone\n",
	"{a: [b, {c: d}, e: f], 'g': \"h\" , i : , j}",
	"- - a\n  - b\n- - c\n",
	"%YAML 1.1\n---\na: 1\n...\n",
	"\ufeffa: 1\nä: ö𝒳 # ü\nz: [é, 'ñ']\n",
	"a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'd\r\n  e'\r\n",
	"a: !!map\n  b: c\nd: &e\n- f\n",
	"|\n  root\n  block\n", "\"root\"", "--- >\n folded\n",
	"a: |2\n    x\n   y\nb: >1-\n  z\n",
	"a:    \n\n   b: \t c\n",
	"key with spaces: value with: colon\n", "a: [1, 2\nb: 3\n", "a: 'x\nb: 2\n", "a:\n\t- b\n", "a: @b\nname: x\n", "a: 1\n b: 2\nc: 3\n",
	"a: b: c\nd: e", "x: *nope\nname: ok", "a: [a, b], c\n", "a: 1\n---\nb: 2\n", "a\nb: c\n",
	"a: !!js/function 'f'\nb: !custom {x: 1}\n", "a: &a [*a]\n", "a: 12:30\nb: 0123\nc: .inf\nd: 0x1F\ne: 1_000\nf: 2020-01-01\ng: yes\n",
	"a: 1\na: 2\n", "a: \x01b\n", "a: \xff\n", "a: \"\\q\"\n", "? [a]\n: b\n", "<<: 1\na: &a {b: 1}\nc: {<<: [*a, *a], d: 2}\n",
	"a: >\n\n  x\n\n\n   more\n\n  y\n   \n", "a: |\n  x\n     \n  \n", "a: |-\n  \n   \nb: c",
}

func FuzzYAML(f *testing.F) {
	for _, seed := range yamlSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, diagnostics := ParseYAML(excerptOf(text))
		for _, d := range diagnostics {
			if s := d.Place.Span; s.Start < 0 || s.Start > s.End || s.End > len(text) {
				t.Fatalf("%s at %v is not in the text", d.Code, s)
			}
		}
		if root == nil {
			if len(diagnostics) == 0 {
				t.Fatal("neither a value nor a diagnostic")
			}
			return
		}
		checkSpans(t, root)
		if source.Worst(diagnostics) < source.Error {
			checkYAMLScalars(t, root)
		}
	})
}

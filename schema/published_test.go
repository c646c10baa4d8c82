package schema

import (
	"bytes"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestPublishedSchemasAreSchemas: they compile without a remark, every property has
// words, and every example fits.
func TestPublishedSchemasAreSchemas(t *testing.T) {
	for _, name := range Names() {
		n := parse(string(Published(name)))
		s, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, diagnostics := compile(n, true, false, nil); len(diagnostics) > 0 {
			t.Errorf("%s: %v", name, diagnostics)
		}
		if OfFormat(name) == nil || OfFormat("nothing") != nil || s == nil {
			t.Errorf("%s is not found by its name", name)
		}
		for pointer, part := range n.All() {
			if !strings.HasSuffix(pointer, "/examples") || !part.List() {
				continue
			}
			field, isField := strings.CutPrefix(strings.TrimSuffix(pointer, "/examples"), "/properties/")
			if !isField {
				t.Errorf("%s has examples at %s, which nothing checks", name, pointer)
				continue
			}
			for _, example := range part.Items {
				data := map[string]any{"name": "x", "type": "window", "api_version": "0.1.8", "plugins": []any{}}
				data[field] = example.Plain()
				if violations := s.Validate(data); len(violations) > 0 {
					t.Errorf("%s: the example of %s: %v", name, field, violations)
				}
			}
		}
	}
}

// TestConfigSchemaOnTheCorpus: it finds nothing in the public plugins but what is
// wrong with them.
func TestConfigSchemaOnTheCorpus(t *testing.T) {
	count := 0
	for _, file := range corpus.Files(t) {
		root := configOf(file.Name, file.Text)
		for _, v := range Config().Validate(root.Plain()) {
			t.Errorf("%s %s: %s (%s)", file.Name, v.Pointer, v.Message, v.Hint)
		}
		count++
		for _, field := range []string{"inputs", "outputs"} {
			if _, diagnostics := CompileField(root.Get(field), field == "inputs"); len(diagnostics) > 0 {
				t.Errorf("%s %s: %v", file.Name, field, diagnostics)
			}
		}
	}
	if count < 90 {
		t.Errorf("only %d plugins were checked", count)
	}
}

// configOf reads the config block of a file of the corpus, where none is hidden.
func configOf(name string, text []byte) *conf.Node {
	start := bytes.Index(text, []byte("<config"))
	start += 1 + bytes.IndexByte(text[start:], '>')
	end := start + bytes.Index(text[start:], []byte("</config>"))
	n, _ := conf.ParseJSON(source.Whole(source.New(name, text), source.Span{Start: start, End: end}))
	return n
}

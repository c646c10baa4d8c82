package form

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestCorpus reads every form of the public plugins: none has a fault, and each
// element is found.
func TestCorpus(t *testing.T) {
	forms, fields := 0, 0
	for _, file := range corpus.Files(t) {
		name := file.Name
		ui := configOf(name, file.Text).Get("ui")
		form, found := Parse(ui)
		for _, d := range found {
			start, _ := d.Place.Range()
			t.Errorf("%s:%d:%d: %s: %s", name, start.Line, start.Column, d.Code, d.Message)
		}
		if !form.Empty() {
			forms++
		}
		fields += len(form.Fields)
		if ui == nil {
			continue
		}
		if want := strings.Count(string(ui.Place.Slice(ui.Place.Span)), "type"); want != len(form.Fields) {
			t.Errorf("%s: %d fields, want %d", name, len(form.Fields), want)
		}
		if strings.Contains(name, "histogram2D") && strings.Join(form.Keys(), " ") != "pixel_size width height" {
			t.Errorf("%s has the fields %v", name, form.Keys())
		}
	}
	t.Logf("%d forms with %d fields", forms, fields)
	if forms < 20 || fields < 30 {
		t.Errorf("only %d forms with %d fields: is the corpus complete?", forms, fields)
	}
}

// configOf reads the first config block, found without a parser.
func configOf(name string, text []byte) *conf.Node {
	s := source.New(name, text)
	start := strings.Index(string(text), "<config")
	end := strings.Index(string(text), "</config>")
	if start < 0 || end < start {
		return nil
	}
	start += strings.IndexByte(string(text[start:]), '>') + 1
	n, _ := conf.ParseJSON(source.Whole(s, source.Span{Start: start, End: end}))
	return n
}

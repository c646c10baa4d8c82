package form

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// TestCorpus reads every form of the public plugins: none has a fault, and each
// element is found.
func TestCorpus(t *testing.T) {
	root := os.Getenv("IMJOY_CORPUS")
	if root == "" {
		t.Skip("IMJOY_CORPUS is not set: it names the folder of the public plugins")
	}
	forms, fields := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		ui := configOf(name, text).Get("ui")
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
			return nil
		}
		if want := strings.Count(string(ui.Place.Slice(ui.Place.Span)), "type"); want != len(form.Fields) {
			t.Errorf("%s: %d fields, want %d", name, len(form.Fields), want)
		}
		if strings.Contains(path, "histogram2D") && strings.Join(form.Keys(), " ") != "pixel_size width height" {
			t.Errorf("%s has the fields %v", name, form.Keys())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
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

package analysis

import (
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

// Every script of the corpus can be read; the known syntax errors are in package
// lint's test of the corpus.
func TestScriptsOfTheCorpusAreRead(t *testing.T) {
	var all []*Facts
	for _, file := range corpus.Files(t) {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		all = append(all, Of(doc, found, nil))
	}
	if err := WithPython(t.Context(), python3(t), nil, all...); err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		for _, s := range f.Scripts {
			if !s.Read && len(s.Faults) == 0 {
				t.Errorf("%s: %s", f.Document.Source.Name, s.Reason)
			}
		}
	}
}

func BenchmarkFactsOfTheCorpus(b *testing.B) {
	files := corpus.Files(b)
	size := 0
	for _, file := range files {
		size += len(file.Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, file := range files {
			doc, found := pluginfile.Parse(file.Name, file.Text)
			Of(doc, found, nil)
		}
	}
}

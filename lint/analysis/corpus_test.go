package analysis

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// corpus returns the texts of the public corpus, or skips.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	dir := os.Getenv("IMJOY_CORPUS")
	if dir == "" {
		t.Skip("IMJOY_CORPUS is not set: the facts of the public corpus are not checked")
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every script of the corpus can be read; the known syntax errors are in package
// lint's test of the corpus.
func TestScriptsOfTheCorpusAreRead(t *testing.T) {
	var all []*Facts
	for name, text := range corpus(t) {
		doc, found := pluginfile.Parse(name, text)
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
	files := corpus(b)
	size := 0
	for _, text := range files {
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for name, text := range files {
			doc, found := pluginfile.Parse(name, text)
			Of(doc, found, nil)
		}
	}
}

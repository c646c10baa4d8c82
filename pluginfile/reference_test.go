package pluginfile_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

// answer is one block as the original parser answered it: the records of testdata.
type answer struct {
	Kind    string         `json:"kind"`
	Attrs   map[string]any `json:"attrs"` // true for a value that is missing or empty
	Start   int            `json:"start"`
	End     int            `json:"end"` // -1: self-closed
	Content string         `json:"content,omitempty"`
	SHA256  string         `json:"content_sha256,omitempty"`
	Raw     string         `json:"raw_sha256,omitempty"`
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// ours returns blocks in the shape of the records.
func ours(blocks []*pluginfile.Block) []answer {
	list := []answer{}
	for _, b := range blocks {
		a := answer{Kind: string(b.Kind), Attrs: map[string]any{}, Start: b.Inner.Start, End: b.Inner.End, Content: b.Body().Text}
		if b.SelfClosed {
			a.End = -1
		}
		for _, attr := range b.Attrs {
			a.Attrs[attr.Name] = true
			if attr.Value != "" {
				a.Attrs[attr.Name] = attr.Value
			}
		}
		list = append(list, a)
	}
	return list
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestEdgeCases holds the reader against the original's answers to 40 probes.
func TestEdgeCases(t *testing.T) {
	var cases []struct {
		Name, Source string
		Blocks       []answer
	}
	readJSON(t, "edge-cases.json", &cases)
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			doc, _ := pluginfile.Parse("a", []byte(test.Source))
			if diff := cmp.Diff(test.Blocks, ours(doc.Blocks)); diff != "" {
				t.Errorf("blocks (-original +ours):\n%s", diff)
			}
		})
	}
}

// TestRandomCases holds the reader against the original's answers to texts that were
// put together at random from pieces of markup and white space.
func TestRandomCases(t *testing.T) {
	var cases []struct {
		Source string
		Blocks []answer
	}
	readJSON(t, "random-cases.json", &cases)
	if len(cases) < 300 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, test := range cases {
		doc, _ := pluginfile.Parse("a", []byte(test.Source))
		if diff := cmp.Diff(test.Blocks, ours(doc.Blocks)); diff != "" {
			t.Errorf("%q (-original +ours):\n%s", test.Source, diff)
		}
	}
}

type record struct {
	Repository, Path, SHA256 string
	Bytes                    int
	Blocks                   []answer
}

// TestCorpus holds the reader against the original's answers to the public corpus.
func TestCorpus(t *testing.T) {
	folder := corpus.Dir(t)
	var records []record
	readJSON(t, "corpus-reference.json", &records)
	for _, r := range records {
		t.Run(r.Repository+"/"+r.Path, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, r.Repository, r.Path))
			if err != nil {
				t.Fatal(err)
			}
			if got := hash(string(text)); got != r.SHA256 {
				t.Skipf("another version of the file (sha256 %s): not compared", got)
			}
			doc, diagnostics := pluginfile.Parse(r.Path, text)
			got := ours(doc.Blocks)
			for i, b := range doc.Blocks {
				got[i].SHA256, got[i].Raw, got[i].Content = hash(got[i].Content), hash(string(text[b.Inner.Start:b.Inner.End])), ""
			}
			if diff := cmp.Diff(r.Blocks, got); diff != "" {
				t.Errorf("blocks (-original +ours):\n%s", diff)
			}
			if doc.Ambiguous() {
				t.Error("the careful reader differs")
			}
			if errors := told(diagnostics); len(errors) > 0 {
				t.Errorf("the blocks of a plugin that ran are faulted: %v", errors)
			}
			if c := doc.Config; c.Name == "" || c.Type == "" && !c.Field("type").Map() || c.APIVersion == "" {
				t.Errorf("name %q, type %q, api_version %q", c.Name, c.Type, c.APIVersion)
			}
		})
	}
}

// TestCorpusRecords checks the records themselves, where the files are not there:
// that they are complete, and in the order that Blocks promises.
func TestCorpusRecords(t *testing.T) {
	var records []record
	readJSON(t, "corpus-reference.json", &records)
	if len(records) != 98 {
		t.Errorf("%d records instead of 98", len(records))
	}
	for _, r := range records {
		at := 0
		kinds := map[string]int{}
		for _, b := range r.Blocks {
			kinds[b.Kind]++
			if b.Start < at || b.End < b.Start || b.End > r.Bytes {
				t.Errorf("%s: block %s at %d-%d", r.Path, b.Kind, b.Start, b.End)
			}
			at = b.End
			if !pluginfile.Kind(b.Kind).ImJoy() {
				t.Errorf("%s: unknown kind %s", r.Path, b.Kind)
			}
		}
		if kinds["config"] != 1 || kinds["script"] != 1 {
			t.Errorf("%s: %v", r.Path, kinds)
		}
	}
}

package engine_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// heard keeps what plugins say to people.
type heard struct {
	people
	mu   sync.Mutex
	text []string
}

func (h *heard) say(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, text)
}

func (h *heard) Alert(_ context.Context, m engine.Message) error {
	h.say("alert: " + m.Text)
	return nil
}
func (h *heard) Write(r engine.Record) { h.say(r.Text) }

// corpusPython are all public Python plugins that need only the standard library or numpy:
// a call with sensible data, what must come of it, and what must have been said.
var corpusPython = map[string]struct {
	method string
	args   []value.Value
	check  func(value.Value) string // what it should be and is not
	said   []string
}{
	"imjoy-team/ImJoy/web/src/plugins/nativePythonTemplate.imjoy.html":        {"run", []value.Value{value.NewObject()}, same(nil), []string{"initialized", "alert: hello world."}},
	"imjoy-team/ImJoy/web/src/plugins/webPythonTemplate.imjoy.html":           {"run", []value.Value{value.NewObject()}, same(nil), []string{"initialized", "alert: hello world."}},
	"imjoy-team/imjoy-core/src/plugins/nativePythonTemplate.imjoy.html":       {"run", []value.Value{value.NewObject()}, same(nil), []string{"initialized", "alert: hello world."}},
	"imjoy-team/imjoy-core/src/plugins/webPythonTemplate.imjoy.html":          {"run", []value.Value{value.NewObject()}, same(nil), []string{"initialized", "alert: hello world."}},
	"imjoy-team/imjoy-core/tests/testWebPythonPlugin1.imjoy.html":             {"run", []value.Value{value.NewObject()}, same(998.0), []string{"initialized", "alert: hello world."}},
	"imjoy-team/imjoy-project-template/src/templatePlugin.imjoy.html":         {"run", []value.Value{value.NewObject("config", value.NewObject("n", 3.0), "data", []any{1.0, "ü"})}, sameText(`{"config":{"n":3},"data":[1,"ü"]}`), []string{"== Initializing ImJoy Template Plugin", "1+1=2"}},
	"imjoy-team/imjoy-plugins/repository/ProteinSequenceUtils.imjoy.html":     {"encode_sequence", []value.Value{"MKTAYIAKQRQISFVKX"}, oneHot("MKTAYIAKQRQISFVKX"), []string{"initialized"}},
	"imjoy-team/imjoy-plugins/repository/ProteinSequenceUtils.imjoy.html#run": {"run", []value.Value{value.NewObject()}, same(nil), []string{"alert: Protein sequence encoder is ready."}},
	"amun-ai/hypha/tests/testWebPythonPlugin.imjoy.html":                      {"add2", []value.Value{40.0}, same(42.0), []string{"initialized"}},
	"imjoy-team/imjoy-engine/tests/testWebPythonPlugin.imjoy.html":            {"add2", []value.Value{40.5}, same(42.5), []string{"initialized"}},
}

func same(want value.Value) func(value.Value) string {
	return func(got value.Value) string { return cmp.Diff(want, got) }
}

func sameText(want string) func(value.Value) string {
	return func(got value.Value) string {
		text, err := value.JSON(got)
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(want, string(text))
	}
}

// oneHot says how an array is not that of a protein: a row for each of 2,000 places, with
// a one in the column of its amino acid, or in the first where there is none.
func oneHot(sequence string) func(value.Value) string {
	const letters, places = " ARNDCQEGHILKMFPSTWYV", 2000
	want := make([]byte, places*len(letters))
	for i := range places {
		column := 0
		if i < len(sequence) {
			column = max(strings.IndexByte(letters, sequence[i]), 0)
		}
		want[i*len(letters)+column] = 1
	}
	return func(got value.Value) string {
		a, ok := got.(*ndarray.Array)
		if !ok {
			return "no array"
		}
		if diff := cmp.Diff([]int{1, places, len(letters)}, a.Shape); diff != "" || a.DType != ndarray.Bool {
			return string(a.DType) + " " + diff
		}
		if !bytes.Equal(want, a.Data) {
			return "other numbers"
		}
		return ""
	}
}

// TestCorpusPython looks at what public Python plugins answer. What TestCorpusRuns finds
// to run or to open is here, and nothing else.
func TestCorpusPython(t *testing.T) {
	files := map[string]corpus.File{}
	for _, f := range corpus.Files(t) {
		files[f.Name] = f
	}
	python := engine.Python(interpreterWithNumpy(t))
	tried := map[string]bool{}
	for name, c := range corpusPython {
		name, _, _ = strings.Cut(name, "#")
		tried[name] = true
		t.Run(name+" "+c.method, func(t *testing.T) {
			file, ok := files[name]
			if !ok {
				t.Fatal("it is not there")
			}
			doc, _ := pluginfile.Parse(file.Name, file.Text)
			plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
			h := &heard{}
			w := workspace.Open(workspace.Options{
				Dir: t.TempDir(), Runtimes: []engine.Runtime{python}, Limits: engine.Limits{Timeout: 30 * time.Second},
				Frontend: workspace.Frontend{Dialogs: h, Log: h},
			})
			result, err := w.Run(t.Context(), workspace.Job{Plan: plan, Method: c.method, Args: c.args})
			if err != nil {
				t.Fatal(err)
			}
			if wrong := c.check(result.Value); wrong != "" {
				t.Error(wrong)
			}
			if err := w.Close(context.Background()); err != nil {
				t.Error(err)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, want := range c.said {
				if !strings.Contains(strings.Join(h.text, "\n"), want) {
					t.Errorf("nobody said %q: %q", want, h.text)
				}
			}
		})
	}
	for name, file := range files {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
		if plan == nil || len(pluginfile.Blocking(found)) > 0 || !strings.HasSuffix(plan.Type, "-python") || tried[name] {
			continue
		}
		if _, o := tryCorpus(t, file, python); o.group == runs || o.group == opens {
			t.Errorf("%s runs, and nobody looks at what it answers", name)
		}
	}
}

package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// pythonRuntime is a Python runtime: the first python3 that is new enough.
func pythonRuntime(t testing.TB) engine.Runtime {
	t.Helper()
	return engine.Python(found(foundPython(t)))
}

// found answers every plugin with one interpreter.
func found(c engine.Command) func(context.Context, *requirement.Declaration) (engine.Command, error) {
	return func(context.Context, *requirement.Declaration) (engine.Command, error) { return c, nil }
}

func foundPython(t testing.TB) engine.Command {
	t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	path, err := engine.ResolvePython(t.Context(), "python3", env)
	if err != nil {
		path, err = engine.ResolvePython(t.Context(), "/usr/bin/python3", env)
	}
	if err != nil {
		t.Skip("a python3 is needed: ", err)
	}
	return engine.Command{Python: path, Env: env}
}

// step is one call of a conformance case and what it must give: a value as the JSON
// of package value, or an error's text.
type step struct {
	Call  string            `json:"call"`
	Args  []json.RawMessage `json:"args"`
	Want  json.RawMessage   `json:"want"`
	Error string            `json:"error"`
	Line  int               `json:"line"` // of the error's first frame, from the script's first line, counted from 1
	Logs  []string          `json:"logs"` // what was said so far
}

// conformanceCase is a file of testdata/conformance.
type conformanceCase struct {
	name, javascript, python string
	steps                    []step
}

func conformanceCases(t *testing.T) (list []conformanceCase) {
	t.Helper()
	files, err := filepath.Glob("testdata/conformance/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		section := map[string]string{}
		for _, f := range archive.Files {
			section[f.Name] = string(f.Data)
		}
		c := conformanceCase{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), javascript: section["javascript"], python: section["python"]}
		if err := json.Unmarshal([]byte(section["steps"]), &c.steps); err != nil {
			t.Fatal(file, err)
		}
		list = append(list, c)
	}
	return list
}

// TestConformance runs each case of testdata/conformance in every runtime: the same
// plugin in JavaScript and in Python gives the same answers. In a browser they run in
// TestConformanceInThePage and TestConformanceOnPyodide.
func TestConformance(t *testing.T) {
	for _, c := range conformanceCases(t) {
		t.Run(c.name, func(t *testing.T) {
			for name, rt := range runtimes() {
				t.Run(name, func(t *testing.T) { conform(t, js("\n"+c.javascript), rt, c.steps) })
			}
			t.Run("python", func(t *testing.T) {
				conform(t, plugin("native-python", "python", "\n"+c.python), pythonRuntime(t), c.steps)
			})
		})
	}
}

// firstLine is the document's line of a script's first line in the documents of
// these tests.
const firstLine = 5

// helperIterators are the functions of the helper that take and give iterators.
const helperIterators = `
	async total(items, most = 1e9) { let n = 0; for await (const x of items) { n += x.i || x; if (--most <= 0) break } return n },
	squares: function* (n) { try { for (let i = 0; i < n; i++) yield i * i } finally { self.over = (self.over || 0) + 1 } },
	finished: () => { const n = self.over; return n - 1 },
	failing: async function* () { yield 1; throw new Error("broke") }`

func conform(t *testing.T, text string, rt engine.Runtime, steps []step) {
	var log journal
	helper := mustOpen(t, js("api.export({twice: x => x * 2, mean: a => a._rvalue.byteLength, back: a => a, async each(items, f) { const out = []; for (const x of items) out.push(await f(x)); return out }, "+helperIterators+"})"), engine.Options{})
	o := engine.Options{Runtimes: []engine.Runtime{rt}, Limits: engine.Limits{Timeout: 20 * time.Second}, Workspace: "lab"}
	o.Host = engine.Host{Log: &log, Dialogs: people{}, Settings: settings{}, Plugins: others{"Helper": helper}, Files: folder{}}
	o.Host.Plugins.(others)["Helper"] = helper
	p, err := open(t, text, o)
	for i, s := range steps {
		var got value.Value
		switch {
		case s.Call == "open": // checked below
		case err != nil:
			t.Fatal("open: ", err)
		case s.Call == "close":
			err = p.Close(t.Context())
		default:
			got, err = p.Call(t.Context(), s.Call, arguments(t, s.Args)...)
		}
		check(t, i, s, got, err)
		if s.Logs != nil {
			if diff := cmp.Diff(s.Logs, log.texts()); diff != "" {
				t.Errorf("step %d (%s): logs: %s", i, s.Call, diff)
			}
		}
		if s.Call != "open" {
			err = nil
		}
	}
}

func arguments(t *testing.T, list []json.RawMessage) (args []value.Value) {
	t.Helper()
	for _, text := range list {
		v, err := value.FromJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, v)
	}
	return args
}

func check(t *testing.T, i int, s step, got value.Value, err error) {
	t.Helper()
	switch {
	case s.Error == "" && err != nil:
		t.Errorf("step %d (%s): %v", i, s.Call, err)
	case s.Error != "":
		if err == nil || !strings.Contains(err.Error(), s.Error) {
			t.Errorf("step %d (%s): got %v %v, want error %q", i, s.Call, show(got), err, s.Error)
		}
		var thrown *engine.ScriptError
		if s.Line > 0 && (!errors.As(err, &thrown) || len(thrown.Frames) == 0) {
			t.Errorf("step %d (%s): no place: %#v", i, s.Call, err)
		} else if s.Line > 0 {
			if at, _ := thrown.Frames[0].Place.Range(); at.Line != s.Line+firstLine-1 {
				t.Errorf("step %d (%s): at line %d, want %d", i, s.Call, at.Line-firstLine+1, s.Line)
			}
		}
	case s.Want != nil:
		want, wantErr := value.FromJSON(s.Want)
		if wantErr != nil {
			t.Fatal(wantErr)
		}
		if diff := cmp.Diff(show(want), show(got)); diff != "" {
			t.Errorf("step %d (%s): %s", i, s.Call, diff)
		}
	}
}

// settings are kept in a map.
type settings map[string]string

func (s settings) Setting(_ context.Context, name string) (string, bool, error) {
	text, ok := s[name]
	return text, ok, nil
}

func (s settings) SetSetting(_ context.Context, name string, text *string) error {
	if text == nil {
		delete(s, name)
	} else {
		s[name] = *text
	}
	return nil
}

// folder takes files and forgets them.
type folder struct{}

func (folder) Export(_ context.Context, name string, data []byte) error {
	if !slices.Contains([]string{"a.txt", "result.csv"}, name) || len(data) == 0 {
		return errors.New("unexpected file " + name)
	}
	return nil
}

func (folder) Choose(context.Context, *value.Object) ([]*value.File, error) {
	return []*value.File{{Name: "f", Path: "/data/f"}}, nil
}

func (folder) OpenURL(context.Context, string) error { return nil }

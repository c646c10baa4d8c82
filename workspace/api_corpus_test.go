package workspace_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// needsPage are the functions of ImJoy's own test plugin that need what is no plugin
// here: each with what that is.
var needsPage = map[string]string{
	"test_fs": "the plugin BrowserFS, which keeps files in a browser's IndexedDB",
}

// TestImJoysOwnApiTestsCorpus calls every test function of the plugin with which ImJoy
// tests its api, as ImJoy's suite calls them. Windows are recorded.
func TestImJoysOwnApiTestsCorpus(t *testing.T) {
	for name, rt := range map[string]engine.Runtime{"in process": engine.InProcess(), "worker": engine.Worker()} {
		t.Run(name, func(t *testing.T) { ownTests(t, rt) })
	}
}

func ownTests(t *testing.T, rt engine.Runtime) {
	dir := filepath.Join(corpus.Dir(t), "imjoy-team", "imjoy-core", "tests")
	plans := map[string]*tags.Plan{}
	for _, file := range []string{"testWebWorkerPlugin1", "testWebWorkerPlugin2", "testWindowPlugin1"} {
		text, err := os.ReadFile(filepath.Join(dir, file+".imjoy.html"))
		if err != nil {
			t.Fatal(err)
		}
		plan := parsed(t, file, text)
		plans[plan.Name] = plan
	}
	recorder := &workspace.Recorder{}
	w := workspace.Open(workspace.Options{
		Runtimes: []engine.Runtime{rt}, Limits: engine.Limits{Timeout: 20 * time.Second},
		Find: func(_ context.Context, _ *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
			if want.Source != "" {
				return parsed(t, "brought", []byte(want.Source)), nil
			}
			if plan := plans[want.Name]; plan != nil {
				return plan, nil
			}
			return nil, &workspace.NotFoundError{Name: want.Name}
		},
		Frontend: workspace.Frontend{Windows: recorder, Dialogs: nobody{}, Files: nobody{}},
	})
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	p, err := w.Plugin(t.Context(), plans["Test Web Worker Plugin 1"])
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]value.Value{"test_uninstall_plugin": "ExamplePlugin"}
	called := 0
	for _, name := range p.Exports() {
		if !strings.HasPrefix(name, "test_") || needsPage[name] != "" {
			continue
		}
		called++
		answer, err := p.Call(t.Context(), name, given[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if answer == false {
			t.Errorf("%s answers false", name)
		}
		if name == "test_register_service" {
			given["test_unregister_service"] = answer
		}
	}
	if called < 24 {
		t.Errorf("only %d test functions were called: %s", called, p.Exports())
	}
	var types []string
	for _, window := range recorder.Windows() {
		types = append(types, window.Text("type"))
	}
	if !slices.Contains(types, "Test Window Plugin") || !slices.Contains(types, "imjoy/image") {
		t.Errorf("the windows were not recorded: %q", types)
	}
}

func parsed(t *testing.T, name string, text []byte) *tags.Plan {
	t.Helper()
	doc, _ := pluginfile.Parse(name, text)
	plan, found := tags.Resolve(doc, "")
	if plan == nil {
		t.Fatal(found)
	}
	return plan
}

// nobody answers where people would.
type nobody struct{ engine.Dialogs }

func (nobody) Alert(context.Context, engine.Message) error  { return nil }
func (nobody) Export(context.Context, string, []byte) error { return nil }
func (nobody) Choose(context.Context, *value.Object) ([]*value.File, error) {
	return nil, nil
}
func (nobody) OpenURL(context.Context, string) error { return nil }

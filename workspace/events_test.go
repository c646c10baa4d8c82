package workspace_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/workspace"
)

// records hands on what a workspace logs.
type records chan engine.Record

func (r records) Write(one engine.Record) { r <- one }

// TestHandlersThatThrowAreHeard: nobody waits for a handler, so its error is noted, at
// its line.
func TestHandlersThatThrowAreHeard(t *testing.T) {
	for kind, script := range map[string]string{
		"web-worker javascript": "function handler(x) {\n  throw new TypeError('no ' + x)\n}\napi.export({async run() { await api.on('e', handler); await api.emit('e', 1) }})",
		"native-python python":  "def handler(x):\n  raise TypeError('no %d' % x)\nasync def run(ctx):\n  await api.on('e', handler)\n  await api.emit('e', 1)\napi.export({'run': run})",
	} {
		t.Run(kind, func(t *testing.T) {
			log := make(records, 9)
			w := workspace.Open(workspace.Options{Frontend: workspace.Frontend{Log: log}, Runtimes: []engine.Runtime{engine.Worker(), pythonRuntime(t.TempDir())}})
			defer w.Close(context.Background())
			if _, err := w.Run(t.Context(), workspace.Job{Plan: counterPlan(t, kind, script, "", "")}); err != nil {
				t.Fatal(err)
			}
			select {
			case r := <-log:
				var thrown *engine.ScriptError
				if r.Kind != engine.KindUnhandled || !errors.As(r.Err, &thrown) || thrown.Message != "no 1" || len(thrown.Frames) == 0 {
					t.Fatalf("%+v", r)
				}
				if at, _ := thrown.Frames[0].Place.Range(); at.Line != 6 {
					t.Errorf("line %d", at.Line)
				}
			case <-time.After(10 * time.Second):
				t.Error("nobody hears of it")
			}
		})
	}
}

package workspace_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
	"github.com/imjoy-tools/imjoy/workspace"
)

// counters are the same plugin in both languages: it counts how often it was called, and
// asks for others of its name.
var counters = map[string]string{
	"web-worker javascript": `let n = 0
api.export({
  run() { return ++n },
  async other(name, tag) { return await (await api.getPlugin({name, tag})).run() },
})`,
	"native-python python": `from imjoy import api
class Counter:
    n = 0
    def run(self, ctx=None):
        self.n += 1
        return self.n
    async def other(self, name, tag):
        return await (await api.getPlugin({"name": name, "tag": tag})).run()
api.export(Counter())`,
}

func counterPlan(t *testing.T, kind, script, flags, tag string) *tags.Plan {
	t.Helper()
	var typed, lang string
	_, _ = fmt.Sscan(kind, &typed, &lang)
	text := fmt.Sprintf("<config lang=\"json\">\n{\"name\": \"Counter\", \"type\": %q, \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"tags\": [\"CPU\", \"GPU\"], \"flags\": [%s]}\n</config>\n<script lang=%q>\n%s\n</script>\n", typed, flags, lang, script)
	doc, found := pluginfile.Parse("counter.imjoy.html", []byte(text))
	plan, _ := tags.Resolve(doc, tag)
	if plan == nil {
		t.Fatal(found)
	}
	return plan
}

// pythonRuntime is the python3 of this machine.
func pythonRuntime(dir string) engine.Runtime {
	return engine.Python(func(ctx context.Context, _ *requirement.Declaration) (engine.Command, error) {
		path, err := exec.LookPath("python3")
		if err != nil {
			return engine.Command{}, err
		}
		env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
		path, err = engine.ResolvePython(ctx, path, env)
		return engine.Command{Python: path, Env: env, Dir: dir}, err
	})
}

// TestSingleInstance: one child of a name and a tag serves all runs, whoever asks and
// however; another tag has its own. Without the flag a copy may stand beside it.
func TestSingleInstance(t *testing.T) {
	for kind, script := range counters {
		for _, flags := range []string{`"single-instance"`, ""} {
			t.Run(kind+" "+flags, func(t *testing.T) {
				single := flags != ""
				find := func(_ context.Context, _ *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
					return counterPlan(t, kind, script, flags, want.Tag), nil
				}
				w := workspace.Open(workspace.Options{Find: find, Runtimes: []engine.Runtime{engine.Worker(), pythonRuntime(t.TempDir())}})
				defer w.Close(context.Background())
				count := func(who string, want float64, method, tag string, args ...any) {
					t.Helper()
					r, err := w.Run(t.Context(), workspace.Job{Plan: counterPlan(t, kind, script, flags, tag), Method: method, Args: args})
					if err != nil || r.Value != want {
						t.Errorf("%s: %v %v, want %v", who, r.Value, err, want)
					}
				}
				count("a run", 1, "run", "CPU")
				count("a run of a document read again", 2, "run", "CPU")
				count("another tag", 1, "run", "GPU")
				count("a plugin that asks for another tag", 2, "other", "CPU", "Counter", "GPU")
				count("a plugin that asks for its own", 3, "other", "GPU", "Counter", "CPU")

				p, err := w.Instance(t.Context(), counterPlan(t, kind, script, flags, "CPU"), nil)
				if err != nil {
					t.Fatal(err)
				}
				want := 1.0
				if single {
					want = 4
				}
				if v, err := p.Call(t.Context(), "run"); v != want || err != nil {
					t.Errorf("one more: %v %v, want %v", v, err, want)
				}
				if list := w.Plugins(); (len(list) == 2) != single {
					t.Errorf("%d run", len(list))
				}
				ids := map[string]bool{}
				for _, p := range w.Plugins() {
					if ids[p.ID()] || w.Find(p.ID()) != p {
						t.Errorf("%q is not found by its id", p.ID())
					}
					ids[p.ID()] = true
				}
			})
		}
	}
}

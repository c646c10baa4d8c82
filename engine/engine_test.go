package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

var raceDetector bool // see race_test.go

// The test binary is its own worker. What waits for a process that outlives this one ends
// with that process.
func TestMain(m *testing.M) {
	if engine.ServeWorker(os.Args) {
		return
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/imjoy-tools/imjoy/internal/confine.serveStarts"),
		goleak.IgnoreAnyFunction("github.com/imjoy-tools/imjoy/internal/confine.Leave.func2"))
}

// plugin wraps a script into a document whose script begins at line 4.
func plugin(kind, lang, script string) string {
	return fmt.Sprintf("<config lang=\"json\">\n{\"name\": \"Test\", \"type\": %q, \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"description\": \"d\", \"tags\": [\"CPU\", \"GPU\"], \"ui\": \"\", \"inputs\": null, \"outputs\": null, \"env\": \"\", \"requirements\": [], \"dependencies\": [], \"extra\": {\"b\": 1, \"a\": [2]}}\n</config>\n<script lang=%q>%s</script>\n<attachment name=\"a.txt\">hello</attachment>\n", kind, lang, script)
}

func js(script string) string { return plugin("web-worker", "javascript", script) }

func planOf(t testing.TB, text string) *tags.Plan {
	t.Helper()
	doc, found := pluginfile.Parse("test.imjoy.html", []byte(text))
	plan, more := tags.Resolve(doc, "CPU")
	for _, d := range append(found, more...) {
		if d.Severity == source.Error {
			t.Fatalf("%s: %s", d.Code, d.Message)
		}
	}
	return plan
}

func open(t testing.TB, text string, o engine.Options) (*engine.Plugin, error) {
	t.Helper()
	p, err := engine.Open(context.Background(), planOf(t, text), o)
	if err == nil {
		t.Cleanup(func() {
			if err := p.Close(context.Background()); err != nil {
				t.Logf("close: %v", err)
			}
			<-p.Done()
		})
	}
	return p, err
}

func mustOpen(t testing.TB, text string, o engine.Options) *engine.Plugin {
	t.Helper()
	p, err := open(t, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func show(v value.Value) string {
	text, err := value.JSON(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// script runtimes: what works on one works on all.
func runtimes() map[string]engine.Runtime {
	return map[string]engine.Runtime{"in process": engine.InProcess(), "worker": engine.Worker()}
}

func onEach(t *testing.T, test func(t *testing.T, o engine.Options)) {
	for name, rt := range runtimes() {
		t.Run(name, func(t *testing.T) { test(t, engine.Options{Runtimes: []engine.Runtime{rt}}) })
	}
}

// journal keeps everything a plugin says.
type journal struct {
	mu      sync.Mutex
	records []engine.Record
}

func (j *journal) Write(r engine.Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.records = append(j.records, r)
}

func (j *journal) texts() (list []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.records {
		list = append(list, fmt.Sprintf("%s %s %s", r.Kind, r.Level, r.Text))
	}
	return list
}

func TestLifecycle(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host.Log = &log
		p, err := engine.Open(t.Context(), planOf(t, js(`
			class Plugin {
				async setup() { await api.log('setup ' + api.TAG) }
				async run(ctx) { this.n = ctx.config.n; return {n: this.n, data: ctx.data} }
				update(ctx) { return this.n + 1 }
				async exit() { await api.log('exit') }
			}
			console.log('script');
			api.export(new Plugin())`)), o)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Has("run") || p.Has("absent") || p.Name() != "Test" {
			t.Errorf("exports %v", p.Exports())
		}
		v, err := p.Call(t.Context(), "run", value.NewObject("config", value.NewObject("n", 5), "data", nil))
		if err != nil || show(v) != `{"n":5,"data":null}` {
			t.Errorf("%s %v", show(v), err)
		}
		if v, err := p.Call(t.Context(), "update", nil); err != nil || v != 6.0 {
			t.Errorf("%v %v", v, err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		<-p.Done()
		if err := p.Close(t.Context()); err != nil || p.Err() != nil {
			t.Errorf("closing twice: %v, %v", err, p.Err())
		}
		if _, err := p.Call(t.Context(), "run"); !errors.Is(err, engine.ErrClosed) {
			t.Errorf("a call after the end: %v", err)
		}
		if got, want := log.texts(), []string{"log info script", "log info setup CPU", "log info exit"}; !slices.Equal(got, want) {
			t.Errorf("order: %q", got)
		}
	})
}

func TestErrorsPointIntoTheDocument(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		p := mustOpen(t, js("\n  // ä\n  function inner() { throw new TypeError('bad ä') }\n  api.export({async run() {\n    await null; inner()\n  }})\n"), o)
		_, err := p.Call(t.Context(), "run")
		var thrown *engine.ScriptError
		if !errors.As(err, &thrown) || thrown.Name != "TypeError" || thrown.Message != "bad ä" || thrown.Plugin != "Test" || len(thrown.Frames) < 2 {
			t.Fatalf("%#v", err)
		}
		start, _ := thrown.Frames[0].Place.Range()
		if start != (source.Position{Line: 6, Column: 28}) || thrown.Frames[0].Function != "inner" {
			t.Errorf("first frame %v in %s", start, thrown.Frames[0].Function)
		}
		if start, _ := thrown.Frames[1].Place.Range(); start.Line != 8 {
			t.Errorf("second frame %v", start)
		}
		if thrown.Block == nil || thrown.Block.Kind != pluginfile.ScriptBlock {
			t.Errorf("block %v", thrown.Block)
		}
	})
}

func TestOpenFails(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		for script, want := range map[string]string{
			"let x = 1":             "api.export",
			"\nlet x = = 1":         "Unexpected",
			"boom()":                "boom is not defined",
			"api.export(class A{})": "the class A itself",
			"api.export({setup() { throw new Error('no setup') }})": "no setup",
			"api.export({setup: () => new Promise(() => {})})":      "never settles",
		} {
			start := time.Now()
			p, err := open(t, js(script), o)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v %v", script, p, err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s took %v", script, took)
			}
		}
	})
}

func TestNoRuntime(t *testing.T) {
	var missing *engine.NoRuntime
	if _, err := open(t, plugin("window", "javascript", "api.export({})")+"<window><p></p></window>", engine.Options{}); !errors.As(err, &missing) {
		t.Errorf("%v", err)
	}
	if p := mustOpen(t, js("api.export({})"), engine.Options{}); p.Contained() {
		t.Error("a plugin in this process is not contained")
	}
	if p := mustOpen(t, js("api.export({})"), engine.Options{Runtimes: []engine.Runtime{engine.Worker()}}); !p.Contained() {
		t.Error("a worker is contained")
	}
}

func TestTimeoutEndsThePluginAndSaysWhere(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		o.Limits.Timeout = 200 * time.Millisecond
		p := mustOpen(t, js("\nlet n = 0; api.export({run() {\n  for (;;) n++\n}, wait: () => new Promise(r => setTimeout(r, 60000))})"), o)
		start := time.Now()
		_, err := p.Call(t.Context(), "run")
		var ended *engine.Ended
		if !errors.As(err, &ended) || ended.Reason != engine.Timeout || time.Since(start) > 10*time.Second {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		if len(ended.Frames) == 0 {
			t.Fatal("it does not say where it was")
		}
		if at, _ := ended.Frames[0].Place.Range(); at.Line != 6 {
			t.Errorf("it was at %v", at)
		}
		<-p.Done()
		if _, err := p.Call(t.Context(), "run"); !errors.As(err, &ended) || !errors.As(p.Err(), &ended) {
			t.Errorf("afterwards: %v %v", err, p.Err())
		}
		p = mustOpen(t, js("api.export({wait: () => new Promise(r => setTimeout(r, 60000))})"), o)
		if _, err := p.Call(t.Context(), "wait"); !errors.As(err, &ended) || ended.Reason != engine.Timeout {
			t.Errorf("waiting for a timer of its own: %v", err)
		}
	})
}

func TestCancelGivesTheCallUpAndKeepsThePlugin(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		p := mustOpen(t, js("let n = 0; api.export({spin() { for (;;) n++ }, sleep: () => api.utils.sleep(60), fine: () => 'fine'})"), o)
		for _, method := range []string{"spin", "sleep"} {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			start := time.Now()
			_, err := p.Call(ctx, method)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Second {
				t.Errorf("%s: %v after %v", method, err, time.Since(start))
			}
		}
		if v, err := p.Call(t.Context(), "fine"); err != nil || v != "fine" {
			t.Errorf("afterwards: %v %v", v, err)
		}
	})
}

// people answers dialogs after a while.
type people struct{ after time.Duration }

func (p people) Alert(context.Context, engine.Message) error { time.Sleep(p.after); return nil }
func (p people) Prompt(_ context.Context, m engine.Message, suggestion string) (string, error) {
	if m.Text == "cancel" {
		return "", engine.ErrCanceled
	}
	return m.Title + "/" + m.Text + "/" + suggestion, nil
}
func (p people) Confirm(_ context.Context, m engine.Message) (bool, error) {
	return m.Text == "yes?", nil
}
func (p people) Form(_ context.Context, dialog *value.Object) (*value.Object, error) {
	return value.NewObject("asked", dialog.Get("ui")), nil
}

func TestWaitingForPeopleIsNoWork(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		o.Limits.Timeout = time.Second
		o.Host.Dialogs = people{1500 * time.Millisecond}
		p := mustOpen(t, js("api.export({async run() { await api.alert('a'); return 'done' }})"), o)
		if v, err := p.Call(t.Context(), "run"); err != nil || v != "done" {
			t.Errorf("%v %v", v, err)
		}
	})
}

// others finds plugins in a map.
type others map[string]*engine.Plugin

func (o others) Plugin(_ context.Context, _ *engine.Plugin, want engine.Wanted) (*engine.Plugin, error) {
	if p, ok := o[want.Name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("there is no plugin %q", want.Name)
}

func TestPluginsCallEachOther(t *testing.T) {
	all := runtimes()
	for _, from := range []string{"in process", "worker"} {
		for _, to := range []string{"in process", "worker"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				helper := mustOpen(t, js(`api.export({
					version: 7,
					tools: {twice: (x) => x * 2},
					async each(array, f) { for (let i = 0; i < array.length; i++) array[i] = await f(array[i]); return array },
					make: () => ({_rintf: true, add: (a, b) => a + b}),
					fail() { throw new RangeError('helper says no') },
					run: (ctx) => ['ran', ctx],
				})`), engine.Options{Runtimes: []engine.Runtime{all[to]}})
				o := engine.Options{Runtimes: []engine.Runtime{all[from]}, Host: engine.Host{Plugins: others{"Helper": helper}}}
				p := mustOpen(t, js(`api.export({async run() {
					const h = await api.getPlugin('Helper');
					const obj = await h.make();
					let said; try { await h.fail() } catch (e) { said = [e.name, e.message, e instanceof RangeError] }
					let missing; try { await api.getPlugin('Nobody') } catch (e) { missing = e.message }
					return [h.version, h.config.name, await h.tools.twice(21), await h.each(new Float32Array([1, 2, 3]), async (x) => x * 10), await obj.add(1, 2), said, missing,
						await api.run('Helper', {a: 1}), await api.call('Helper', 'tools.twice', 4)]
				}})`), o)
				v, err := p.Call(t.Context(), "run")
				want := `[7,"Test",42,{"_rtype":"typedarray","_rvalue":[10,20,30],"_rdtype":"float32"},3,["RangeError","helper says no",true],"api.getPlugin: there is no plugin \"Nobody\"",["ran",{"a":1}],8]`
				if err != nil || show(v) != want {
					t.Errorf("%s %v", show(v), err)
				}
			})
		}
	}
}

func TestPluginsOfBothLanguagesCallEachOther(t *testing.T) {
	py := mustOpen(t, plugin("native-python", "python", `
import array
class Helper:
    version = 7
    def double(self, a):
        v = array.array('f', bytes(a.data))
        return {'_rtype': 'ndarray', '_rvalue': array.array('f', [x * 2 for x in v]).tobytes(), '_rshape': list(a.shape), '_rdtype': 'float32'}
    async def each(self, items, f):
        return [await f(x) for x in items]
    def fail(self):
        raise KeyError('gone')
api.export(Helper())
`), engine.Options{Runtimes: []engine.Runtime{pythonRuntime(t)}})
	onEach(t, func(t *testing.T, o engine.Options) {
		o.Host.Plugins = others{"Helper": py}
		p := mustOpen(t, js(`api.export({async run() {
			const h = await api.getPlugin('Helper');
			const image = {_rtype: 'ndarray', _rvalue: new Float32Array([1, 2, 3, 4]), _rshape: [2, 2], _rdtype: 'float32'};
			const twice = await h.double(image);
			let said; try { await h.fail() } catch (e) { said = e.name + ': ' + e.message }
			return [twice, new Float32Array(twice._rvalue)[3], await h.each([1, 2], async (x) => x + 1), said, h.version];
		}})`), o)
		v, err := p.Call(t.Context(), "run")
		want := `[{"_rtype":"ndarray","_rvalue":[2,4,6,8],"_rshape":[2,2],"_rdtype":"float32"},8,[2,3],"KeyError: 'gone'",7]`
		if err != nil || show(v) != want {
			t.Errorf("%s %v", show(v), err)
		}
	})
}

func TestABusyHelperIsEndedAndItsCallerIsNot(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		o.Limits.Timeout = 300 * time.Millisecond
		helper := mustOpen(t, js("let n = 0; api.export({spin() { for (;;) n++ }})"), o)
		o.Host.Plugins = others{"Helper": helper}
		p := mustOpen(t, js("api.export({async run() { const h = await api.getPlugin('Helper'); try { await h.spin() } catch (e) { return e.message } }})"), o)
		v, err := p.Call(t.Context(), "run")
		if err != nil || !strings.Contains(fmt.Sprint(v), "ran out of time") {
			t.Errorf("%v %v", v, err)
		}
		var ended *engine.Ended
		if !errors.As(helper.Err(), &ended) || p.Err() != nil {
			t.Errorf("helper %v, caller %v", helper.Err(), p.Err())
		}
	})
}

func TestCallbacksOfTheProgram(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		p := mustOpen(t, js("let kept; api.export({async run(f) { kept = f; return await f(20, x => x + 1) }, async again() { return kept(1, x => x) }, give: () => ({f: (x) => x * 2})})"), o)
		f := &value.Function{Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
			n, err := args[1].(*value.Function).Call(ctx, args[0])
			if err != nil {
				return nil, err
			}
			return n.(float64) * 2, nil
		}}
		if v, err := p.Call(t.Context(), "run", f); err != nil || v != 42.0 {
			t.Errorf("%v %v", v, err)
		}
		if v, err := p.Call(t.Context(), "again"); err != nil || v != 2.0 {
			t.Errorf("a function that was kept: %v %v", v, err)
		}
		v, err := p.Call(t.Context(), "give")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := v.(*value.Object).Get("f").(*value.Function).Call(t.Context(), 4.0); err != nil || v != 8.0 {
			t.Errorf("%v %v", v, err)
		}
	})
}

func TestUnhandledErrorsAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host.Log = &log
		p := mustOpen(t, js("\napi.export({run() {\n  Promise.reject(new TypeError('lost')) }})"), o)
		if _, err := p.Call(t.Context(), "run"); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if p.Unhandled() != nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		var thrown *engine.ScriptError
		if !errors.As(p.Unhandled(), &thrown) || thrown.Message != "lost" || len(thrown.Frames) == 0 {
			t.Errorf("%v", p.Unhandled())
		}
		if got := log.texts(); len(got) != 1 || got[0] != "unhandled error TypeError: lost" {
			t.Errorf("%q", got)
		}
	})
}

// A call whose answer nobody waits for fails while the plugin is being closed.
func TestErrorsOfCallsThatNobodyAwaits(t *testing.T) {
	for name, test := range map[string]struct{ text, at string }{
		"javascript": {js("api.export({run() {\n api.getPlugin('nowhere'); return 1 }})"), "run"},
		"python":     {plugin("native-python", "python", "from imjoy import api\nclass P:\n  def run(self):\n    api.get_plugin('nowhere')\n    return 1\napi.export(P())"), "P.run"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 4 {
				var log journal
				o := engine.Options{Host: engine.Host{Log: &log}, Runtimes: []engine.Runtime{engine.Worker(), engine.Python(found(foundPython(t)))}}
				p := mustOpen(t, test.text, o)
				if v, err := p.Call(t.Context(), "run"); err != nil || v != 1.0 {
					t.Fatal(v, err)
				}
				if err := p.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				var thrown *engine.ScriptError
				if !errors.As(p.Unhandled(), &thrown) || len(thrown.Frames) == 0 || thrown.Frames[0].Function != test.at {
					t.Fatalf("%v %q", p.Unhandled(), log.texts())
				}
			}
		})
	}
}

func TestTimersThatAreStoppedAreNamed(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		for script, want := range map[string]string{
			"setInterval(() => {}, 1000)":                                  "a timer was still running when the plugin was closed; it was stopped",
			"setInterval(() => {}, 1000); setTimeout(() => {}, 1000 * 60)": "2 timers were still running when the plugin was closed; they were stopped",
		} {
			var log journal
			o.Host.Log = &log
			p := mustOpen(t, js("api.export({run() { "+script+"; return 1 }})"), o)
			if _, err := p.Call(t.Context(), "run"); err != nil {
				t.Fatal(err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := log.texts(); len(got) != 1 || !strings.Contains(got[0], want) {
				t.Errorf("%s: %q", script, got)
			}
		}
	})
}

func TestExitThatDoesNotEndIsGivenUp(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		o.Limits.Grace = 100 * time.Millisecond
		p := mustOpen(t, js("api.export({exit: () => new Promise(r => setTimeout(r, 60000))})"), o)
		start := time.Now()
		if err := p.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "did not end within") || time.Since(start) > 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestFilesEnterByPath(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		path := t.TempDir() + "/a.txt"
		if err := os.WriteFile(path, []byte("inside"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := mustOpen(t, js("api.export({async run(ctx) { const f = ctx.data; return [f instanceof File, f.name, f.size, await f.text(), await api.echo({_rtype: 'file', _rname: 'x', _rpath: '/etc/passwd', _rsize: 1}).then(f => f.size)] }})"), o)
		v, err := p.Call(t.Context(), "run", value.NewObject("data", &value.File{Name: "a.txt", Type: "text/plain", Path: path}))
		if err != nil || show(v) != `[true,"a.txt",6,"inside",0]` {
			t.Errorf("%s %v", show(v), err)
		}
	})
}

func TestTraceShowsFrames(t *testing.T) {
	var out strings.Builder
	o := engine.Options{Trace: &out}
	p := mustOpen(t, js("api.export({run: () => 'result-text'})"), o)
	if _, err := p.Call(t.Context(), "run"); err != nil {
		t.Fatal(err)
	}
	_ = p.Close(t.Context())
	for _, want := range []string{`wire Test -> {"v":1,"kind":"call"`, "worker.start", `"result":"result-text"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in %s", want, out.String())
		}
	}
}

// Plugins seldom await what they say: it must arrive as it was said all the same,
// and before the end.
func TestUnawaitedCallsKeepTheirOrder(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host.Log = &log
		p := mustOpen(t, js(`api.export({
			run() { for (let i = 0; i < 300; i++) (i % 2 ? api.log : api.showStatus)(String(i)) },
			exit() { api.log('bye') },
		})`), o)
		if _, err := p.Call(t.Context(), "run"); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{}
		for i := range 300 {
			want = append(want, fmt.Sprintf("%s info %d", []string{"status", "log"}[i%2], i))
		}
		if got := log.texts(); !slices.Equal(got, append(want, "log info bye")) {
			t.Errorf("%d records: %v", len(got), got)
		}
	})
}

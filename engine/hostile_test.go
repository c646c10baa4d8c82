package engine_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

const (
	hostileTimeout = time.Second
	// killWithin is how long after the deadline an answer may come.
	killWithin = 1100 * time.Millisecond
	// slack is for a machine that is busy with other tests.
	slack = 3 * time.Second
	// hostileShare is one over the part that the plain test runs.
	hostileShare = 12
	// maxGrowth is how much this process may grow over all scripts, in KiB.
	maxGrowth = 64 << 10
)

// TestHostileScriptsAreContained runs each script in a worker: an answer comes in time,
// this process lives on and does not grow, and the next plugin is right. The plain test
// takes some of each kind, IMJOY_LONG=1 all.
func TestHostileScriptsAreContained(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute: run without -short")
	}
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: hostileTimeout, Memory: 256 << 20}, Host: hostileHost()}
	before := residentKiB(t)
	t.Run("all", func(t *testing.T) {
		for i, test := range hostile {
			if os.Getenv("IMJOY_LONG") == "" && i%hostileShare != 0 {
				continue
			}
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				attack(t, test, o)
			})
		}
	})
	runtime.GC()
	debug.FreeOSMemory()
	if grown := residentKiB(t) - before; grown > maxGrowth {
		t.Errorf("this process grew by %d KiB", grown)
	} else {
		t.Logf("%d scripts; this process grew by %d KiB", len(hostile), grown)
	}
}

// attack runs one script and then a plain plugin.
func attack(t *testing.T, test attempt, o engine.Options) {
	p := mustOpen(t, js(test.document()), o)
	start := time.Now()
	v, err := p.Call(t.Context(), "run")
	took := time.Since(start)
	if limit := hostileTimeout + killWithin + slack; took > limit {
		t.Errorf("the answer took %v, more than %v", took, limit)
	}
	reason, detail := thrown, ""
	var ended *engine.Ended
	if errors.As(err, &ended) {
		reason, detail = ended.Reason, ended.Error()+" "+ended.Tail
	}
	// A busy machine reaches the deadline before the memory's end.
	if !slices.Contains(test.ends, reason) && !(reason == engine.Timeout && slices.Contains(test.ends, engine.Memory)) {
		t.Errorf("it ended with %s, want %v: %s %v %.100v", reason, test.ends, detail, err, v)
	}
	if test.answer != "" && reason == thrown {
		if got := answerOf(v, err); !strings.Contains(got, test.answer) {
			t.Errorf("it answered %.200s, want %q", got, test.answer)
		}
	}
	t.Logf("%s in %v %.120v", reason, took.Round(time.Millisecond), err)
	next := mustOpen(t, js("api.export({run: () => [1, 2].map(x => x * 2)})"), o)
	if v, err := next.Call(t.Context(), "run"); err != nil || show(v) != "[2,4]" {
		t.Errorf("the next plugin: %v %v", show(v), err)
	}
}

func answerOf(v value.Value, err error) string {
	if err != nil {
		return err.Error()
	}
	return show(v)
}

func residentKiB(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // the system does not say
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	n, _ := strconv.Atoi(strings.Fields(rest)[0])
	return n
}

// Every function of api, and of the environment, with random lists of odd arguments:
// errors, never a panic of ours and never an end of the process. The seed is fixed, so
// that what is found once is found again.
func TestOddArguments(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host = engine.Host{Log: &log, Dialogs: people{}, Settings: settings{}, Files: folder{}, Plugins: others{}}
		p := mustOpen(t, js(oddArguments), o)
		v, err := p.Call(t.Context(), "run", 20261121.0, 5000.0)
		if err != nil || v != 10000.0 {
			t.Errorf("%v %v", show(v), err)
		}
	})
}

const oddArguments = `
	const odd = [undefined, null, NaN, -1, 0, 1e999, 2 ** 53, '', '../x', '\u0000', '\ud800', 'N', {}, [], [[]], () => 1, new Map(), new Set([1]), new Float32Array(2), new DataView(new ArrayBuffer(1)),
		{content: {a: 1}}, {get x() { throw 1 }}, Symbol.iterator, 10n, new Proxy({}, {}), new Proxy([], {get() { throw 2 }}), {length: 2 ** 40}, {_rtype: 'ndarray', _rvalue: 3}, {_rtype: 'function', _rvalue: -1},
		{name: 'x', type: 'y', encoder: 1}, class A {}, new Error('e'), new Date(NaN), /a/g, new Blob(['b']), Promise.resolve(1), {then(f) { f(1) }}, {toString() { throw 3 }}, {[Symbol.toPrimitive]: () => ({})}];
	// All that there is to call, with what keeps the script alive left out.
	const left = ['export', 'init', 'sleep', 'importScripts', 'setInterval', 'setTimeout', 'eval', 'Function', 'AsyncFunction'];
	const callable = (o, name) => { try { return typeof o[name] === 'function' && !left.includes(name) } catch { return false } };
	const ofAPI = [...Object.keys(api).map((k) => [api, k]), ...Object.keys(api.utils).map((k) => [api.utils, k])].filter(([o, k]) => callable(o, k));
	const names = ['console', 'performance', 'crypto', 'navigator'].flatMap((n) => Object.keys(self[n]).map((k) => [self[n], k]));
	const classes = ['Blob', 'File', 'FileReader', 'FileReaderSync', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Headers', 'Request', 'Response', 'FormData', 'Event', 'EventTarget', 'AbortController', 'MessageChannel', 'RegExp', 'DOMException', 'WeakRef'];
	const loose = ['atob', 'btoa', 'structuredClone', 'fetch', 'queueMicrotask', 'clearTimeout', 'addEventListener', 'postMessage'].map((k) => [self, k]);
	const instances = [new Blob(['ab']), new File(['a'], 'n'), new FileReader(), new FileReaderSync(), new URL('http://h/?a=1#b'), new URLSearchParams('a=1&b=2'), new TextEncoder(), new TextDecoder(), new Headers({a: '1'}),
		new Request('http://h/', {method: 'POST', body: 'x'}), new Response('{"a":1}'), new FormData(), new Event('x'), new EventTarget(), new AbortController(), new AbortController().signal, new MessageChannel().port1, /a(?<n>b)/d, new WeakRef({})];
	const members = (o) => o === Object.prototype || o === null ? [] : [...Object.getOwnPropertyNames(o), ...members(Object.getPrototypeOf(o))];
	const methods = instances.flatMap((o) => members(o).filter((k) => k !== 'constructor').map((k) => [o, k]));
	const ofEnvironment = [...names, ...loose, ...methods].filter(([o, k]) => callable(o, k));
	let seed;
	const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % n; };
	const list = () => Array.from({length: random(5)}, () => odd[random(odd.length)]);
	const judge = (e) => { if (/bug in imjoy/.test(String(e && e.message))) throw e };
	const text = (e) => { try { judge(e) } catch (bug) { return bug } };
	api.export({async run(from, each) {
		seed = from;
		let n = 0;
		for (let i = 0; i < each; i++, n++) {
			const [o, name] = ofAPI[random(ofAPI.length)], args = list();
			try { await o[name](...args) } catch (e) { const bug = text(e); if (bug) throw new Error('api.' + name + ': ' + bug.message) }
		}
		for (let i = 0; i < each; i++, n++) {
			const pick = random(3), args = list();
			let what = '';
			try {
				if (pick === 0) { what = classes[random(classes.length)]; new self[what](...args) }
				else { const [o, name] = ofEnvironment[random(ofEnvironment.length)]; what = name; const r = pick === 1 ? o[name](...args) : o[name].apply(odd[random(odd.length)], args); if (r instanceof Promise) await r; }
			} catch (e) { const bug = text(e); if (bug) throw new Error(what + ': ' + bug.message) }
		}
		return n;
	}})`

// hostileHost answers what these scripts may ask for; its people take their time.
func hostileHost() engine.Host { return engine.Host{Dialogs: sleepy{}} }

// sleepy are people who do not answer.
type sleepy struct{ people }

func (sleepy) Alert(ctx context.Context, _ engine.Message) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (sleepy) Confirm(ctx context.Context, _ engine.Message) (bool, error) {
	<-ctx.Done()
	return false, context.Cause(ctx)
}

// A plugin that waits for people, or for a function of its own that somebody else calls,
// is out of time all the same when it goes on working.
func TestWaitingIsNoShelter(t *testing.T) {
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: hostileTimeout}, Host: hostileHost()}
	for _, test := range hostile {
		if strings.HasPrefix(test.name, "a loop while") || test.name == "a callback that never ends" {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				attack(t, test, o)
			})
		}
	}
}

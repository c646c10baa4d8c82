package engine_test

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
)

// hostile are bodies of run() that try to hang, fill or crash whoever runs them. Each
// must end as one of the reasons, or as an error or a value where the language itself
// refuses (thrown).
const thrown engine.Reason = "thrown or returned"

var hostile = []struct {
	name, body string
	ends       []engine.Reason
}{
	{"busy loop", "while (1) {}", []engine.Reason{engine.Timeout}},
	{"busy loop with catch", "for (;;) { try { while (1) {} } catch (e) {} finally { continue } }", []engine.Reason{engine.Timeout}},
	{"microtask loop", "const f = () => Promise.resolve().then(f); await f()", []engine.Reason{engine.Timeout, engine.Memory}},
	{"await loop", "for (;;) await null", []engine.Reason{engine.Timeout, engine.Memory}},
	{"generator", "function* g() { for (;;) yield 1 } for (const x of g()) {}", []engine.Reason{engine.Timeout}},
	{"timer loop", "await new Promise(() => { const f = () => setTimeout(f, 0); f() })", []engine.Reason{engine.Timeout}},
	{"fill of 2**32-1", "Array(2**32-1).fill(0)", []engine.Reason{engine.Timeout, engine.Memory}},
	{"indexOf in a false length", "Array.prototype.indexOf.call({length: 2**53-1}, 1)", []engine.Reason{engine.Timeout}},
	{"sort with a false order", "const a = []; for (let i = 0; i < 1e6; i++) a.push(i); for (;;) a.sort(() => Math.random() - 0.5)", []engine.Reason{engine.Timeout, engine.Memory}},
	{"BigInt power", "let x = 3n; for (let i = 0; i < 40; i++) x = x * x", []engine.Reason{engine.Timeout, engine.Memory}},
	{"regular expression", "/^(?=a)(a+)+\\1$/.test('a'.repeat(40) + '!')", []engine.Reason{engine.Timeout, thrown}},
	{"repeat of 2**40", "'x'.repeat(2**40)", []engine.Reason{engine.Memory, thrown}},
	{"huge typed array", "return new Uint8Array(8e9).length", []engine.Reason{engine.Memory, thrown}},
	{"apply with a huge list", "Math.max.apply(null, {length: 2**31})", []engine.Reason{engine.Memory, engine.Timeout, thrown}},
	{"growing list", "const a = []; for (;;) a.push(new Uint8Array(1e6))", []engine.Reason{engine.Memory, engine.Timeout}},
	{"growing text", "let s = 'x'; for (;;) s += s", []engine.Reason{engine.Memory, engine.Timeout, thrown}},
	{"String.raw", "String.raw({raw: {length: 2**40}})", []engine.Reason{engine.Timeout, engine.Memory}},
	{"recursion", "function f() { f() } f()", []engine.Reason{engine.Stack}},
	{"recursion with catch", "function f() { try { f() } catch (e) { f() } } f()", []engine.Reason{engine.Stack}},
	{"recursion through toString", "const o = {toString() { return '' + o }}; return '' + o", []engine.Reason{engine.Stack, thrown}},
	{"recursion through a proxy", "let p = new Proxy({}, {get: (t, k, r) => r[k]}); return p.x", []engine.Reason{engine.Stack, thrown}},
	{"nested JSON", "return JSON.parse('['.repeat(5e6))", []engine.Reason{engine.Stack, engine.Memory, engine.Timeout, thrown}},
	{"nested source", "return eval('['.repeat(5e6))", []engine.Reason{engine.Stack, engine.Memory, engine.Timeout, thrown}},
	{"nested regular expression", "return new RegExp('('.repeat(1e6))", []engine.Reason{engine.Stack, engine.Memory, engine.Timeout, thrown}},
	{"nested value", "let a = []; for (let i = 0; i < 1e6; i++) a = [a]; return a", []engine.Reason{thrown, engine.Memory, engine.Timeout}},
	{"value that contains itself", "const a = {}; a.a = a; return a", []engine.Reason{thrown}},
	{"getters without end", "return new Proxy({}, {ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({configurable: true, enumerable: true}), get: (t, k, r) => r})", []engine.Reason{thrown, engine.Stack, engine.Timeout}},
	{"false length", "return {length: 2**40, __proto__: Array.prototype}", []engine.Reason{thrown}},
	{"list of 2**32-1 as an argument", "await api.echo(new Array(2**32-1))", []engine.Reason{thrown}},
	{"result of 200 MB", "return 'x'.repeat(2e8)", []engine.Reason{thrown, engine.Memory}},
	{"a billion log lines", "for (;;) console.log('x\\u001b[2J')", []engine.Reason{engine.Timeout}},
	{"a flood of calls", "for (;;) api.echo('x')", []engine.Reason{engine.Timeout, engine.Memory, engine.Crash}},
	{"a flood of callbacks", "for (let i = 0; i < 2e5; i++) api.echo(() => i); await api.utils.sleep(60)", []engine.Reason{engine.Timeout, engine.Memory, thrown}},
	{"broken prototypes", "Object.prototype.then = Function.prototype.call = Array.prototype[Symbol.iterator] = () => { throw 1 }; return [1]", []engine.Reason{thrown, engine.Timeout}},
	{"a promise for ever", "await new Promise(() => {})", []engine.Reason{thrown}},
}

const (
	hostileTimeout = time.Second
	// killWithin is how long after the deadline an answer may come.
	killWithin = 1100 * time.Millisecond
	// slack is for a machine that is busy with other tests.
	slack = 700 * time.Millisecond
)

func TestHostileScriptsAreContained(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute: run without -short")
	}
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: hostileTimeout, Memory: 256 << 20}}
	before := residentKiB(t)
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			p := mustOpen(t, js("api.export({async run() {"+test.body+"\n}})"), o)
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
			ok := false
			for _, allowed := range test.ends {
				// A busy machine reaches the deadline before the memory's end.
				ok = ok || reason == allowed || allowed == engine.Memory && reason == engine.Timeout
			}
			if !ok {
				t.Errorf("it ended with %s, want %v: %s %v %.100v", reason, test.ends, detail, err, v)
			}
			t.Logf("%s in %v %.120v", reason, took.Round(time.Millisecond), err)
			next := mustOpen(t, js("api.export({run: () => [1, 2].map(x => x * 2)})"), o)
			if v, err := next.Call(t.Context(), "run"); err != nil || show(v) != "[2,4]" {
				t.Errorf("the next plugin: %v %v", show(v), err)
			}
		})
	}
	runtime.GC()
	if grown := residentKiB(t) - before; grown > 200<<10 {
		t.Errorf("this process grew by %d KiB", grown)
	} else {
		t.Logf("this process grew by %d KiB", grown)
	}
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

func TestSourceMapsOpenNoFiles(t *testing.T) {
	path := t.TempDir() + "/secret.map"
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	onEach(t, func(t *testing.T, o engine.Options) {
		p := mustOpen(t, js("\napi.export({run() { eval('1\\n//# sourceMappingURL="+path+"'); return 'fine' }})\n//# sourceMappingURL="+path+"\n"), o)
		if v, err := p.Call(t.Context(), "run"); err != nil || v != "fine" {
			t.Errorf("%v %v", v, err)
		}
	})
}

// Every function of api with odd arguments: errors, never an end of the process.
func TestOddArgumentsOfAPI(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host = engine.Host{Log: &log, Dialogs: people{}, Settings: settings{}, Files: folder{}, Plugins: others{}}
		p := mustOpen(t, js(`
			const odd = [undefined, null, NaN, -1, 1e999, '', '../x', '\u0000', {}, [], [[]], () => 1, new Map(), new Float32Array(2), {content: {a: 1}}, {get x() { throw 1 }}, Symbol.iterator, 10n, new Proxy({}, {})];
			api.export({async run() {
				let n = 0;
				const all = {...api, ...api.utils};
				for (const name of Object.keys(all)) {
					if (typeof all[name] !== 'function' || ['export', 'init', 'sleep'].includes(name)) continue;
					for (const a of odd) for (const b of [undefined, a]) {
						n++;
						try { await all[name](a, b) } catch (e) {
							if (/bug in imjoy/.test(String(e && e.message))) throw e;
						}
					}
				}
				return n;
			}})`), o)
		v, err := p.Call(t.Context(), "run")
		if n, ok := v.(float64); err != nil || !ok || n < 1000 {
			t.Errorf("%v %v", v, err)
		}
	})
}

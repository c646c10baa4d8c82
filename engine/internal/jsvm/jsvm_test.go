package jsvm

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a host that answers echo and keeps what it is told.
type recorder struct {
	mu        sync.Mutex
	lines     []string
	unhandled []*wire.Fault
	calls     []string
	reachable bool
	assets    map[string]string
}

func (r *recorder) Begin(ctx context.Context, name string, args []value.Value) func() (value.Value, error) {
	return func() (value.Value, error) { return r.Call(ctx, name, args) }
}

func (r *recorder) Call(ctx context.Context, name string, args []value.Value) (value.Value, error) {
	r.mu.Lock()
	r.calls = append(r.calls, name)
	r.mu.Unlock()
	switch name {
	case "echo":
		return args[0], nil
	case "call":
		return args[0].(*value.Function).Call(ctx, args[1:]...)
	case "utils.sleep":
		time.Sleep(time.Duration(args[0].(float64) * float64(time.Second)))
		return nil, nil
	case "asset":
		if text, ok := r.assets[args[0].(string)]; ok {
			return text, nil
		}
	}
	return nil, &wire.Fault{Name: "NotSupportedError", Message: "no " + name}
}
func (r *recorder) Log(level, text string) {
	r.mu.Lock()
	r.lines = append(r.lines, level+": "+text)
	r.mu.Unlock()
}
func (r *recorder) Unhandled(f *wire.Fault) {
	r.mu.Lock()
	r.unhandled = append(r.unhandled, f)
	r.mu.Unlock()
}
func (r *recorder) Exported(names []string, _ *value.Object) {
	r.mu.Lock()
	r.lines = append(r.lines, "exported: "+strings.Join(names, " "))
	r.mu.Unlock()
}
func (r *recorder) Reachable() bool { return r.reachable }

func open(t testing.TB, host *recorder, scripts ...Script) (*VM, error) {
	t.Helper()
	vm, err := New(Options{Host: host, Constants: value.NewObject("TAG", "CPU")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close(); <-vm.Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return vm, vm.Start(ctx, scripts)
}

func script(text string) Script {
	s := source.New("a.imjoy.html", []byte(text))
	return Script{Body: source.Whole(s, s.All())}
}

// run starts a plugin whose run is the given function body.
func run(t testing.TB, body string, args ...value.Value) (value.Value, error) {
	t.Helper()
	vm, err := open(t, &recorder{}, script("api.export({async run(ctx, ...rest) {"+body+"}})"))
	if err != nil {
		t.Fatal(err)
	}
	return vm.Call(t.Context(), "run", args)
}

func show(t testing.TB, v value.Value) string {
	t.Helper()
	text, err := value.JSON(v)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(text)
}

func TestValuesLeaveAsTheyAre(t *testing.T) {
	for body, want := range map[string]string{
		"":                                    `null`,
		"return undefined":                    `null`,
		"return 'ä𝒳'":                         `"ä𝒳"`,
		"return {z: 1, a: [true, null, 1.5]}": `{"z":1,"a":[true,null,1.5]}`,
		"return NaN":                          `{"_rtype":"number","_rvalue":"NaN"}`,
		"return -0":                           `{"_rtype":"number","_rvalue":"-0"}`,
		"return 10n":                          `{"_rtype":"bigint","_rvalue":"10"}`,
		"return new Uint8Array([1,2]).buffer": `{"_rtype":"bytes","_rvalue":"AQI="}`,
		"return new Float32Array(new Float32Array([9,1.5,2]).buffer, 4, 2)":                         `{"_rtype":"typedarray","_rvalue":[1.5,2],"_rdtype":"float32"}`,
		"return new BigInt64Array([5n])":                                                            `{"_rtype":"typedarray","_rvalue":[5],"_rdtype":"int64"}`,
		"return new DataView(new Uint8Array([1,2]).buffer, 1)":                                      `{"_rtype":"bytes","_rvalue":"Ag=="}`,
		"return {_rtype:'ndarray', _rvalue: new Uint8Array([1,2]), _rshape:[2,1], _rdtype:'uint8'}": `{"_rtype":"ndarray","_rvalue":[1,2],"_rshape":[2,1],"_rdtype":"uint8"}`,
		"return new Set([1,'a'])":                                                                   `{"_rtype":"set","_rvalue":[1,"a"]}`,
		"return new Map([[{a:1}, 2]])":                                                              `{"_rtype":"orderedmap","_rvalue":[[{"a":1},2]]}`,
		"return new TypeError('no')":                                                                `{"_rtype":"error","_rvalue":"no","_rname":"TypeError"}`,
		"return new Date(0)":                                                                        `"1970-01-01T00:00:00.000Z"`,
		"return new File(['ab', new Uint8Array([99])], 'a.txt', {type:'text/plain'})":               `{"_rtype":"file","_rname":"a.txt","_rmime":"text/plain","_rsize":3,"_rvalue":"YWJj"}`,
		"return new Blob([new Blob(['x'])])":                                                        `{"_rtype":"blob","_rmime":"","_rvalue":"eA=="}`,
		"return class A{}":                                                                          `{"_rtype":"function","_rvalue":"A"}`,
		"class P { constructor(){this.x=1} m(){} }; return new P()":                                 `{"x":1}`,
		"class P { m(){} }; class Q extends P { n(){} }; const q = new Q(); q._rintf = 'id'; q._hidden=1; return q": `{"_rtype":"interface","_rid":"id","_rvalue":{"n":{"_rtype":"function","_rvalue":"n"},"m":{"_rtype":"function","_rvalue":"m"}}}`,
		"return [,1]":                            `[null,1]`,
		"return JSON.parse('{\"__proto__\":1}')": `{"__proto__":1}`,
	} {
		v, err := run(t, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if diff := cmp.Diff(want, show(t, v)); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestValuesThatCannotLeave(t *testing.T) {
	for body, want := range map[string]string{
		"const a = []; a.push(a); return a":                              "contains itself",
		"const a = {}; a.a = a; a.b = a; return a":                       "contains itself",
		"return Symbol('x')":                                             "cannot leave",
		"return [Promise.resolve(1)]":                                    "await it",
		"return {get x() { throw new RangeError('trap') }}":              "trap",
		"return new Proxy({}, {ownKeys() { throw new Error('proxy') }})": "proxy",
		"return new Array(2**32-1)":                                      "at most",
		"let a = []; for (let i = 0; i < 3000; i++) a = [a]; return a":   "nested deeper",
		"return null.x":   "Cannot read property",
		"throw 'text'":    "thrown: text",
		"throw {a:1}":     `thrown: {"a":1}`,
		"throw undefined": "thrown: undefined",
		"const e = new Error('x'); Object.defineProperty(e, 'message', {get() { throw 1 }}); throw e": "cannot be read",
	} {
		_, err := run(t, body)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestValuesEnterAsTheyAre(t *testing.T) {
	floats, _ := ndarray.Of([]float32{1, 2})
	typed := *floats
	typed.Typed = true
	matrix, _ := ndarray.Of([]uint16{1, 2, 3, 4}, 2, 2)
	mask, _ := ndarray.Wrap(ndarray.Bool, []int{2}, []byte{0, 1})
	halves, _ := ndarray.Wrap(ndarray.Float16, []int{1}, make([]byte, 2))
	for body, v := range map[string]value.Value{
		"return ctx === null": nil,
		"return ctx instanceof ArrayBuffer && ctx.byteLength === 2":                                                                                                   []byte{1, 2},
		"return ctx instanceof Float32Array && ctx[1] === 2":                                                                                                          &typed,
		"return ctx._rtype === 'ndarray' && ctx._rshape[1] === 2 && new Uint16Array(ctx._rvalue)[3] === 4 && ctx._rdtype === 'uint16'":                                matrix,
		"return ctx instanceof Uint16Array && ctx.length === 4 && ctx[3] === 4 && ctx.shape.join() === '2,2' && ctx.dtype === 'uint16' && ctx.buffer === ctx._rvalue": matrix,
		"return ctx instanceof Uint8Array && ctx.dtype === 'bool' && ctx[1] === 1":                                                                                    mask,
		"return !ArrayBuffer.isView(ctx) && ctx._rtype === 'ndarray' && ctx._rdtype === 'float16' && ctx._rvalue.byteLength === 2":                                    halves,
		"return ctx instanceof Set && ctx.has('a')":                                                                                                                   &value.Set{Items: []any{"a"}},
		"return ctx instanceof Map && ctx.get(1) === 'b'":                                                                                                             &value.Map{Pairs: [][2]any{{1.0, "b"}}},
		"return ctx instanceof RangeError && ctx.message === 'm'":                                                                                                     &value.Error{Name: "RangeError", Message: "m"},
		"return ctx instanceof Error && ctx.name === 'KeyError'":                                                                                                      &value.Error{Name: "KeyError", Message: "m"},
		"return ctx instanceof File && ctx.name === 'n' && await ctx.text() === 'hé' && ctx.size === 3":                                                               &value.File{Name: "n", Data: []byte("hé")},
		"return ctx instanceof Blob && !(ctx instanceof File) && ctx.type === 't'":                                                                                    &value.Blob{Type: "t", Data: []byte("x")},
		"return ctx === 2n**60n":                                     int64(1 << 60),
		"return Object.keys(ctx).join() === 'z,a' && ctx.a[0] === 1": value.NewObject("z", nil, "a", []any{1.0}),
		"return Object.getPrototypeOf(ctx) === Object.prototype && Object.keys(ctx)[0] === '__proto__'": value.NewObject("__proto__", 1.0),
		"return await ctx.f(20) === 40": &value.Interface{ID: "i", Members: value.NewObject("f", &value.Function{Call: func(_ context.Context, args ...value.Value) (value.Value, error) {
			return args[0].(float64) * 2, nil
		}})},
		"try { await ctx() } catch (e) { return e instanceof TypeError && e.message === 'no' }": &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) {
			return nil, &wire.Fault{Name: "TypeError", Message: "no"}
		}},
	} {
		if got, err := run(t, body, v); err != nil || got != true {
			t.Errorf("%s: %v %v", body, got, err)
		}
	}
}

func TestExport(t *testing.T) {
	for name, test := range map[string]struct{ text, want, err string }{
		"object":        {text: "api.export({run(){}, _hidden(){}, version: 3, tools: {a(){}}})", want: "run tools.a | {\"version\":3}"},
		"class":         {text: "class A { m(){} _p(){} }; class B extends A { constructor(){ super(); this.own = () => 1; this.x = 'y' } run(){} }; api.export(new B())", want: "own run m | {\"x\":\"y\"}"},
		"late":          {text: "setTimeout(async () => { await api.echo(1); api.export({run(){}}) }, 5)", want: "run | {}"},
		"init":          {text: "api.init()", want: "setup | {}"},
		"twice":         {text: "api.export({a(){}}); api.export({b(){}})", want: "b | {}"},
		"missing":       {text: "const x = 1", err: "never calls api.export"},
		"the class":     {text: "class Hello {}; api.export(Hello)", err: "export an instance, api.export(new Hello())"},
		"a number":      {text: "api.export(3)", err: "needs an object"},
		"script throws": {text: "\n\nnull.x", err: "Cannot read property"},
		"async throws":  {text: "(async () => { await null; boom() })()", err: "boom is not defined"},
		"document":      {text: "document.title", err: "document is not defined"},
		"api member":    {text: "api.export({run(){}, tag: api.TAG})", want: "run | {\"tag\":\"CPU\"}"},
	} {
		t.Run(name, func(t *testing.T) {
			vm, err := open(t, &recorder{}, script(test.text))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			names, values, err := vm.Exports(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(names, " ") + " | " + show(t, values); got != test.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestMethodsOfWhatIsExported(t *testing.T) {
	vm, err := open(t, &recorder{}, script("class A { constructor(){ this.n = 1 } inc(){ return ++this.n } }; const a = new A(); a.inner = {f() { return 'f' }}; api.export(a)"))
	if err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]string{"inc": "2", "inner.f": `"f"`} {
		if v, err := vm.Call(t.Context(), method, nil); err != nil || show(t, v) != want {
			t.Errorf("%s: %v %v", method, v, err)
		}
	}
	for _, method := range []string{"absent", "n", "toString", "constructor", "__proto__", "inner.g", ""} {
		if v, err := vm.Call(t.Context(), method, nil); err == nil {
			t.Errorf("%q gives %v", method, v)
		}
	}
}

func TestErrorsStandAtDocumentPositions(t *testing.T) {
	text := "<script>\n    // ä\n    async function* gen() { yield 1 }\n    function inner() { throw new TypeError('ö') }\n    api.export({async run() {\n      const s = 'ä𝒳'; inner()\n    }})\n</script>"
	s := source.New("a", []byte(text))
	start, end := strings.Index(text, "\n"), strings.Index(text, "</script>")
	var cuts []source.Span
	for i := start; i < end-4; i++ {
		if text[i] == '\n' {
			cuts = append(cuts, source.Span{Start: i + 1, End: i + 5})
		}
	}
	lowered := Script{Body: source.Cut(s, source.Span{Start: start, End: end}, cuts)}
	plain := strings.Replace(text, "async function* gen() { yield 1 }", "                                 ", 1)
	s2 := source.New("a", []byte(plain))
	for name, sc := range map[string]Script{"plain": {Body: source.Cut(s2, source.Span{Start: start, End: end}, cuts)}, "lowered": lowered, "typescript": {Body: lowered.Body, TypeScript: true}} {
		t.Run(name, func(t *testing.T) {
			vm, err := open(t, &recorder{}, sc)
			if err != nil {
				t.Fatal(err)
			}
			_, err = vm.Call(t.Context(), "run", nil)
			var fault *wire.Fault
			if !errors.As(err, &fault) || fault.Name != "TypeError" || fault.Message != "ö" || len(fault.Stack) < 2 {
				t.Fatalf("got %#v", err)
			}
			want := []wire.Position{{Line: 4, Column: 30, Function: "inner"}, {Line: 6, Column: 28, Function: "run"}}
			if name != "plain" { // a source map knows where a statement or call begins
				for i := range want {
					want[i].Column, fault.Stack[i].Column = 0, 0
				}
				want[1].Function, fault.Stack[1].Function = "", ""
			}
			if diff := cmp.Diff(want, fault.Stack[:2]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSyntaxErrorsStandInTheDocument(t *testing.T) {
	_, err := open(t, &recorder{}, script("let a = 1;\n  let b = = 2"))
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Name != "SyntaxError" || len(fault.Stack) != 1 || fault.Stack[0].Line != 2 || fault.Stack[0].Column != 11 {
		t.Errorf("got %+v", fault)
	}
}

func TestNewerSyntax(t *testing.T) {
	for _, text := range []string{
		"class A { static { A.x = 1 } #p = 2; get p() { return this.#p } }; api.export({run: () => A.x + new A().p === 3})",
		"async function* g() { yield 1; yield 2 }; api.export({async run() { let s = 0; for await (const x of g()) s += x; return s === 3 }})",
		"api.export({run: () => { const o = {a: null}; o.a ??= 5; return o?.a === 5 && 1_000 === 1000 }})",
		"api.export({run: () => 'a1'.replaceAll('a', 'b').at(-1) === '1'})",
	} {
		vm, err := open(t, &recorder{}, script(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if v, err := vm.Call(t.Context(), "run", nil); err != nil || v != true {
			t.Errorf("%s: %v %v", text, v, err)
		}
	}
}

func TestModules(t *testing.T) {
	module := script("const x = await api.echo(41);\napi.export({run: () => x + 1})")
	module.Module = true
	vm, err := open(t, &recorder{}, module)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := vm.Call(t.Context(), "run", nil); err != nil || v != 42.0 {
		t.Errorf("%v %v", v, err)
	}
	module = script("// import in a comment\n  import x from 'https://example.com/x.js'\napi.export({})")
	module.Module = true
	_, err = open(t, &recorder{}, module)
	var fault *wire.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Message, "example.com") || fault.Stack[0].Line != 2 {
		t.Errorf("got %+v", err)
	}
}

func TestNothingEverHangs(t *testing.T) {
	for body, want := range map[string]string{
		"return new Promise(() => {})": "never settles",
		"await new Promise(() => {})":  "never settles",
		"return {then() {}}":           "never settles",
	} {
		start := time.Now()
		_, err := run(t, body)
		if err == nil || !strings.Contains(err.Error(), want) || time.Since(start) > 10*time.Second {
			t.Errorf("%s: %v after %v", body, err, time.Since(start))
		}
	}
	if v, err := run(t, "return new Promise(r => setTimeout(r, 20, 'late'))"); err != nil || v != "late" {
		t.Errorf("a timer is no hang: %v %v", v, err)
	}
	if v, err := run(t, "await api.utils.sleep(0.02); return 'slept'"); err != nil || v != "slept" {
		t.Errorf("a call of the host is no hang: %v %v", v, err)
	}
}

func TestUnhandledRejectionsAreReported(t *testing.T) {
	host := &recorder{}
	vm, err := open(t, host, script("api.export({run() { Promise.reject(new Error('lost')); setTimeout(() => { throw new Error('timer') }, 0); Promise.reject(1).catch(() => {}) }})"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vm.Call(t.Context(), "run", nil); err != nil {
		t.Fatal(err)
	}
	told := func() int {
		host.mu.Lock()
		defer host.mu.Unlock()
		return len(host.unhandled)
	}
	for end := time.Now().Add(10 * time.Second); told() < 2 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // for one too many
	host.mu.Lock()
	defer host.mu.Unlock()
	if len(host.unhandled) != 2 || host.unhandled[0].Message != "lost" || host.unhandled[1].Message != "timer" || host.unhandled[0].Stack == nil {
		t.Errorf("got %v", host.unhandled)
	}
}

func TestInterruptSaysWhereItWas(t *testing.T) {
	vm, err := open(t, &recorder{}, script("let n = 0; api.export({run() {\n  while (true) { n++ }\n}, next() { return 'fine' }})"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = vm.Call(ctx, "run", nil)
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Name != "AbortError" || len(fault.Stack) == 0 || fault.Stack[0].Line != 2 {
		t.Fatalf("got %+v", err)
	}
	if v, err := vm.Call(t.Context(), "next", nil); err != nil || v != "fine" {
		t.Errorf("the plugin must go on: %v %v", v, err)
	}
}

func TestStackOverflowIsNamed(t *testing.T) {
	_, err := run(t, "function f() { f() }; f()")
	var fault *wire.Fault
	if !errors.As(err, &fault) || fault.Name != StackOverflow {
		t.Errorf("got %v", err)
	}
}

// What a plugin does to prototypes and globals reaches neither our glue nor others.
func TestIntrinsicsAreCapturedFirst(t *testing.T) {
	vm, err := open(t, &recorder{}, script(`
		Promise.prototype.then = function () { throw new Error("stolen") };
		Promise.resolve = () => { throw new Error("stolen") };
		Map.prototype.forEach = Set.prototype.forEach = Array.prototype.push = () => { throw new Error("stolen") };
		Object.defineProperty(Object.prototype, "_rtype", {get() { return "bytes" }, configurable: true});
		Reflect.ownKeys = Object.keys = () => ["evil"];
		Error = TypeError = JSON.stringify = undefined;
		api.export({run: () => ({m: new Map([[1, 2]]), a: [1, new Set([3])], f: new Float32Array(1)})})`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := vm.Call(t.Context(), "run", nil)
	want := `{"m":{"_rtype":"orderedmap","_rvalue":[[1,2]]},"a":[1,{"_rtype":"set","_rvalue":[3]}],"f":{"_rtype":"typedarray","_rvalue":[0],"_rdtype":"float32"}}`
	if err != nil || show(t, v) != want {
		t.Errorf("%v %v", show(t, v), err)
	}
}

func TestEnvironment(t *testing.T) {
	for _, body := range []string{
		"return self === globalThis && typeof window === 'undefined' && typeof require === 'undefined' && typeof process === 'undefined'",
		"return new TextDecoder().decode(new TextEncoder().encode('hé𝒳')) === 'hé𝒳'",
		"return new TextDecoder('latin1').decode(new Uint8Array([233])) === 'é'",
		"try { new TextDecoder('utf-8', {fatal: true}).decode(new Uint8Array([255])) } catch (e) { return e instanceof TypeError }",
		"return btoa('hé') === 'aOk=' && atob('aOk=') === 'hé'",
		"try { btoa('𝒳') } catch (e) { return e.name === 'InvalidCharacterError' }",
		"const u = new URL('../b?x=1&y=a%20b#h', 'https://me:pw@Example.com:443/a/c'); return u.href === 'https://me:pw@example.com/b?x=1&y=a%20b#h' && u.searchParams.get('y') === 'a b' && u.origin === 'https://example.com'",
		"try { new URL('nope') } catch (e) { return e instanceof TypeError }",
		"return [...new URLSearchParams('a=1&b=2&a=3')].length === 3 && new URLSearchParams({q: 'a b'}).toString() === 'q=a+b'",
		"const o = {d: new Date(5), m: new Map([[1, {x: 1}]]), f: new Float32Array([1])}; o.self = o; const c = structuredClone(o); return c !== o && c.self === c && c.m.get(1).x === 1 && c.f[0] === 1 && c.f !== o.f && c.d.getTime() === 5",
		"try { structuredClone(() => 1) } catch (e) { return e.name === 'DataCloneError' }",
		"const b = new Uint32Array(4); crypto.getRandomValues(b); return b.some(x => x) && /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(crypto.randomUUID())",
		"return performance.now() >= 0",
		"const r = new FileReader(); return new Promise(ok => { r.onload = () => ok(r.result === 'data:text/plain;base64,aGk='); r.readAsDataURL(new Blob(['hi'], {type: 'text/plain'})) })",
		"let order = []; setTimeout(() => order.push(3)); queueMicrotask(() => order.push(2)); order.push(1); return new Promise(ok => setTimeout(() => ok(order.join() === '1,2,3'), 10))",
		"let n = 0; return new Promise(ok => { const id = setInterval(() => { if (++n === 3) { clearInterval(id); ok(true) } }, 1) })",
		"try { await fetch('https://example.com') } catch (e) { return e.message === 'no fetch' }",
		"return typeof Symbol.asyncIterator === 'symbol'",
		"return Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even')).odd.join() === '1,3' && Map.groupBy([1, 2, 3], (x) => x % 2).get(1).length === 2",
		"const {promise, resolve} = Promise.withResolvers(); resolve(4); return await promise === 4 && await Promise.try(() => 5) === 5",
		"return (await Array.fromAsync([1, Promise.resolve(2)], (x) => x * 2)).join() === '2,4'",
		"const e = new RegExp('^' + RegExp.escape('a.b c') + '$'); return e.test('a.b c') && !e.test('axb c') && Error.isError(new TypeError()) && !Error.isError({})",
		"try { Atomics.load(new Int32Array(1), 0) } catch (e) { return e instanceof ReferenceError }",
		"return typeof Intl === 'undefined' && typeof WebAssembly === 'undefined' && typeof Worker === 'undefined'",
		"return self instanceof WorkerGlobalScope && self instanceof DedicatedWorkerGlobalScope && !({} instanceof WorkerGlobalScope)",
		"return (await new Blob(['abc']).slice(1).text()) === 'bc'",
	} {
		if v, err := run(t, body); err != nil || v != true {
			t.Errorf("%s: %v %v", body, v, err)
		}
	}
}

func TestConsole(t *testing.T) {
	host := &recorder{}
	_, err := open(t, host, script("console.log('a', 1, {b: [undefined]}, [1n], new Error('e'), () => 1, new Uint8Array(1000)); console.warn('w'); console.assert(false, 'x'); api.export({})"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`log: a 1 {"b":[null]} [{"_rtype":"bigint","_rvalue":"1"}] Error: e [function ] [uint8 array 1000]`, "warn: w", "error: assertion failed: x"}
	if diff := cmp.Diff(want, host.lines); diff != "" {
		t.Error(diff)
	}
}

func TestImportScripts(t *testing.T) {
	host := &recorder{assets: map[string]string{"https://x/lib.js": "var lib = {version: 7}"}}
	vm, err := open(t, host, script("importScripts('https://x/lib.js'); let caught; try { importScripts('https://x/no.js') } catch (e) { caught = e.message }; api.export({run: () => [lib.version, caught]})"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := vm.Call(t.Context(), "run", nil); err != nil || show(t, v) != `[7,"no asset"]` {
		t.Errorf("%v %v", v, err)
	}
}

func TestCallbacksOfThePlugin(t *testing.T) {
	vm, err := open(t, &recorder{}, script("api.export({async run() { let sum = 0; for (let i = 0; i < 3; i++) sum += await api.call(async (x) => x * 2, i); return sum }})"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := vm.Call(t.Context(), "run", nil); err != nil || v != 6.0 {
		t.Errorf("%v %v", v, err)
	}
}

func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	s := script("class A { setup() {} run(ctx) { return ctx } }; api.export(new A())")
	for b.Loop() {
		vm, err := New(Options{Host: &recorder{}})
		if err != nil {
			b.Fatal(err)
		}
		if err := vm.Start(b.Context(), []Script{s}); err != nil {
			b.Fatal(err)
		}
		vm.Close()
	}
}

func BenchmarkCall(b *testing.B) {
	vm, err := open(b, &recorder{}, script("api.export({run: x => x})"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vm.Call(b.Context(), "run", []value.Value{1.0}); err != nil {
			b.Fatal(err)
		}
	}
}

// Shape and dtype survive the way in and out, and what a script makes of an array has
// the shape that it says.
func TestArraysKeepTheirShape(t *testing.T) {
	matrix, _ := ndarray.Of([]uint16{1, 2, 3, 4, 5, 6}, 2, 3)
	mask, _ := ndarray.Wrap(ndarray.Bool, []int{1, 2}, []byte{0, 1})
	scalar, _ := ndarray.Of([]float32{1.5})
	scalar.Shape = []int{}
	for _, test := range []struct {
		body, want string
		v          value.Value
	}{
		{"return ctx", `{"_rtype":"ndarray","_rvalue":[1,2,3,4,5,6],"_rshape":[2,3],"_rdtype":"uint16"}`, matrix},
		{"return {...ctx}._rshape", `[2,3]`, matrix},
		{"ctx = ctx.slice(); ctx[0] = 9; ctx.shape = [6, 1]; return ctx", `{"_rtype":"ndarray","_rvalue":[9,2,3,4,5,6],"_rshape":[6,1],"_rdtype":"uint16"}`, matrix},
		{"return ctx.subarray(1, 3)", `{"_rtype":"typedarray","_rvalue":[2,3],"_rdtype":"uint16"}`, matrix},
		{"return {_rtype: 'ndarray', _rvalue: ctx._rvalue, _rshape: [3, 2], _rdtype: ctx._rdtype}", `{"_rtype":"ndarray","_rvalue":[1,2,3,4,5,6],"_rshape":[3,2],"_rdtype":"uint16"}`, matrix},
		{"return ctx", `{"_rtype":"ndarray","_rvalue":[false,true],"_rshape":[1,2],"_rdtype":"bool"}`, mask},
		{"return ctx", `{"_rtype":"ndarray","_rvalue":[1.5],"_rshape":[],"_rdtype":"float32"}`, scalar},
		{"const a = new Float32Array([1, 2]); a.shape = [2, 1]; return a", `{"_rtype":"ndarray","_rvalue":[1,2],"_rshape":[2,1],"_rdtype":"float32"}`, nil},
		{"const a = new Uint8Array([1, 0]); a.shape = [2]; a.dtype = 'bool'; return a", `{"_rtype":"ndarray","_rvalue":[true,false],"_rshape":[2],"_rdtype":"bool"}`, nil},
	} {
		if v, err := run(t, test.body, test.v); err != nil || show(t, v) != test.want {
			t.Errorf("%s: got %s %v, want %s", test.body, show(t, v), err, test.want)
		}
	}
	for _, body := range []string{"ctx.shape = [5, 1]; return ctx", "ctx.shape = [-1, -6]; return ctx", "ctx.shape = [2 ** 40, 2]; return ctx", "ctx.shape = {length: 1e9}; return ctx"} {
		if v, err := run(t, body, matrix); err == nil {
			t.Errorf("%s: %s", body, show(t, v))
		}
	}
}

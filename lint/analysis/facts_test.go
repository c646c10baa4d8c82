package analysis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// uses describes what rules about calls, pages and results ask of a text.
func uses(text string, c *Code) string {
	var b strings.Builder
	for _, u := range c.Uses {
		if len(u.Arguments) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s(", u.Path)
		for i, a := range u.Arguments {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString([...]string{"other", "text", "number", "object", "function", "list"}[a.Kind])
			for _, k := range a.Keys {
				fmt.Fprintf(&b, " %s=%s", k.Text, a.Values[k.Text].Text)
			}
		}
		b.WriteString(")\n")
	}
	for _, l := range c.Free {
		fmt.Fprintf(&b, "free %s\n", text[l.Span.Start:l.Span.End])
	}
	for _, l := range c.Elements {
		fmt.Fprintf(&b, "element %s\n", l.Text)
	}
	for _, l := range c.Regexps {
		fmt.Fprintf(&b, "regexp %s\n", text[l.Span.Start:l.Span.End])
	}
	for _, s := range c.Debuggers {
		fmt.Fprintf(&b, "%s\n", text[s.Start:s.End])
	}
	for _, u := range c.Unawaited {
		fmt.Fprintf(&b, "unawaited %s of %s at %q\n", u.Text, u.Path, text[u.Span.Start:u.Span.End])
	}
	for _, d := range c.Dated {
		fmt.Fprintf(&b, "dated %s\n", text[d.Span.Start:d.Span.End])
	}
	for _, n := range c.Needs {
		if n.Text != "imjoy" {
			fmt.Fprintf(&b, "needs %s\n", n.Text)
		}
	}
	for _, e := range c.Exports {
		if e.Conditional {
			b.WriteString("conditional export\n")
		}
		for _, name := range []string{"setup", "run"} {
			if a, ok := e.Arity[name]; ok {
				fmt.Fprintf(&b, "%s takes %d to %d\n", name, a.Least, a.Most)
			}
		}
	}
	return b.String()
}

func TestWhatJavaScriptDoes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"arguments", "api.alert('a', 2); api.createWindow({type: 'V', w: 1}); api.on(() => {}, [1]); api.run(...x)", "alert(text, number)\ncreateWindow(object type=V w=)\non(function, list)\nfree x\n"},
		{"names of the host", "let a; document.title = a; window.x; function f(document) { document }", "free document\nfree window\n"},
		{"elements", "const d = document; d.getElementById('a'); d.querySelector('#b'); d.querySelector('#b .c'); d.querySelector('p')", "free document\nelement a\nelement b\n"},
		{"regular expressions and debugger", "if (/a+/g.test('')) { debugger }", "regexp /a+/g\ndebugger\n"},
		{"results that are not awaited", "async function f() { const w = api.createWindow(1); w.run(); api.getPlugin(1).x() }", "createWindow(number)\ngetPlugin(number)\nunawaited run of createWindow at \"run\"\nunawaited x of getPlugin at \"x\"\n"},
		{"results that are", "async function f() { const w = api.a(1); await w; w.b; const v = await api.c(1); v.d; const u = api.e(1); u.then(1); let t = api.g(1); t = 2; t.h; Promise.all([api.i(1)]); const s = api.j(1); k(s); s.l }", "a(number)\nc(number)\ne(number)\ng(number)\ni(number)\nj(number)\nfree Promise\nfree k\n"},
		{"where the export stands", "if (1) { api.export({}) }", "export(object)\nconditional export\n"},
		{"at the top", "api.export({})", "export(object)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, uses(test.text, readJavaScript(test.text, false, false))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatPythonDoes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"results", "from imjoy import api\nasync def f():\n    w = api.createWindow(1)\n    w.run()\n    api.a().b()\n    api.c().then(1)\n    v = await api.d()\n    v.e\n    u = api.g()\n    await u\n    u.h\n    t = api.i()\n    j(t)\n    t.k\n",
			"createWindow(number)\nfree j\nunawaited run of createWindow at \"run\"\nunawaited b of a at \"b\"\n"},
		{"Python 2", "import urllib2\nxrange(1)\nd.has_key(1)\nd.items()\ndef unicode(): pass\nunicode()\ntry:\n    raw_input\nexcept NameError:\n    pass\n", "free xrange\nfree d\nfree raw_input\nfree NameError\ndated import urllib2\ndated xrange\ndated has_key\n"},
		{"modules", "import os, numpy.linalg\nfrom skimage import io\ntry:\n    import a\nexcept ImportError:\n    pass\nif x:\n    import b\nfrom . import c\n", "free ImportError\nfree x\nneeds numpy\nneeds skimage\n"},
		{"how functions are called", "from imjoy import api\nclass P:\n    def setup(self, a, b=1): pass\n    def run(self, *args): pass\napi.export(P())\n", "export(other)\nsetup takes 1 to 2\nrun takes 0 to -1\n"},
		{"functions alone", "from imjoy import api\ndef f(ctx): pass\ndef g(): pass\nif x:\n    api.export({'run': f, 'setup': g})\n", "export(object run= setup=)\nfree x\nconditional export\nsetup takes 0 to 0\nrun takes 1 to 1\n"},
		{"decorated ones are not known", "from imjoy import api\n@x\ndef f(): pass\napi.export({'run': f})\n", "export(object run=)\nfree x\n"},
		{"arguments", "api.alert('a', 2, w=x)\napi.a()\napi.b(*c)\napi.showDialog(type='V', name=f'{x}')\napi.setConfig('a', [1], {'k': 'v'}, lambda: 1)\n", "alert(text, number, object w=)\nshowDialog(object type=V name=)\nsetConfig(text, list, object k=v, function)\nfree x\nfree c\n"},
	}
	texts := make([]string, len(tests))
	for i, test := range tests {
		texts[i] = test.text
	}
	codes, err := python3(t).Read(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		if diff := cmp.Diff(test.want, uses(test.text, codes[i])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// given describes what run gives back.
func given(c *Code) string {
	if len(c.Exports) == 0 || c.Exports[0].Run == nil {
		return "unknown"
	}
	r := c.Exports[0].Run
	var b strings.Builder
	for _, l := range r.Returns {
		b.WriteString(l.Text + " ")
	}
	fmt.Fprintf(&b, "complete=%t", r.Complete)
	if r.Yields {
		b.WriteString(" yields")
	}
	for _, l := range r.Keeps {
		b.WriteString(" keeps " + l.Text)
	}
	return b.String()
}

func TestWhatRunGives(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"an object", "api.export({run() { return {a: 1, 'b': 2, c} }})", "a b c complete=true"},
		{"nothing", "api.export({run() { draw() }})", "complete=false"},
		{"an arrow", "api.export({run: ctx => ({a: 1})})", "a complete=true"},
		{"a function of another place", "async function run(ctx) { if (ctx) return {a: 1}; return {b: 1} }\napi.export({setup() {}, run})", "a b complete=true"},
		{"a class", "class P { run(ctx) { for (const x of y) { try { return {a: x} } catch (e) { return null } } } }\napi.export(new P())", "a complete=false"},
		{"a variable that gets more", "api.export({run() { const out = {a: 1}; out.b = 2; out['c'] = 3; return out }})", "a b c complete=true"},
		{"a variable that gets what is not known", "api.export({run() { const out = {a: 1}; out[k] = 2; return out }})", "a complete=false"},
		{"the argument with more", "api.export({run(ctx) { ctx.a = 1; return ctx }})", "complete=false"},
		{"a function inside", "api.export({run(ctx) { list.map(() => { return {x: 1} }); return {a: 1, ...b} }})", "a complete=false"},
		{"a generator", "api.export({*run() { yield {a: 1}; while (1) yield {name: 'x'} }})", "a name complete=true yields"},
		{"what stays", "class P { run() { this.n = 1; return {} } }\napi.export(new P())", "complete=true keeps n"},
		{"no function", "api.export({run: make()})", "unknown"},
	} {
		if diff := cmp.Diff(test.want, given(readJavaScript(test.text, false, false))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	tests := []struct{ name, text, want string }{
		{"an object", "def run(ctx):\n    return {'a': 1, 'b': 2}\napi.export({'run': run})", "a b complete=true"},
		{"nothing", "def run(ctx):\n    pass\napi.export({'run': run})", "complete=false"},
		{"a method", "class P:\n    def run(self, ctx):\n        out = {'a': 1}\n        out['b'] = 2\n        self.n = 1\n        def inner():\n            return {'x': 1}\n        return out\napi.export(P())", "a b complete=true keeps n"},
		{"computed", "def run(ctx):\n    if ctx:\n        return {k: 1, 'a': 2}\n    return make()\napi.export({'run': run})", "a complete=false"},
		{"a generator", "def run(ctx):\n    global n\n    n = 1\n    yield {'a': 1}\napi.export({'run': run})", "a complete=true yields keeps n"},
		{"a variable set again", "def run(ctx):\n    out = {'a': 1}\n    out = make(out)\n    return out\napi.export({'run': run})", "a complete=false"},
		{"the argument with more", "def run(ctx):\n    ctx['a'] = 1\n    return ctx\napi.export({'run': run})", "complete=false"},
	}
	texts := make([]string, len(tests))
	for i, test := range tests {
		texts[i] = test.text
	}
	codes, err := python3(t).Read(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		if diff := cmp.Diff(test.want, given(codes[i])); diff != "" {
			t.Errorf("Python: %s (-want +got):\n%s", test.name, diff)
		}
	}
}

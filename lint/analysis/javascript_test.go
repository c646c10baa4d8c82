package analysis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// describe lists the facts of a code, one a line, with the text each points at.
func describe(text string, c *Code) string {
	var b strings.Builder
	at := func(s source.Span) string { return text[s.Start:s.End] }
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if !c.Read {
		line("unread %s", c.Reason)
	}
	for _, f := range c.Faults {
		line("fault %q %s", at(f.Span), f.Message)
	}
	if c.Late {
		line("late")
	}
	if c.Escapes {
		line("escapes")
	}
	if c.ModuleOnly != nil {
		line("module only %q", at(c.ModuleOnly.Span))
	}
	for _, e := range c.Exports {
		var names []string
		for _, m := range e.Members {
			if !strings.Contains(at(m.Span), m.Text) && !e.Init {
				line("member %s is at %q", m.Text, at(m.Span))
			}
			names = append(names, m.Text)
		}
		line("export %q %s complete=%t [%s]", at(e.Span), [...]string{"unknown", "object", "class", "nothing"}[e.What], e.Complete, strings.Join(names, " "))
	}
	for _, u := range c.Uses {
		first := ""
		if u.First != nil {
			first = " " + at(u.First.Span)
		}
		line("use %s at %q call=%t%s", u.Path, at(u.Span), u.Call, first)
	}
	for _, l := range c.Imports {
		line("import %s at %q", l.Text, at(l.Span))
	}
	for _, l := range c.URLs {
		line("url %s at %q", l.Text, at(l.Span))
	}
	for _, l := range c.Settings {
		line("setting %s at %q", l.Text, at(l.Span))
	}
	for _, a := range c.Undeclared {
		line("undeclared %s at %q throws=%t", a.Text, at(a.Span), a.Throws)
	}
	for _, m := range c.Misnamed {
		line("misnamed %s.%s at %q meant %q", m.Object, m.Text, at(m.Span), m.Meant)
	}
	return b.String()
}

func TestJavaScript(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		module, types    bool
	}{
		{name: "a class instance", text: "class P { setup() {} async run(ctx) { api.alert('hi') } _x() {} static no() {} constructor() { this.y = 1 } }\napi.export(new P())",
			want: `export "api.export" object complete=true [setup run _x y]
use alert at "alert" call=true 'hi'
use export at "export" call=true
`},
		{name: "a class by name, a base class, a field", text: "class A { setup() {} }\nclass B extends A { run() {}; z = 1 }\nconst b = new B\napi.export(b)",
			want: "export \"api.export\" object complete=true [run z setup]\nuse export at \"export\" call=true\n"},
		{name: "a base class that is not here", text: "class B extends Other { run() {} }\napi.export(new B())",
			want: "export \"api.export\" object complete=false [run]\nuse export at \"export\" call=true\n"},
		{name: "an object", text: "const extra = 1\nconst o = {setup() {}, run: () => 1, extra, 'x y': 2}\no.late = 1\napi.export(o)",
			want: "export \"api.export\" object complete=true [late setup run extra x y]\nuse export at \"export\" call=true\n"},
		{name: "an object with a spread", text: "api.export({setup() {}, ...rest})",
			want: "export \"api.export\" object complete=false [setup]\nuse export at \"export\" call=true\n"},
		{name: "a class itself", text: "class P { run() {} }\napi.export(P)",
			want: "export \"api.export\" class complete=true []\nuse export at \"export\" call=true\n"},
		{name: "nothing", text: "api.export()", want: "export \"api.export\" nothing complete=true []\nuse export at \"export\" call=true\n"},
		{name: "late, from a promise", text: "load().then(x => { x.setup = () => {}; api.export(x) })",
			want: "export \"api.export\" unknown complete=false []\nuse export at \"export\" call=true\n"},
		{name: "init", text: "api.init()", want: "export \"api.init\" object complete=true [setup]\nuse init at \"init\" call=true\n"},
		{name: "a constructor function", text: "function P() { this.setup = function () {}; this.run = 1 }\nP.prototype.x = 1\napi.export(new P())",
			want: "export \"api.export\" object complete=false [setup run]\nuse export at \"export\" call=true\n"},
		{name: "aliases", text: "const a = api; a.log(1); const {alert, showStatus: s} = api; window.api.prompt`x`; self['api']",
			want: "use log at \"log\" call=true\nuse alert at \"alert\" call=false\nuse showStatus at \"showStatus\" call=false\nuse prompt at \"prompt\" call=false\n"},
		{name: "utils and computed names", text: "api.utils.sleep(1); api['log']('a'); api[name](); f(api); api?.alert?.('x'); api.config.workspace",
			want: "escapes\nuse utils.sleep at \"sleep\" call=true\nuse log at \"log\" call=true 'a'\nuse alert at \"alert\" call=true 'x'\nuse config.workspace at \"workspace\" call=false\n"},
		{name: "another api", text: "function f(api) { api.nonsense() }\nthis.api = {}; this.api.x(); if (typeof api === 'object') {}"},
		{name: "an api of a library", text: "const rpc = await_()\nrpc.api.export({run() {}})",
			want: "export \"export\" object complete=true [run]\n"},
		{name: "attachments", text: "const t = await_(api.getAttachment('a b')), u = api.getAttachment(`c`), v = api.getAttachment(`c${1}`)",
			want: "use getAttachment at \"getAttachment\" call=true 'a b'\nuse getAttachment at \"getAttachment\" call=true `c`\nuse getAttachment at \"getAttachment\" call=true\n"},
		{name: "settings", text: "class P { run(ctx) { return ctx.config.sigma + (my => my.config.n)(ctx) + this.config.x } }",
			want: "setting sigma at \"sigma\"\nsetting n at \"n\"\n"},
		{name: "undeclared", text: "a = 1\nvar b = 1; b = 2\nfunction f(p) { p = 1; c = 2; { var d } d = 3; n++ }\nclass X { m() { e = 1; [g, h.i] = 1; for (k of []) {}; ({l, m: o} = {}) } }\nonmessage = 1; window.w = 1; x = y = 1",
			want: `undeclared a at "a" throws=false
undeclared c at "c" throws=false
undeclared n at "n" throws=true
undeclared e at "e" throws=true
undeclared g at "g" throws=true
undeclared k at "k" throws=true
undeclared l at "l" throws=true
undeclared o at "o" throws=true
undeclared x at "x" throws=false
undeclared y at "y" throws=false
`},
		{name: "declared in all ways", text: "const [a, {b, c: [d], ...e}] = f\nclass C {}\nfunction g(h = 1, {i}, ...j) { h = i = j = 2 }\na = b = d = e = 1\nfor (let k = 0; k < 1; k++) {}\nfor (const l of []) {}\nfor (var m in {}) m = 1\ntry {} catch (n) { n = 1 }\nlet o = p => { p = 1 }, q = function r() { r = 1 }\nswitch (1) { case 1: let s; s = 1 }\nx: y: for (;;) { let t; t = 1 }\nC = 1"},
		{name: "use strict", text: "'use strict'; a = 1", want: "undeclared a at \"a\" throws=true\n"},
		{name: "built-ins", text: "min = Number.POSITIVE_INFuiY + Math.PI + Number.prototype.x + Math.flor(1) + JSON.parse(''); (Number => Number.q)()",
			want: "undeclared min at \"min\" throws=false\nmisnamed Number.POSITIVE_INFuiY at \"POSITIVE_INFuiY\" meant \"POSITIVE_INFINITY\"\nmisnamed Math.flor at \"flor\" meant \"floor\"\n"},
		{name: "addresses", text: "fetch('https://a.b/c'); x(`http://d/${e}`); y('//f'); z('// comment'); importScripts('https://g/h.js', 'i.js')",
			want: "import https://g/h.js at \"'https://g/h.js'\"\nimport i.js at \"'i.js'\"\nurl https://a.b/c at \"'https://a.b/c'\"\nurl http://d/ at \"http://d/\"\nurl //f at \"'//f'\"\nurl https://g/h.js at \"'https://g/h.js'\"\n"},
		{name: "a syntax error", text: "class A {\n  run() {\n    api.export(1 2)\n  }\n}", want: "unread \nfault \"2\" expected \")\" but found \"2\"\nlate\n"},
		{name: "a name declared twice", text: "let a = 1\nlet a = 2", want: "fault \"a\" the symbol \"a\" has already been declared\n"},
		{name: "a name declared again where that is fine", text: "var a = 1; var a = 2; function b() {} function b() { let b } { let a }"},
		{name: "a module", text: "import Button from \"https://cdn/x@1/+esm\"\nimport 'y'\nexport default 1\napi.export({run() { undeclared_ = 1 }})", module: true,
			want: "export \"api.export\" object complete=true [run]\nuse export at \"export\" call=true\nimport https://cdn/x@1/+esm at \"https://cdn/x@1/+esm\"\nimport y at \"y\"\nurl https://cdn/x@1/+esm at \"\\\"https://cdn/x@1/+esm\\\"\"\nundeclared undeclared_ at \"undeclared_\" throws=true\n"},
		{name: "a module's statement in a script", text: "\n  import x from 'y'\napi.init()",
			want: "module only \"import x from 'y'\"\nexport \"api.init\" object complete=true [setup]\nuse init at \"init\" call=true\nimport y at \"y\"\n"},
		{name: "newer syntax", text: "async function* g() { for await (const x of y) { api.log(x) } }\nimport('https://a/b.mjs')",
			want: "use log at \"log\" call=true\nimport https://a/b.mjs at \"'https://a/b.mjs'\"\nurl https://a/b.mjs at \"'https://a/b.mjs'\"\n"},
		{name: "TypeScript", text: "interface A { x: number }\nconst größe: string = 'ü'; api.log<A>(größe as any)", types: true, want: "use log at \"log\" call=true\n"},
		{name: "await outside a function", text: "await f()\napi.export({})", module: true, want: "unread it uses syntax that this version cannot look into\nlate\n"},
		{name: "too deep", text: strings.Repeat("(", 3000), want: "unread its brackets are nested too deeply\n"},
		{name: "an HTML comment and a regular expression", text: "<!-- old\nconst r = /(?<=a)\\p{L}/u\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := describe(test.text, readJavaScript(test.text, test.module, test.types))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

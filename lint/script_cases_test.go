package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// scriptCase is a script, the places that are told as "code@text", and what all fixes make
// of it, "" if they change nothing.
type scriptCase struct{ name, language, text, want, fixed string }

// judgeScripts lints scripts, each in a plugin of its own. One child reads all that is
// Python: what is there, and what is expected of the fixes.
func judgeScripts(t *testing.T, cases []scriptCase, codes ...string) {
	t.Helper()
	cache := new(analysis.Cache)
	var docs []*pluginfile.Document
	for i := range cases {
		test := &cases[i]
		if test.fixed == "" {
			test.fixed = test.text
		}
		for _, text := range []string{test.text, test.fixed} {
			if test.language == "python" {
				doc, _ := pluginfile.Parse("a.imjoy.html", scriptFile(test.language, text))
				docs = append(docs, doc)
			}
		}
	}
	python := python3(t)
	if err := analysis.Prefetch(t.Context(), python, cache, docs...); err != nil {
		t.Fatal(err)
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			found, fixed := judgeScript(t, python, cache, test.language, test.text, codes)
			if diff := cmp.Diff(test.want, found); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(string(scriptFile(test.language, test.fixed)), fixed); diff != "" {
				t.Errorf("fixed (-want +got):\n%s", diff)
			}
		})
	}
}

// scriptFile is a plugin with a script.
func scriptFile(language, text string) []byte {
	kind := map[string]string{"javascript": "web-worker", "python": "native-python"}[language]
	return []byte(`<config lang="json">{"name": "A", "type": "` + kind + `", "version": "0.1.0", "api_version": "0.1.8", "ui": "{id: 'sigma', type: 'number', placeholder: 2} {id: 'name', type: 'string', placeholder: 'a'}"}</config>` + "\n<script lang=\"" + language + "\">\n" + text + "\n</script>\n")
}

func judgeScript(t *testing.T, python analysis.Python, cache *analysis.Cache, language, text string, codes []string) (found, fixed string) {
	t.Helper()
	judge := func(text []byte) []source.Diagnostic {
		doc, parsed := pluginfile.Parse("a.imjoy.html", text)
		facts := analysis.Of(doc, parsed, cache)
		if err := analysis.WithPython(t.Context(), python, cache, facts); err != nil {
			t.Fatal(err)
		}
		return Run(facts, Options{Select: codes})
	}
	file := scriptFile(language, text)
	var lines []string
	for _, d := range judge(file) {
		lines = append(lines, fmt.Sprintf("%s@%s", d.Code, d.Place.Slice(d.Place.Span)))
	}
	return strings.Join(lines, " "), string(Fix(file, true, judge).Text)
}

// Promises that are used as values, and what may look so and is none. Where nothing is
// said of a fix there must be none.
func TestUnawaited(t *testing.T) {
	const (
		load  = "async function load(u) { return [u] }\n"
		pload = "async def load(u):\n    return [u]\n\n"
	)
	js := func(body string) string {
		return load + "api.export({setup() {}, async run(ctx) {\n  " + body + "\n}})"
	}
	py := func(body string) string {
		return pload + "async def run(ctx):\n    " + strings.ReplaceAll(body, "\n", "\n    ")
	}
	judgeScripts(t, []scriptCase{
		{"a member", "javascript", js("return load(1).length"), "javascript-unawaited@length", js("return (await load(1)).length")},
		{"a member by number", "javascript", js("return load(1)[0]"), "javascript-unawaited@load", js("return (await load(1))[0]")},
		{"a sum", "javascript", js("return load(1) + 1"), "javascript-unawaited@load", js("return await load(1) + 1")},
		{"a power", "javascript", js("return load(1) ** 2"), "javascript-unawaited@load", js("return (await load(1)) ** 2")},
		{"a condition", "javascript", js("if (api.confirm('a')) return 1"), "api-unawaited@confirm", js("if (await api.confirm('a')) return 1")},
		{"the left of ||", "javascript", js("return api.getConfig('a') || 1"), "api-unawaited@getConfig", js("return await api.getConfig('a') || 1")},
		{"the right of ||", "javascript", js("return ctx.job || load(1)"), "", ""},
		{"a loop", "javascript", js("for (const x of load(1)) x()"), "javascript-unawaited@load", js("for (const x of await load(1)) x()")},
		{"a variable in a loop", "javascript", js("const l = load(1); for (const x of l) x()"), "javascript-unawaited@l", js("const l = await load(1); for (const x of l) x()")},
		{"a member that is set", "javascript", js("const w = api.createWindow({type: 'a'}); w.job = 1"), "api-unawaited@job", js("const w = await api.createWindow({type: 'a'}); w.job = 1")},
		{"a member that is set of one handed on", "javascript", js("const l = load(1); l.cancel = ctx.x; return l"), "", ""},
		{"a variable that is awaited", "javascript", js("const l = load(1); ctx.x(); for (const x of await l) x(l)"), "", ""},
		{"a variable that is handed on", "javascript", js("const l = load(1); await Promise.all([l]); return l[0]"), "", ""},
		{"a variable that may hold one", "javascript", js("let l = load(1); if (!l) l = load(2); return l"), "", ""},
		{"taken apart", "javascript", js("const {a} = api.getConfig('a'); return a"), "api-unawaited@getConfig", js("const {a} = await api.getConfig('a'); return a")},
		{"given to JSON", "javascript", js("return JSON.parse(api.getConfig('a'))"), "api-unawaited@getConfig", js("return JSON.parse(await api.getConfig('a'))")},
		{"given to something else", "javascript", js("return show(api.getConfig('a'))"), "", ""},
		{"in a text", "javascript", js("return `a${load(1)}`"), "javascript-unawaited@load", js("return `a${await load(1)}`")},
		{"handlers", "javascript", js("load(1).then(console.log).catch(console.error); return load(2).finally(ctx.x)"), "", ""},
		{"compared with another", "javascript", js("const a = load(1), b = ctx.last === a; return b"), "", ""},
		{"in a function that cannot wait", "javascript", js("return ctx.list.map(x => load(x).length)"), "javascript-unawaited@length", ""},
		{"a function that is none", "javascript", js("const load = x => [x]; return load(1).length"), "", ""},
		{"a function that is replaced", "javascript", "let f = async () => 1\nf = () => 2\napi.export({setup() {}, run() { return f() + 1 }})", "", ""},
		{"a generator", "javascript", "async function* f() { yield 1 }\napi.export({setup() {}, run() { return f().next }})", "", ""},
		{"a method", "javascript", "class P {\n  async n() { return 1 }\n  async run() { return this.n() * 2 }\n  setup() {}\n}\napi.export(new P())",
			"javascript-unawaited@n", "class P {\n  async n() { return 1 }\n  async run() { return await this.n() * 2 }\n  setup() {}\n}\napi.export(new P())"},
		{"a method of another this", "javascript", "class P {\n  async n() { return 1 }\n  run() { return [1].map(function () { return this.n() * 2 }) }\n  setup() {}\n}\napi.export(new P())", "", ""},
		{"a method beside a field of its name", "javascript", "class P {\n  async n() { return 1 }\n  n = () => 1\n  run() { return this.n() * 2 }\n  setup() {}\n}\napi.export(new P())", "", ""},
		{"a field", "javascript", "class P {\n  w = null\n  async setup() { this.w = api.createWindow({type: 'a'}) }\n  async run() { this.w.show() }\n}\napi.export(new P())",
			"api-unawaited@show", "class P {\n  w = null\n  async setup() { this.w = await api.createWindow({type: 'a'}) }\n  async run() { this.w.show() }\n}\napi.export(new P())"},
		{"a field that is awaited", "javascript", "class P {\n  async setup() { this.w = api.createWindow({type: 'a'}) }\n  async run() { (await this.w).show(); this.w.x }\n}\napi.export(new P())", "", ""},
		{"a field of a this that goes elsewhere", "javascript", "class P {\n  async setup() { this.w = api.createWindow({type: 'a'}) }\n  async run() { go(this); this.w.x }\n}\napi.export(new P())", "", ""},
		{"asked about each", "javascript", js("return ctx.a.filter(async x => await x()) + ctx.b.some(ctx.c)"), "javascript-unawaited@filter", ""},
		{"asked by name", "javascript", js("return ctx.a.every(load)"), "javascript-unawaited@every", ""},
		{"done with each", "javascript", js("ctx.a.forEach(async x => x()); return Promise.all(ctx.a.map(async x => x()))"), "", ""},
		{"newer syntax around it", "javascript", "class P {\n  #a = 1\n  async run(ctx) { ctx.x ??= this.#a; for await (const x of ctx.y) x(); return api.prompt('a').length }\n  setup() {}\n}\napi.export(new P())",
			"api-unawaited@length", "class P {\n  #a = 1\n  async run(ctx) { ctx.x ??= this.#a; for await (const x of ctx.y) x(); return (await api.prompt('a')).length }\n  setup() {}\n}\napi.export(new P())"},

		{"Python: an item", "python", py("return load(1)[0]"), "python-unawaited@load", py("return (await load(1))[0]")},
		{"Python: a loop", "python", py("for x in load(1):\n    print(x)"), "python-unawaited@load", py("for x in await load(1):\n    print(x)")},
		{"Python: a comprehension", "python", py("return [x for x in load(1)]"), "python-unawaited@load", py("return [x for x in await load(1)]")},
		{"Python: an asynchronous loop", "python", py("async for x in load(1):\n    print(x)"), "", ""},
		{"Python: alone", "python", py("load(1)"), "python-unawaited@load", py("await load(1)")},
		{"Python: api alone", "python", py("api.alert('a')"), "", ""},
		{"Python: a task", "python", py("return asyncio.gather(load(1), load(2))"), "", ""},
		{"Python: a condition", "python", py("if not api.confirm('a'):\n    return 1"), "api-unawaited@confirm", py("if not await api.confirm('a'):\n    return 1")},
		{"Python: the last of or", "python", py("return ctx.job or load(1)"), "", ""},
		{"Python: a name", "python", py("x = load(1)\nreturn len(x)"), "python-unawaited@x", py("x = await load(1)\nreturn len(x)")},
		{"Python: a name that is awaited", "python", py("x = load(1)\nreturn (await x)[0]"), "", ""},
		{"Python: a name taken apart", "python", py("a, b = load(1)\nreturn a"), "python-unawaited@load", py("a, b = await load(1)\nreturn a")},
		{"Python: a generator", "python", "async def f():\n    yield 1\nasync def run(ctx):\n    return f()[0]", "", ""},
		{"Python: with a decorator", "python", "@sync\nasync def f():\n    return [1]\nasync def run(ctx):\n    return f()[0]", "", ""},
		{"Python: a function of two kinds", "python", "async def f():\n    return [1]\ndef g():\n    f = list\n    return f()[0]", "", ""},
		{"Python: a method", "python", "class P:\n    async def n(self):\n        return 1\n    def run(self, ctx):\n        return self.n() + 1", "python-unawaited@n", ""},
		{"Python: a field", "python", "class P:\n    def __init__(self):\n        self.w = None\n    async def setup(self):\n        self.w = api.createWindow(type='a')\n    async def run(self, ctx):\n        self.w.show()",
			"api-unawaited@show", "class P:\n    def __init__(self):\n        self.w = None\n    async def setup(self):\n        self.w = await api.createWindow(type='a')\n    async def run(self, ctx):\n        self.w.show()"},
		{"Python: a field that is awaited", "python", "class P:\n    async def setup(self):\n        self.w = api.createWindow(type='a')\n    async def run(self, ctx):\n        (await self.w).show()\n        self.w.x", "", ""},
		{"Python: a field that is set otherwise", "python", "class P:\n    def setup(self):\n        self.w = api.createWindow(type='a')\n    def run(self, ctx):\n        self.w = ctx\n        self.w.x", "", ""},
		{"Python: a method of another object", "python", "class P:\n    async def n(self):\n        return 1\n    def run(self, ctx):\n        return ctx.n() + 1", "", ""},
		{"Python: await where none may be", "python", "def run(ctx):\n    return await ctx.x", "python-syntax@await", ""},
		{"Python: async with where none may be", "python", "def run(ctx):\n    async with ctx as x:\n        return x", "python-syntax@async", ""},
		{"Python: await at the top", "python", "await x()", "", ""},
		{"Python: await in a coroutine in a function", "python", "def run(ctx):\n    async def f():\n        return await ctx.x\n    return f()", "", ""},
	}, "api-unawaited", "javascript-unawaited", "python-unawaited", "python-syntax")
}

// Names that are read from the form's values, in all the ways that scripts have.
func TestSettingsThatTheFormLacks(t *testing.T) {
	js := func(body string) string { return "api.export({setup() {}, run(ctx) {\n  " + body + "\n}})" }
	py := func(body string) string { return "def run(ctx):\n    " + strings.ReplaceAll(body, "\n", "\n    ") }
	const missing = "ui-setting-missing@"
	judgeScripts(t, []scriptCase{
		{"a member", "javascript", js("return ctx.config.sigm"), missing + "sigm", js("return ctx.config.sigma")},
		{"a member in brackets", "javascript", js("return ctx.config['sigm']"), missing + "'sigm'", js("return ctx.config['sigma']")},
		{"a variable", "javascript", js("const c = ctx.config; return c.sigm + c.sigma"), missing + "sigm", js("const c = ctx.config; return c.sigma + c.sigma")},
		{"another name of the context", "javascript", js("const my = ctx; return my.config.nam"), missing + "nam", js("const my = ctx; return my.config.name")},
		{"a pattern", "javascript", js("const {sigm, name} = ctx.config; return sigm + name"), missing + "sigm", js("const {sigma: sigm, name} = ctx.config; return sigm + name")},
		{"a pattern with another name", "javascript", js("const {sigm: s} = ctx.config; return s"), missing + "sigm", js("const {sigma: s} = ctx.config; return s")},
		{"a pattern in a pattern", "javascript", js("const {config: {sigm}} = ctx; return sigm"), missing + "sigm", js("const {config: {sigma: sigm}} = ctx; return sigm")},
		{"a parameter taken apart", "javascript", "api.export({setup() {}, run: async ({config, data}) => config.sigm + data.sigm})", missing + "sigm", "api.export({setup() {}, run: async ({config, data}) => config.sigma + data.sigm})"},
		{"a parameter of another function", "javascript", "const f = ({config}) => config.dir\napi.export({setup() {}, run(ctx) { return f(ctx) }})", "", ""},
		{"with a default", "javascript", js("const {mode = 1} = ctx.config; return mode + (ctx.config.other || 2) + (ctx.config['third'] ?? 3)"), "", ""},
		{"a slip with a default", "javascript", js("const {sgima = 1} = ctx.config; return sgima"), missing + "sgima", js("const {sigma: sgima = 1} = ctx.config; return sgima")},
		{"set by the script", "javascript", js("const c = ctx.config; c.mode = 1; return c.mode"), "", ""},
		{"completed elsewhere", "javascript", js("const c = ctx.config; complete(c); return c.mode"), "", ""},
		{"a function that is called", "javascript", js("return ctx.config.get('sigm')"), "", ""},
		{"the config of something else", "javascript", js("return go(ctx)") + "\nfunction go(plugin) { return plugin.config.workspace }", "", ""},
		{"a context that is handed on", "javascript", js("return go(ctx)") + "\nfunction go(ctx) { return ctx.config.sigm }", missing + "sigm", js("return go(ctx)") + "\nfunction go(ctx) { return ctx.config.sigma }"},
		{"replaced", "javascript", js("let c = ctx.config; c = {mode: 1, ...c}; return c.mode"), "", ""},

		{"Python: a member", "python", py("return ctx.config.sigm"), missing + "sigm", py("return ctx.config.sigma")},
		{"Python: an item", "python", py("return ctx['config']['sigm']"), missing + "'sigm'", py("return ctx['config']['sigma']")},
		{"Python: a variable", "python", py("c = ctx.config\nreturn c.sigm + c['nam'] + c.name"), missing + "sigm " + missing + "'nam'", py("c = ctx.config\nreturn c.sigma + c['name'] + c.name")},
		{"Python: a variable that goes elsewhere", "python", py("c = ctx.config\nfill(c)\nreturn c.sigm"), "", ""},
		{"Python: the config of something else", "python", "def go(session):\n    return session.config.rootdir", "", ""},
		{"Python: what a dict has", "python", py("c = ctx.config\nreturn list(c.items()) + list(ctx.config.keys()) + [ctx.config.get('mode', 1)]"), "", ""},
		{"Python: a slip with a default", "python", py("return ctx.config.get('sgima', 1)"), missing + "'sgima'", py("return ctx.config.get('sigma', 1)")},
	}, "ui-setting-missing")
}

// Code that throws or cannot do what it seems to, and members that nothing has.
func TestMistakes(t *testing.T) {
	js := func(body string) string { return "api.export({setup() {}, run(ctx) {\n  " + body + "\n}})" }
	class := func(body string) string {
		return "class P {\n  setup() {}\n  process(x) { return x }\n  " + body + "\n}\napi.export(new P())"
	}
	py := func(base, body string) string {
		return "class P" + base + ":\n    kind = 1\n    def setup(self):\n        self.model = 1\n    def run(self, ctx):\n        " + strings.ReplaceAll(body, "\n", "\n        ") + "\napi.export(P())"
	}
	const mistake, property, attribute = "javascript-mistake@", "javascript-unknown-property@", "python-unknown-attribute@"
	judgeScripts(t, []scriptCase{
		{"a constant", "javascript", js("const a = 1; a = 2"), "javascript-constant@a", ""},
		{"a constant that is counted", "javascript", "const n = 0\n" + js("n++; n += 1"), "javascript-constant@n javascript-constant@n", ""},
		{"a variable of the name of a constant", "javascript", "const n = 0\n" + js("let n = 1; n++"), "", ""},
		{"a member of a constant", "javascript", "const n = {}\n" + js("n.a = 1"), "", ""},
		{"a loop over constants", "javascript", js("for (const x of ctx.data) x()"), "", ""},
		{"NaN", "javascript", js("return ctx.data === NaN || Number.NaN == ctx.x"), mistake + "NaN " + mistake + "Number.NaN", ""},
		{"typeof", "javascript", js("return typeof ctx.data === 'strng'"), mistake + "strng", js("return typeof ctx.data === 'string'")},
		{"typeof that can be", "javascript", js("return 'undefined' !== typeof ctx.data && typeof ctx.x == ctx.y"), "", ""},
		{"a condition", "javascript", js("if (ctx.data = null) return 1"), mistake + "ctx.data = null", ""},
		{"a condition that sets on purpose", "javascript", js("let m; while (m = ctx.next()) m()"), "", ""},
		{"cases", "javascript", js("switch (ctx.x) { case 1: case 2: return 1; case 1: return 2 }"), mistake + "1", ""},
		{"cases that differ", "javascript", js("switch (ctx.x) { case 1: case '1': case a: case a: default: return 1 }"), "", ""},
		{"keys", "javascript", js("return {a: 1, b: 2, 'a': 3}"), mistake + "'a'", ""},
		{"keys behind a spread, and accessors", "javascript", js("return {a: 1, ...ctx, a: 2, get b() { return 1 }, set b(v) {}}"), "", ""},
		{"a return on a line of its own", "javascript", js("return\n    ctx.a + 1"), mistake + "return", ""},
		{"a return before what was switched off", "javascript", js("return\n  ctx.a()"), "", ""},
		{"a member", "javascript", class("run() { return this.proces(1) }"), property + "proces", class("run() { return this.process(1) }")},
		{"a member that is set elsewhere", "javascript", class("run() { return this.proces }\n  update() { this.proces = 1 }"), "", ""},
		{"a member of a base", "javascript", "class P extends Base {\n  process() {}\n  run() { return this.proces }\n  setup() {}\n}\napi.export(new P())", "", ""},
		{"a member of something else", "javascript", class("run() { return [1].map(function () { return this.proces }) }"), "", ""},
		{"a member of what others know", "javascript", class("run() { fill(this); return this.proces }"), "", ""},
		{"a member far from all", "javascript", class("run() { return this.other }"), "", ""},
		{"what no object has", "javascript", js("return ctx.data.lenght"), property + "lenght", js("return ctx.data.length")},
		{"what one does have", "javascript", js("ctx.lenght = 1; return ctx.lenght"), "", ""},

		{"a ! before in", "javascript", js("return !'a' in ctx || !ctx.a instanceof Array || !('a' in ctx)"), mistake + "!'a' " + mistake + "!ctx.a", ""},
		{"Python: is", "python", py("", "return ctx is 'a' or ctx is not 1 or ctx is None or ctx is True"), "python-mistake@'a' python-mistake@1", ""},
		{"Python: keys", "python", py("", "return {'a': 1, 'b': 2, 'a': 3, 1: 1, 1: 2}"), "python-mistake@'a'", ""},
		{"Python: an assertion", "python", py("", "assert (ctx, 'wrong')\nassert ctx, 'right'"), "python-mistake@(ctx, 'wrong')", ""},
		{"Python: a method twice", "python", "class P:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        pass\n    def setup(self):\n        pass", "python-mistake@def setup(self):", ""},
		{"Python: a method of two forms", "python", "class P:\n    @property\n    def a(self):\n        return 1\n    @a.setter\n    def a(self, v):\n        pass\n    @overload\n    def b(self): ...\n    def b(self): ...", "", ""},
		{"Python: an attribute", "python", py("", "return self.modle"), attribute + "modle", py("", "return self.model")},
		{"Python: a method", "python", py("", "return self.setpu()"), attribute + "setpu", py("", "return self.setup()")},
		{"Python: a function that is no method", "python", "def helper(x):\n    return x\n" + py("", "return self.helper(1)"), attribute + "helper", ""},
		{"Python: what a class makes in a branch", "python", "class P:\n    if True:\n        limit = 1\n        def copy(self):\n            pass\n    import os\n    class Inner:\n        pass\n    def run(self, ctx):\n        return self.limit, self.os, self.Inner, self.copy()\nP()", "", ""},
		{"Python: far from all", "python", py("", "return self.thresholds"), attribute + "thresholds", ""},
		{"Python: of the class", "python", py("", "return self.kind + self.__class__.kind"), "", ""},
		{"Python: of a base", "python", py("(Base)", "return self.modle"), "", ""},
		{"Python: of object", "python", py("(object)", "return self.modle"), attribute + "modle", py("(object)", "return self.model")},
		{"Python: set by others", "python", py("", "return self.extra") + "\np = P()\np.extra = 1", "", ""},
		{"Python: self goes elsewhere", "python", py("", "fill(self)\nreturn self.modle"), "", ""},
		{"Python: made by name", "python", py("", "return self.modle\n    def __getattr__(self, name):\n        return name"), "", ""},
		{"Python: a dict of its own", "python", py("", "self.__dict__.update(ctx)\nreturn self.modle"), "", ""},
		{"Python: a class to mix in", "python", "class Mixin:\n    def a(self):\n        return self.other", "", ""},
		{"Python: a function without a class", "python", "def f(self):\n    return self.modle", "", ""},
	}, "javascript-constant", "javascript-mistake", "javascript-unknown-property", "python-mistake", "python-unknown-attribute")
}

// What works elsewhere and not here: modules in a page, names of other hosts, classes that
// want something handed over.
func TestScriptsOfOtherHosts(t *testing.T) {
	class := func(methods string) string {
		return "class P:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        return 1\n" + methods + "api.export(P())"
	}
	const method, arguments, private = "method-name@", "python-arguments@", "script-private-path@"
	judgeScripts(t, []scriptCase{
		{"Pupil's cycle", "python", class("    def recent_events(self, events):\n        pass\n"), method + "recent_events", ""},
		{"Pupil's cycle, called by run", "python", "class P:\n    def setup(self):\n        pass\n    def run(self, ctx):\n        return self.recent_events(ctx)\n    def recent_events(self, e):\n        return e\napi.export(P())", "", ""},
		{"cleaning up", "python", class("    def cleanup(self):\n        pass\n"), method + "cleanup", class("    def exit(self):\n        pass\n")},
		{"cleaning up beside exit", "python", class("    def exit(self):\n        pass\n    def cleanup(self):\n        pass\n"), "", ""},
		{"a class that wants something", "python", class("    def __init__(self, g_pool):\n        self.g = g_pool\n"), arguments + "P()", ""},
		{"a class that may get something", "python", class("    def __init__(self, g_pool=None, *more, key=1):\n        self.g = g_pool\n"), "", ""},
		{"a class that wants a key", "python", class("    def __init__(self, *, key):\n        self.g = key\n"), arguments + "P()", ""},
		{"a path", "python", class("    a = '/home/ana/data.csv'\n"), private + "'/home/ana/data.csv'", ""},
		{"a path of Windows", "python", class("    a = r'C:\\Users\\ana\\data.csv'\n"), private + "r'C:\\Users\\ana\\data.csv'", ""},
		{"a path of nobody", "python", class("    a = '/home/'\n    b = '/usr/lib/x'\n    c = 'C:\\\\data\\\\x'\n"), "", ""},
		{"a path in JavaScript", "javascript", "const a = '/Users/ana/data.csv', b = '/Users/', c = '/api/home/ana/x'\napi.export({setup() {}, run() { return [a, b, c] }})", private + "'/Users/ana/data.csv'", ""},
	}, "method-name", "python-arguments", "script-private-path")
}

// Comments that suppress may say why.
func TestReasonsOfSuppressions(t *testing.T) {
	js := func(line string) string { return line + "\napi.export({setup() {}, run() {}})" }
	judgeScripts(t, []scriptCase{
		{"behind dashes", "javascript", js("api.foo() // imjoy-ignore api-unknown, api-removed-- ours has it"), "suppression-unused@api-removed", js("api.foo() // imjoy-ignore api-unknown-- ours has it")},
		{"behind a colon", "javascript", js("api.foo() // imjoy-ignore api-unknown: ours has it"), "", ""},
		{"nothing behind it", "javascript", js("api.foo() // imjoy-ignore api-unknown:"), "", ""},
		{"in a block", "javascript", js("api.foo() /* imjoy-ignore api-unknown -- ours */"), "", ""},
		{"a reason alone", "javascript", js("// imjoy-ignore -- ours\napi.foo()"), "suppression-unknown@// imjoy-ignore -- ours api-unknown@foo", ""},
	}, "api-unknown", "api-removed", "suppression-unknown", "suppression-unused")
}

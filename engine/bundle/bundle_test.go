package bundle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
)

// world answers with the modules of a map, by URL.
type world map[string]string

func (w world) load(_ context.Context, r Request) (*Module, error) {
	address := r.Specifier
	if r.Importer != "" && strings.HasPrefix(address, ".") {
		base, _ := url.Parse(r.Importer)
		joined, err := base.Parse(address)
		if err != nil {
			return nil, err
		}
		address = joined.String()
	}
	text, ok := w[address]
	if !ok {
		return nil, fmt.Errorf("there is no %s", address)
	}
	return &Module{Address: address, Text: []byte(text)}, nil
}

// run runs a bundle in goja and returns what it printed with say().
func run(t *testing.T, code string) string {
	t.Helper()
	rt := goja.New()
	var said []string
	if err := errors.Join(
		rt.Set("say", func(words ...any) { said = append(said, fmt.Sprint(words...)) }),
		rt.Set("$import", func(name string) (any, error) { return nil, fmt.Errorf("asked for %s", name) }),
	); err != nil {
		t.Fatal(err)
	}
	v, err := rt.RunString(code)
	if err != nil {
		t.Fatalf("%v\n%s", err, code)
	}
	switch p, _ := v.Export().(*goja.Promise); {
	case p == nil:
		said = append(said, fmt.Sprint(v.Export()))
	case p.State() == goja.PromiseStateRejected:
		said = append(said, "rejected: "+p.Result().String())
	case p.State() == goja.PromiseStatePending:
		said = append(said, "pending")
	}
	return strings.Join(said, "\n")
}

const umd = `(function (root, factory) {
  if (typeof define === "function" && define.amd) define([], factory);
  else if (typeof module === "object" && module.exports) module.exports = factory();
  else root.Lib = factory();
})(typeof self !== "undefined" ? self : this, function () { return { name: "umd" }; });`

func TestModulesRunInGoja(t *testing.T) {
	for _, test := range []struct {
		name, entry string
		modules     world
		want        string
	}{
		{"nothing imported", `say(1); export const x = 2`, nil, "1"},
		{"names, default and all", `import d, {a as b} from "https://h/m.js"; import * as all from "https://h/m.js"; say(d, b, Object.keys(all))`,
			world{"https://h/m.js": `export const a = "a"; export default "d"`}, "da[a default]"},
		{"live bindings", `import {n, more} from "https://h/m.js"; more(); say(n)`, world{"https://h/m.js": `export let n = 1; export function more() { n++ }`}, "2"},
		{"relative names", `import "https://h/a/m.js"`, world{"https://h/a/m.js": `import {x} from "../b.js"; say(x)`, "https://h/b.js": `export const x = import.meta.url`}, "https://h/b.js"},
		{"a cycle", `import {a} from "https://h/a.js"; say(a())`, world{
			"https://h/a.js": `import {b} from "./b.js"; export const a = () => b() + 1; export const one = 1`,
			"https://h/b.js": `import {one} from "./a.js"; export const b = () => one + 1`}, "3"},
		{"one module has one state", `import {n} from "https://h/m.js"; import {m} from "https://h/n.js"; say(n === m)`,
			world{"https://h/m.js": `export const n = {}`, "https://h/n.js": `export {n as m} from "./m.js"`}, "true"},
		{"await at the top", `const x = await Promise.resolve(5); say(x)`, nil, "5"},
		{"await in an import", `import {x} from "https://h/m.js"; say(x)`, world{"https://h/m.js": `export const x = await 7`}, "7"},
		{"UMD by default import", `import lib from "https://h/u.js"; say(lib.name)`, world{"https://h/u.js": umd}, "umd"},
		{"UMD for its effect", `import "https://h/u.js"; say(typeof Lib)`, world{"https://h/u.js": umd}, "undefined"},
		{"CommonJS that requires", `import f from "https://h/c.js"; say(f(2))`,
			world{"https://h/c.js": `const g = require("./d.js"); module.exports = (x) => g.twice(x)`, "https://h/d.js": `exports.twice = (x) => 2 * x`}, "4"},
		{"an optional require", `import v from "https://h/c.js"; say(v)`, world{"https://h/c.js": `try { require("fs") } catch (e) { module.exports = e.message }`}, `import "fs": there is no fs`},
		{"a dynamic import", `const m = await import("https://h/m.js"); say(m.default)`, world{"https://h/m.js": `export default "late"`}, "late"},
		{"a dynamic import of nothing", `await import("https://h/no.js").catch((e) => say(e.message))`, nil, `import "https://h/no.js": there is no https://h/no.js`},
		{"a dynamic import of a computed name", `const n = "x"; await import(n + "y").catch((e) => say(e.message))`, nil, "asked for xy"},
		{"JSON", `import data from "https://h/d.json"; say(data.x[1])`, world{"https://h/d.json": `{"x": [1, 2]}`}, "2"},
		{"TypeScript", `import {f} from "https://h/m.ts"; say(f<number>({a: 1} as any))`, world{"https://h/m.ts": `export enum E { A = 3 } interface I { a: number } export function f<T>(x: I): E { return E.A }`}, "3"},
		{"newer syntax", `async function* g() { yield 1; yield 2 } class A { static #p = 4; static get p() { return A.#p } } for await (const x of g()) say(x); say(A?.p ?? 0)`, nil, "1\n2\n4"},
		{"the environment of Node", `import m from "https://h/m.js"; say(m)`, world{"https://h/m.js": `module.exports = process.env.NODE_ENV + (global === globalThis)`}, "productiontrue"},
		{"a thrown error", `import "https://h/m.js"`, world{"https://h/m.js": `throw new TypeError("no")`}, "rejected: TypeError: no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Build(context.Background(), Entry{Name: "script-0.js", Text: test.entry, TypeScript: test.name == "TypeScript"}, Options{Load: test.modules.load})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, run(t, "const self = globalThis; if (!Symbol.asyncIterator) Object.defineProperty(Symbol, 'asyncIterator', {value: Symbol('Symbol.asyncIterator')});"+r.Code)); diff != "" {
				t.Errorf("%s\n%s", diff, r.Code)
			}
			again, err := Build(context.Background(), Entry{Name: "script-0.js", Text: test.entry, TypeScript: test.name == "TypeScript"}, Options{Load: test.modules.load})
			if err != nil || again.Code != r.Code || string(again.Map) != string(r.Map) {
				t.Errorf("the same modules make another bundle: %v", err)
			}
		})
	}
}

func TestExportsOfAModule(t *testing.T) {
	for name, want := range map[string]string{
		`export default 3; export const a = 1`:                           "3 1",
		`module.exports = {default: 3, a: 1}`:                            "3 1",
		`export * from "./other.js"; export {default} from "./other.js"`: "3 1",
	} {
		w := world{"https://h/m.js": name, "https://h/other.js": `export default 3; export const a = 1`}
		r, err := Build(context.Background(), Entry{Address: "https://h/m.js"}, Options{Load: w.load, Exports: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := run(t, "{const m = "+r.Code+"; m.default + ' ' + m.a}"); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestStylesComeInTheOrderOfTheirModules(t *testing.T) {
	w := world{
		"https://h/a.js": `import "./first.css"; import "./b.js"; import "./third.css"`, "https://h/b.js": `import "./second.css"`,
		"https://h/first.css": `a{}`, "https://h/second.css": `b{}`, "https://h/third.css": `@import "x.css"; c{}`,
	}
	slow := func(ctx context.Context, r Request) (*Module, error) {
		if strings.HasSuffix(r.Specifier, "first.css") {
			time.Sleep(20 * time.Millisecond)
		}
		return w.load(ctx, r)
	}
	r, err := Build(context.Background(), Entry{Text: `import "https://h/a.js"`, Name: "e"}, Options{Load: slow, Target: Browser})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range r.Styles {
		got = append(got, m.Address)
	}
	if diff := cmp.Diff([]string{"https://h/first.css", "https://h/second.css", "https://h/third.css"}, got); diff != "" {
		t.Error(diff)
	}
	if len(r.Loaded) != 5 {
		t.Errorf("%d modules were loaded", len(r.Loaded))
	}
}

func TestErrorsHavePlaces(t *testing.T) {
	for _, test := range []struct {
		name, entry string
		modules     world
		want        string
		line, col   int
	}{
		{"of the entry", "const a = 1\nconst = 2", nil, "Expected identifier but found \"=\"", 2, 7},
		{"of a static import", "\nimport x from \"https://h/no.js\"", nil, `import "https://h/no.js": there is no https://h/no.js`, 2, 15},
		{"of a module", `import "https://h/m.js"`, world{"https://h/m.js": "1\n  ((;"}, "Unexpected \";\" (in https://h/m.js, line 2)", 2, 5},
		{"of a name that is not exported", "import {\n  a} from \"https://h/m.js\"", world{"https://h/m.js": "export {}"}, `No matching export in "https://h/m.js" for import "a"`, 2, 3},
		{"of a page", `import "https://h/m.js"`, world{"https://h/m.js": "\n<!DOCTYPE html><p>not found"}, "https://h/m.js is a page and not a script", 1, 8},
		{"of JSON", `import x from "https://h/m.json"`, world{"https://h/m.json": "{x}"}, "Expected string in JSON but found \"x\" (in https://h/m.json, line 1)", 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Build(context.Background(), Entry{Name: "script-0.js", Text: test.entry}, Options{Load: test.modules.load})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Entry != (test.modules == nil || !strings.Contains(test.want, "(in ")) {
				t.Errorf("in the entry: %v", e.Entry)
			}
			if e.Error() != test.want || e.Line != test.line || e.Column != test.col {
				t.Errorf("got %q at %d:%d", e.Error(), e.Line, e.Column)
			}
		})
	}
}

// TestHostileGraphs wants a word instead of a machine that is busy.
func TestHostileGraphs(t *testing.T) {
	chain := func(_ context.Context, r Request) (*Module, error) {
		return &Module{Address: r.Specifier, Text: []byte(`import "` + r.Specifier + `x"`)}, nil
	}
	fan := func(_ context.Context, r Request) (*Module, error) {
		var b strings.Builder
		for i := range 10_000 {
			if r.Importer == "" {
				fmt.Fprintf(&b, "import \"%d\"\n", i)
			}
		}
		return &Module{Address: r.Specifier, Text: []byte(b.String())}, nil
	}
	requires := func(_ context.Context, r Request) (*Module, error) {
		return &Module{Address: r.Specifier, Text: []byte(`try { require("` + r.Specifier + `a"); require("` + r.Specifier + `b") } catch {}`)}, nil
	}
	giant := func(_ context.Context, r Request) (*Module, error) {
		return &Module{Address: r.Specifier, Text: make([]byte, MaxModule+1)}, nil
	}
	var n atomic.Int64
	many := func(_ context.Context, r Request) (*Module, error) {
		next := n.Add(1)
		return &Module{Address: r.Specifier, Text: []byte(fmt.Sprintf("import %q;/*%s*/", fmt.Sprint(next), strings.Repeat(" ", MaxModule-100)))}, nil
	}
	text := func(s string) Load {
		return func(_ context.Context, r Request) (*Module, error) {
			return &Module{Address: r.Specifier, Text: []byte(s)}, nil
		}
	}
	never := func(ctx context.Context, _ Request) (*Module, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, test := range []struct {
		name string
		load Load
		want string
	}{
		{"a chain", chain, "more than 200 modules import each other in a row"},
		{"a fan", fan, "more than 2000 modules are imported"},
		{"a tree of requires", requires, "more than 200"},
		{"a giant", giant, "m is longer than 16 MiB"},
		{"many giants", many, "the modules have more than 64 MiB together"},
		{"deep brackets", text(strings.Repeat("[", 1<<20)), "brackets are nested more than 5000 deep"},
		{"deep brackets of JSON", text(`{"a":` + strings.Repeat(`[`, 1<<20)), "brackets are nested more than 5000 deep"},
		{"no answer", never, "context deadline exceeded"},
		{"nobody to ask", nil, "modules cannot load others here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			limit := time.Minute
			if test.name == "no answer" {
				limit = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			_, err := Build(ctx, Entry{Name: "e", Text: `import "m"`}, Options{Load: test.load})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %.300v", err)
			}
		})
	}
}

// A linked module leaves its imports to the page, by addresses of the page, and keeps
// what it exports; what is required is inside.
func TestLinkedModulesStayApart(t *testing.T) {
	w := world{
		"https://x.test/a.js":     `import b, { c } from "./b.js"; import "bare"; export { c }; export default class extends b {}; export const later = () => import("./d.js"), never = () => import("nowhere"), unused = class X extends Missing {}`,
		"https://x.test/old.js":   `const inner = require("./inner.js"); module.exports = { twice: inner * 2 }`,
		"https://x.test/inner.js": `module.exports = 21`,
	}
	link := func(_ context.Context, r Request) (string, error) {
		if r.Specifier == "nowhere" {
			return "", errors.New("there is no nowhere")
		}
		return "https://page.test/" + strings.TrimPrefix(r.Specifier, "./") + "?by=" + r.Importer, nil
	}
	build := func(address string) string {
		t.Helper()
		result, err := Build(t.Context(), Entry{Address: address}, Options{Load: w.load, Target: Browser, Link: link})
		if err != nil {
			t.Fatal(err)
		}
		return result.Code
	}
	code := build("https://x.test/a.js")
	for _, want := range []string{
		`from "https://page.test/b.js?by=https://x.test/a.js"`, `import "https://page.test/bare?by=https://x.test/a.js"`,
		`import("https://page.test/d.js?by=https://x.test/a.js")`, `there is no nowhere`, "as default", "later", "extends Missing",
	} {
		if !strings.Contains(code, want) {
			t.Errorf("no %s in %s", want, code)
		}
	}
	if code := build("https://x.test/old.js"); strings.Contains(code, `from "`) || !strings.Contains(code, "export default") || !strings.Contains(code, "21") {
		t.Error(code)
	}
}

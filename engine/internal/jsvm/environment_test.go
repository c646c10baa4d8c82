package jsvm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
)

// otherwise are the lines that are answered differently here, each with the reason. One
// that is answered alike must leave the list.
var otherwise = map[string]string{
	`(1e21 + 1).toString(36)`: "the last digits differ",
	`new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9]))`: "node reads ISO 8859-1, browsers windows-1252 as we do",
	`/(?:(a)|b)*/.exec("ab")`:            "Go's expressions keep what a group matched in an earlier round",
	`/(a*)*/.exec("b")`:                  "the same, for an empty round",
	`/(?<$>x)/.exec("x").groups.$`:       "refused: regexp2 has no such names",
	`/\p{XIDS}/u.test("a")`:              "refused: Go has no table of it",
	`new RegExp("/").source`:             "goja writes \\u002f for the slash, which means the same",
	`Date.parse("Jan 32 2024 GMT")`:      "goja reads Jan 3, without what follows",
	`Date.parse("2024-01-01T00:00:00z")`: "goja wants a large Z",
	`class A { static async *g() {} }; return Object.prototype.toString.call(A.g())`: "async generators are rewritten, and are plain objects",
	`(function f() { try { f() } catch (e) { return 1 } return 2 })()`:               "too many calls end the script: it cannot catch that",
	`new Function("return 1 <!-- one")()`:                                            "goja knows comments of HTML at the start of a line only",
	`new RegExp("\\-", "u")`:                                                         "goja takes needless escapes with the flag u",
}

// TestSameAsNode asks a plugin what testdata/node/record.mjs asked node.
func TestSameAsNode(t *testing.T) {
	files, err := filepath.Glob("testdata/node/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded answers", err)
	}
	helper, err := os.ReadFile("testdata/node/show.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var answers map[string]string
			if err := json.Unmarshal(text, &answers); err != nil {
				t.Fatal(err)
			}
			lines := make([]string, 0, len(answers))
			for line := range answers {
				lines = append(lines, line)
			}
			slices.Sort(lines)
			for _, line := range lines {
				body := line
				if strings.HasSuffix(line, ".js") {
					text, err := os.ReadFile(filepath.Join("testdata/node/scripts", line))
					if err != nil {
						t.Fatal(err)
					}
					body = string(text)
				}
				got := answer(t, string(helper), body)
				if _, known := otherwise[line]; known {
					if got == answers[line] {
						t.Errorf("%s is answered like node: take it from the list", line)
					}
					continue
				}
				if got != answers[line] {
					t.Errorf("%s\n\tnode: %s\n\there: %s", line, answers[line], got)
				}
				if body != line {
					continue
				}
				// The helper names arrays and maps; what is made at its first use must do without.
				if alone := answer(t, "const show = () => 'fine'", line); (alone != "fine" || strings.HasPrefix(got, "throws ")) && alone != got {
					t.Errorf("%s\n\twith the helper: %s\n\talone: %s", line, got, alone)
				}
			}
		})
	}
}

// What is made at its first use is there for scripts that declare it again.
func TestDeclaringWhatIsThere(t *testing.T) {
	for _, text := range []string{
		"var URL = URL || null; api.export({run: () => typeof URL === 'function'})",
		"if (!self.fetch) { var fetch = 1 } api.export({run: () => typeof fetch === 'function'})",
		"for (var performance of []); var console = console || {}; api.export({run: () => typeof performance.now === 'function' && typeof console.log === 'function'})",
		"var Blob; api.export({run: () => new Blob(['a']).size === 1})",
		"function atob() { return 7 } api.export({run: () => atob() === 7})",
		"const File = 5; let Event = 6; class Headers { x() { return 1 } } api.export({run: () => File + Event === 11 && new Headers().x() === 1})",
		"self.crypto = {mine: 1}; api.export({run: () => crypto.mine === 1})",
		"'use strict'; fetch = 3; api.export({run: () => self.fetch === 3})",
		"delete self.structuredClone; api.export({run: () => 'structuredClone' in self})",
		"var setTimeout = setTimeout || null; api.export({run: () => typeof setTimeout === 'function'})",
		"'use strict'; self['set' + 'Interval'] = 4; clearInterval = 5; api.export({run: () => setInterval + clearInterval === 9})",
		"function queueMicrotask() { return 7 } const importScripts = 8; api.export({run: () => queueMicrotask() + importScripts === 15})",
		"api.export({run: () => Object.hasOwn(self, 'setTimeout') && eval('self.hasOwnProperty(\"DOMException\")')})",
		"delete self.clearTimeout; api.export({run: () => new DOMException('', 'AbortError').code === 20 && ('set' + 'Timeout') in self})",
		"(function () { this.mine = typeof this.Blob }).call(self); api.export({run: () => mine === 'function'})",
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

// A getter of the plugin's own that throws is its own matter, also where its other scripts
// name what was there.
func TestDeclaringWhatThrows(t *testing.T) {
	getter := "for (const name of ['fet' + 'ch', 'set' + 'Timeout']) Object.defineProperty(self, name, {get() { throw new Error('mine') }});"
	vm, err := open(t, &recorder{}, script(getter), script("if (false) fetch = 1; api.export({run() { try { setTimeout } catch (e) { return e.message } }})"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := vm.Call(t.Context(), "run", nil); err != nil || v != "mine" {
		t.Errorf("%v %v", v, err)
	}
}

// Members of api are made when they are read, and are as those of any object.
func TestMembersOfAPI(t *testing.T) {
	for _, body := range []string{
		"return ['alert', 'export', 'TAG', 'utils', 'fs'].every(k => k in api && Object.keys(api).includes(k)) && !('nothing' in api) && api.nothing === undefined",
		"return api.alert === api.alert && api.utils === api.utils && typeof api.utils.sleep === 'function' && api.TAG === 'CPU'",
		"delete api.alert; return api.alert === undefined && !('alert' in api) && !Object.keys(api).includes('alert') && typeof api.confirm === 'function'",
		"delete api.alert; api.alert = 1; const one = api.alert === 1 && Object.keys(api).filter(k => k === 'alert').length === 1; delete api.alert; return one && !('alert' in api)",
		"api.alert = 2; api.mine = 3; const keys = Object.keys(api); return api.alert + api.mine === 5 && keys.at(-1) === 'mine' && new Set(keys).size === keys.length",
		"api.utils.sleep = 0; delete api.utils.openUrl; return api.utils.sleep === 0 && !('openUrl' in api.utils)",
	} {
		if v, err := run(t, body); err != nil || v != true {
			t.Errorf("%s: %v %v", body, v, err)
		}
	}
}

// answer evaluates a line as record.mjs does, each in a plugin of its own.
func answer(t *testing.T, helper, line string) string {
	t.Helper()
	body := line
	if !slices.Contains(strings.FieldsFunc(line, func(r rune) bool { return !(r >= 'a' && r <= 'z') }), "return") {
		body = "return (" + line + "\n)"
	}
	vm, err := open(t, &recorder{}, script(helper+"\napi.export({async run() { try { return show(await (async function () {"+body+"\n})()) } catch (e) { return 'throws ' + (e && e.name) } }})"))
	if err != nil {
		if strings.Contains(err.Error(), "SyntaxError") {
			return "throws SyntaxError"
		}
		return err.Error()
	}
	defer vm.Close()
	v, err := vm.Call(t.Context(), "run", nil)
	if err != nil {
		return err.Error()
	}
	return v.(string)
}

// JSON.parse gives what goja's own gives, for whatever text, but where goja is wrong: it
// refuses numbers beyond the largest, and loses half characters that are escaped.
func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{`{"b":1,"2":[1,{"a":null}],"1":-0,"__proto__":{"x":true}}`, `"\ud83d\ude00\u00e9"`, `[1e5, 0.1, -1.5E-3, 12345678901234567890]`, ` {"a" : [ ] , "b":{}} `,
		`01`, `-`, `1.`, `.5`, `[1,]`, `{"a":1,}`, `{a:1}`, `"\x"`, "\"\n\"", `tru`, `nulll`, ``, `"é𝒳"`, `{"a":1,"a":2}`, `[`, `"\u12`, `+1`, `1e`, `NaN`, "\u00a01", "\ufeff1"} {
		f.Add(text)
	}
	vm, err := New(Options{Host: &recorder{}})
	if err != nil {
		f.Fatal(err)
	}
	defer vm.Close()
	plain := goja.New()
	const show = `(t) => { try { return "=" + ((x) => { const w = (v) => v !== null && typeof v === "object" ? (Array.isArray(v) ? "[" + v.map(w).join() + "]" : "{" + Object.keys(v).map((k) => JSON.stringify(k) + ":" + w(v[k])).join() + "}") : Object.is(v, -0) ? "-0" : JSON.stringify(v); return w(x) })(JSON.parse(t)) } catch (e) { return e.name } }`
	ask := func(rt *goja.Runtime) func(string) string {
		v, err := rt.RunString(show)
		if err != nil {
			f.Fatal(err)
		}
		call, _ := goja.AssertFunction(v)
		return func(text string) string {
			out, err := call(goja.Undefined(), rt.ToValue(text))
			if err != nil {
				return err.Error()
			}
			return out.String()
		}
	}
	ours, theirs := ask(vm.rt), ask(plain)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 2000 {
			t.Skip("not a text of a script")
		}
		want := theirs(text)
		if got := ours(text); got != want && !strings.Contains(text, "\\u") && !(want == "SyntaxError" && strings.ContainsAny(text, "eE") && strings.ContainsAny(text, "0123456789")) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	})
}

// goja's JSON.parse is the control.
func BenchmarkParseJSON(b *testing.B) {
	var text strings.Builder
	text.WriteString("[")
	for i := range 20000 {
		fmt.Fprintf(&text, `{"id":%d,"name":"cell %d","xy":[%d.5,%d.25],"ok":true},`, i, i, i, i)
	}
	text.WriteString("null]")
	vm, err := New(Options{Host: &recorder{}})
	if err != nil {
		b.Fatal(err)
	}
	defer vm.Close()
	for name, rt := range map[string]*goja.Runtime{"ours": vm.rt, "goja": goja.New()} {
		b.Run(name, func(b *testing.B) {
			v, _ := rt.RunString("(t) => JSON.parse(t).length")
			call, _ := goja.AssertFunction(v)
			arg := rt.ToValue(text.String())
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if _, err := call(goja.Undefined(), arg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Libraries such as setImmediate put their global where they find setTimeout, be that the
// prototype of the global object.
func TestGlobalsOnThePrototype(t *testing.T) {
	v, err := run(t, `return (() => { "use strict";
		const behind = Object.getPrototypeOf(self), to = behind && behind.setTimeout ? behind : self;
		to.setImmediate = (f) => f(); to.URL = class {};
		return [to === behind, typeof setImmediate, typeof self.setImmediate, setImmediate(() => 7), URL === self.URL, typeof new URL().href] })()`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{true, "function", "function", 7.0, true, "undefined"}, v); diff != "" {
		t.Error(diff)
	}
}

package jsvm

import (
	"testing"

	"github.com/dop251/goja"
)

// Texts that a script evaluates are rewritten as the script itself is.
func TestEvaluatedTexts(t *testing.T) {
	for line, want := range map[string]string{
		`return eval("/^\\p{L}+$/u.test('äb')")`:                                                                       "true",
		`return (0, eval)("/\\p{Lu}/u.test('É')")`:                                                                     "true",
		`return globalThis.eval("/[\\p{L}--[a-z]]/v.test('É')")`:                                                       "true",
		`return eval("/a(?<n>b)/d.exec('ab').indices.groups.n").join()`:                                                `"1,2"`,
		`return new Function("s", "return /^\\p{L}$/u.test(s)")("é")`:                                                  "true",
		`return Function("a", "b", "return a + b")(1, 2)`:                                                              "3",
		`const local = 4; return eval("local + '/\\p{L}/'")`:                                                           `"4/p{L}/"`,
		`const local = 4; return eval("/\\p{L}/u.test('é') ? local : 0")`:                                              "4",
		`let n = 0; for await (const x of eval("(async function*(){ yield 1; yield 2 })")()) n += x; return n`:         "3",
		`let n = 0; for await (const x of new Function("return (async function*(){ yield 3 })()")()) n += x; return n`: "3",
		`return Object.getPrototypeOf(async () => {}).constructor("return /\\p{L}/u.test('é')")()`:                     "true",
		// eval by another name, and texts inside of texts
		`const e = eval; return e("/\\p{Lu}/u.test('É')")`:                                                            "true",
		`const [e] = [eval]; const local = 1; return e("typeof local + /\\p{L}/u.test('é')")`:                         `"undefinedtrue"`,
		`return self["ev" + "al"].call(null, "/\\p{Lu}/u.test('É')")`:                                                 "true",
		`return Reflect.apply(eval, null, ["/\\p{Lu}/u.test('É')"])`:                                                  "true",
		`return ["/\\p{Lu}/u.test('É')"].map(eval)[0]`:                                                                "true",
		`const local = 4; return eval("eval('/\\\\p{Lu}/u.test(\"É\") && local')")`:                                   "4",
		`const local = 4; return eval("[eval(/\\p{Lu}/u), eval('local')].length + eval('local')")`:                    "6",
		`return new Function("return eval('/\\\\p{Lu}/u.test(\"É\")')")()`:                                            "true",
		`const local = 4; return (eval)("local")`:                                                                     "4",
		`const local = 4; return eval("(eval)('typeof local')")`:                                                      `"undefined"`, // as a call by another name
		`function f(eval) { return eval("1") } const e = (f((x) => x + "1"), eval); return e("/\\p{Lu}/u.test('É')")`: "true",
		`return eval?.("/\\p{Lu}/u.test('É')")`:                                                                       "true",
		`return eval(...["/\\p{Lu}/u.test('É')", 1])`:                                                                 "true",
		`return eval.name + eval.length + typeof eval + (eval === globalThis.eval)`:                                   `"eval1functiontrue"`,
		`const F = (() => {}).constructor; return F("return /\\p{Lu}/u.test('É')")()`:                                 "true",
		`const F = (function* () {}).constructor; return [...F("yield /\\p{Lu}/u.test('É')")()][0]`:                   "true",
		`const F = (async () => {}).constructor; return await F("return /\\p{Lu}/u.test('É')")()`:                     "true",
		`return Reflect.construct(Function, ["return /\\p{Lu}/u.test('É')"])()`:                                       "true",
		`return await new Promise((ok) => { self.ok = ok; setTimeout("ok(/\\p{Lu}/u.test('É'))", 1) })`:               "true",
		`return eval("x".repeat(5 << 20))`:                                                                            `"throws RangeError"`,
		// regular expressions, however they are made
		`return new RegExp(new String("\\p{Lu}"), "u").test("É")`:                         "true",
		`return RegExp({ toString: () => "\\p{Lu}" }, { toString: () => "u" }).test("É")`: "true",
		`return new RegExp(/\p{Lu}/, "u").test("É")`:                                      "true",
		`return new RegExp(/\p{Lu}/u, "v").flags`:                                         `"v"`,
		`const R = /x/.constructor; return new R("\\p{Lu}", "u").test("É")`:               "true",
		`class R extends RegExp {} return new R("\\p{Lu}", "u").test("É")`:                "true",
		`return Reflect.construct(RegExp, ["\\p{Lu}", "u"]).test("É")`:                    "true",
		`return /x/.compile("\\p{Lu}", "u")`:                                              `"throws TypeError"`,
		`return /x/.compile("b+", "i").test("aBB")`:                                       "true",
		`return ["É".match("\\p{Lu}"), "p{Lu}".search("\\p{Lu}")].join()`:                 `",0"`,
		`return "aÉb".split(/\p{Lu}/u).join() + "aÉb".replace(/\p{Lu}/gu, "x")`:           `"a,baxb"`,
		`return eval(5)`:           "5",
		`return eval("{")`:         `"throws SyntaxError"`,
		`return new Function("{")`: `"throws SyntaxError"`,
		`return Function.name + (function () {}).constructor.name + Function.length`:             `"FunctionFunction1"`,
		`return (() => {}) instanceof Function && Function.prototype.constructor === Function`:   "true",
		`class F extends Function {}; const f = new F("return 1"); return f instanceof F && f()`: "1",
		`return eval("/\\p{Script_Extensions=Greek}/u.test('a')")`:                               `"throws SyntaxError"`,
	} {
		if got := answer(t, "const show = (v) => JSON.stringify(v);", line); got != want && `"`+got+`"` != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// Under all rewriting lies a net: what nobody translated is an error.
func TestUntranslatedPatternsAreErrors(t *testing.T) {
	for text, refused := range map[string]bool{
		`x = /\p{L}/u`:                    true,
		`f(() => [/(?<=a)$/])`:            true,
		`x = /\p{L}/u; y = "/\p{L}/u"`:    true,
		`x = new RegExp("\\p{L}", "u")`:   false,
		`x = /(?:a|b)+/u; y = "/\p{L}/u"`: false,
	} {
		tree, err := goja.Parse("", text)
		if err != nil {
			t.Fatal(err)
		}
		if err := untranslated(tree); (err != nil) != refused {
			t.Errorf("%s: %v", text, err)
		}
	}
}

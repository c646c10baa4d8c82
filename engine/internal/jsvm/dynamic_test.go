package jsvm

import "testing"

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

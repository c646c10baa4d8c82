package jsvm

import "testing"

// What goja reads otherwise is read as the language says, with the lines kept.
func TestAmended(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"return [1 < 2 < 3, 3 > 2 > 1, 3 > (2 > 1), 1 < (2) < 3, 1 < ((2) < 3)].join()", `"true,false,true,true,false"`},
		{"return [0 <= 5 <= 3 <= 0, 1 < /* ( */ 2 < 3, ({}) instanceof Object in {true: 1}].join()", `"false,true,true"`},
		{"if (true) { function f() { return 1 } } return f()", "1"},
		{"var f = 0; switch (1) { case 1: function f() { return 2 } } return f()", "2"},
		{"if (true) function f() { return 3 }\nreturn f()", "3"},
		{"function g() { { function f() { return 4 } } return f } return g()()", "4"},
		{"return eval('{ function f() { return 5 } } f()')", "5"},
		// texts that are evaluated
		{`return [eval("1 < 2 < 3"), eval("3 > 2 > 1"), eval("3 > (2 > 1)"), eval("1 < (2) < 3"), eval("(5) > 4 > ((3)) > 0")].join()`, `"true,false,true,true,false"`},
		{`return new Function("a", "return 0 <= a <= 3 <= 0")(5) + "," + eval("1 < /* ) */ 2 // (\n < 3")`, `"false,true"`},
		{`return eval("(0, {a: 3}).a > 2 > 1") + "," + eval("[3 > 2 > 1, (() => 3 > 2 > 1)(), (1, 3) > 2 > (9 > 8 > 0)].join()")`, `"false,false,false,false"`},
		{`return eval("({}) instanceof Object in {true: 1} && 'a' in {a: 1} in {true: 2}")`, "true"},
		{`return eval("const x = 3 > 2 > 1; (async function* () { yield 1 })() && x")`, "false"}, // rewritten first
		{`return eval("3 > eval('2 > 1 > 0') > 1")`, "false"},
		{`return eval("!1 < 2 < -3 + 1") + "," + eval("typeof 1 > 0 < 1")`, `"false,true"`},
		{"'use strict'; const f = () => 7; { function f() { return 8 } } return f()", "7"},
		{"class A { static m() { const f = () => 9; { function f() { return 10 } } return f() } } return A.m()", "9"},
		{"const out = []; for (const f of [1, 2]) { out.push(f); { function g() { return f } out.push(g()) } } return out.join()", `"1,1,2,2"`},
	} {
		if got := answer(t, "const show = JSON.stringify", c.body); got != c.want {
			t.Errorf("%s\n\tgot %s, want %s", c.body, got, c.want)
		}
	}
}

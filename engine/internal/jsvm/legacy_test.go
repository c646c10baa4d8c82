package jsvm

import "testing"

// What the language keeps for pages of long ago (its Annex B), with the answers of a browser.
func TestLegacyMethods(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`return ["a".anchor('n"x'), "a".big(), "a".blink(), "a".bold(), "a".fixed()].join()`, `<a name="n&quot;x">a</a>,<big>a</big>,<blink>a</blink>,<b>a</b>,<tt>a</tt>`},
		{`return ["a".fontcolor("red"), "a".fontsize(7), "a".italics(), "a".link("u?v")].join()`, `<font color="red">a</font>,<font size="7">a</font>,<i>a</i>,<a href="u?v">a</a>`},
		{`return ["<".small(), "a".strike(), "a".sub(), "a".sup(), "a".link()].join()`, `<small><</small>,<strike>a</strike>,<sub>a</sub>,<sup>a</sup>,<a href="undefined">a</a>`},
		{`return String.prototype.anchor.call(5, 6) + String.prototype.bold.name`, `<a name="6">5</a>bold`},
		{`return String.prototype.bold.call(null)`, "throws TypeError"},
		{`const d = new Date(2001, 1, 3); d.setYear(77); return d.getYear() + "," + d.getFullYear() + "," + d.setYear(NaN) + "," + (d.toGMTString() === d.toUTCString())`, "77,1977,NaN,true"},
		{`const o = {}; o.__defineGetter__("x", () => 4); o.__defineSetter__("x", function (v) { this.y = v }); o.x = 5; return o.x + o.y + typeof Object.create(o).__lookupGetter__("x") + o.__lookupSetter__("z") + Object.keys(o)`, "9functionundefinedx,y"},
		{`return ({}).__defineGetter__("x", 1)`, "throws TypeError"},
		{`const keys = []; for (const k in {a: 1}) keys.push(k); return keys + ({}).__defineGetter__.name`, "a__defineGetter__"},
	} {
		if got := answer(t, "const show = String", c.body); got != c.want {
			t.Errorf("%s\n\tgot %s, want %s", c.body, got, c.want)
		}
	}
}

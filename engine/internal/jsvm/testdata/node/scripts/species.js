class Stack extends Array { static get [Symbol.species]() { return Array; } top() { return this.at(-1); } }
class List extends Array { sum() { return this.reduce((a, b) => a + b, 0); } }
const s = Stack.from([1, 2, 3]), l = new List(1, 2, 3);
class MyPromise extends Promise { static get [Symbol.species]() { return Promise; } }
class Sub extends Promise {}
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } }
class Money { constructor(v) { this.v = v; } [Symbol.toPrimitive](hint) { return hint === "string" ? `$${this.v}` : hint === "number" ? this.v : "d" + this.v; } }
class Name extends Uint8Array {}
const spread = { length: 1, 0: "a", [Symbol.isConcatSpreadable]: true };
class Pattern extends RegExp { exec(t) { const m = super.exec(t); if (m) m.extra = 1; return m; } }
const m = new Money(5);
return [s.top(), s.map((x) => x) instanceof Stack, s instanceof Stack, l.map((x) => x * 2).sum(), l.filter((x) => x > 1) instanceof List, l.length, new List(3).length, List.of(3).length, MyPromise.resolve(1).then(() => 1) instanceof MyPromise, Sub.resolve(1).then(() => 1) instanceof Sub, 2 instanceof Even, `${m}`, +m, m + "", m * 2, new Name(2).map((x) => 1) instanceof Name, new Name([1, 2, 3]).subarray(1) instanceof Name, [0].concat(spread), new Pattern("a").exec("a").extra, "xax".replace(new Pattern("a", "g"), "b"), Object.prototype.toString.call(new (class { get [Symbol.toStringTag]() { return "Mine"; } })()), Symbol.for("k") === Symbol.for("k"), Symbol.keyFor(Symbol.for("k")), Symbol("d").toString(), [][Symbol.unscopables].flat, JSON.stringify({ [Symbol("x")]: 1, a: Symbol("y") })];

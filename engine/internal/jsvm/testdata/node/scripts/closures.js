const debounce = (f, ms) => { let id; return (...a) => { clearTimeout(id); id = setTimeout(() => f(...a), ms); }; };
const calls = []; const d = debounce((x) => calls.push(x), 2); d(1); d(2); await new Promise((r) => setTimeout(r, 15));
const memo = (f, cache = new Map()) => (x) => cache.has(x) ? cache.get(x) : (cache.set(x, f(x)), cache.get(x)); let runs = 0; const sq = memo((x) => { runs++; return x * x; }); sq(3); sq(3);
const compose = (...fs) => (x) => fs.reduceRight((v, f) => f(v), x);
const curry = (f, ...a) => a.length >= f.length ? f(...a) : (...b) => curry(f, ...a, ...b);
function Old(name) { if (!(this instanceof Old)) return new Old(name); this.name = name; } Old.prototype.hi = function () { return "hi " + this.name; };
function Child() { Old.call(this, "kid"); } Child.prototype = Object.create(Old.prototype, { constructor: { value: Child } });
const counter = (function () { var n = 0; return { up: function () { return ++n; } }; })(); counter.up();
const bound = function (a, b) { return [this.x, a, b]; }.bind({ x: 1 }, 2);
const mixin = (B) => class extends B { mixed() { return "mixed"; } }; class M extends mixin(Object) {}
function defaults(a, b = a, c = () => a + b) { var a = 5; return [a, b, c()]; }
function args() { arguments[0] = 9; return [arguments.length, arguments[0], Array.prototype.slice.call(arguments, 1)]; }
const self2 = { f() { return (() => this === self2)(); }, g: () => typeof this };
return [calls, runs, compose((x) => x + 1, (x) => x * 2)(5), curry((a, b, c) => a + b + c)(1)(2, 3), Old("o").hi(), new Child().hi(), new Child() instanceof Old, counter.up(), bound(3), bound.name, bound.length, new M().mixed(), defaults(1), args(1, 2, 3), self2.f(), (function () { return typeof this; }).call(5), (function () { "use strict"; return typeof this; }).call(5), (() => {}).name, (class {}).name, (function named() { return typeof named; })(), ((a, b = 1, ...c) => 0).length, Function.prototype.toString.call(function  x ( a ) { return a }), String(class A { b() {} }), String((x) => x), new Function("a", "b", "return a + b")(1, 2), typeof globalThis, [1, 2, 3].map(String), ["1", "2", "3"].map(parseInt)];

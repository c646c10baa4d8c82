var self2 = this; x2 = 5; var undef = typeof y2; with ({ inside: 1 }) { var got = inside; }
var o = { if: 1, class: 2, "quoted-key": 3, 1.5: 4, get: 5, set: 6, async: 7, static: 8, __proto__: { p: 1 } }, let1 = 1, yield1 = 2, async = 3, of = 4, get = 5;
var dup = { a: 1, a: 2 }; (function (a, a) { o.dup = a; })(1, 2);
var arr = [1, 2, 3,], octal = 010, str = "\07".length; arr.foo = "bar"; delete x2;
function hoist() { return inner(); function inner() { return 1; } var inner = 2; }
var ev = eval("var fromEval = 3; fromEval + 1"), caller = (function f(n) { return n ? n * f(n - 1) : 1; })(5);
switch (typeof null) { default: o.sw = "d"; case "object": o.sw = (o.sw || "") + "o"; }
for (var i = 0, n = []; i < 3; i++) n.push(i); do ; while (false)
var asi = 1
;[1, 2].forEach(function (v) { asi += v })
var re = 4 / 2 / 1
return [undef, got, o.if, o.class, o["quoted-key"], o[1.5], o.p, Object.keys(o).length, let1 + yield1 + async + of + get, dup.a, o.dup, arr.length, octal, str, typeof x2, hoist(), ev, fromEval, caller, o.sw, i, n, asi, re, isNaN(NaN) ? 1 : 0, [1, 2, 3] == "1,2,3", null == undefined, null == 0, "" == 0, "0" == false, [] == ![], NaN != NaN, typeof function () {}, void "x", +[], +{}, 1 < 2 < 3, 3 > 2 > 1, "b" in { b: 1 }, [,].length, (function () { return arguments.callee.length; })(1)];

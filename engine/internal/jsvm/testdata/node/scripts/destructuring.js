const holes = [1, , 3]; const [a, b = "hole", c] = holes;
const { x: { y: [, second] = [] } = {}, ...rest } = { x: { y: [1, 2] }, p: 1, q: 2, [Symbol("s")]: 3 };
let i = 0, j = 1; [i, j] = [j, i];
const o = {}; [o.first, ...o.others] = "abc"; ({ length: o.n } = "four");
const f = ({ a = 1, b: { c = a + 1 } = {} } = {}, [d, e = d] = [7], ...more) => [a, c, d, e, more];
const log = []; const src = { get k() { log.push("k"); return undefined; } }; const { k = log.push("default") } = src;
let refused; try { const { z } = null; } catch (e) { refused = e.name; }
try { const [z] = {}; } catch (e) { refused += e.name; }
const forEach = []; holes.forEach((v, n) => forEach.push(n)); for (const v of holes) forEach.push(v); for (const n in holes) forEach.push(n);
const { 0: zero, [`${1 + 1}`]: two } = holes;
return [a, b, c, second, Object.keys(rest), i, j, o, f(), f({ b: {} }, [1], 2, 3), log, k, refused, forEach, holes.map((v) => v * 2), Object.keys(holes), [...holes], holes.flat(), holes.indexOf(undefined), holes.includes(undefined), holes.findIndex((v) => v === undefined), JSON.stringify(holes), holes.join("-"), zero, two, Array(3).length, [, ,].length, Array.from({ length: 2 }), [1, [2, , 4]].flat(), (function () { return arguments.length; })(...holes)];

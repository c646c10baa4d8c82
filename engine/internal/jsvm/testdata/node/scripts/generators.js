const log = [];
function* count(n) { try { for (let i = 0; i < n; i++) { const got = yield i; if (got) log.push(got); } return "done"; } catch (e) { log.push("caught " + e); yield "rescued"; } finally { log.push("closed"); } }
const g = count(3);
const steps = [g.next(), g.next("a"), g.throw("bad"), g.next(), g.next()];
function* outer() { const r = yield* count(2); yield r; yield* "hé😀"; yield* [[1, 2]]; }
const all = [...outer()];
for (const x of count(10)) if (x === 1) break;
const [first, , third = "none", ...others] = count(6);
const tree = { v: 1, kids: [{ v: 2, kids: [] }, { v: 3, kids: [{ v: 4, kids: [] }] }], *[Symbol.iterator]() { yield* (function* walk(n) { yield n.v; for (const k of n.kids) yield* walk(k); })(this); } };
const fib = function* () { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } };
const small = []; for (const x of fib()) { if (x > 50) break; small.push(x); }
const early = count(2); const ended = [early.return("r"), early.next()];
return [steps, all, first, third, others, [...tree], small, ended, log, Object.prototype.toString.call(g), Math.max(...tree), new Map(Object.entries({ a: 1 })), Array.from(count(3), (x) => x * 2)];

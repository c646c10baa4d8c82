const log = [];
async function* lines(chunks) {
  let rest = "";
  try {
    for await (const chunk of chunks) { const parts = (rest + chunk).split("\n"); rest = parts.pop(); yield* parts; }
    if (rest) yield rest;
  } finally { log.push("closed"); }
}
async function* slow(list) { for (const x of list) { await new Promise((r) => setTimeout(r, 1)); yield x; } }
const read = []; for await (const line of lines(slow(["a\nb", "c\n", "d"]))) read.push(line);
for await (const line of lines(["x\ny\n"])) { read.push(line); break; }
const hand = { i: 0, [Symbol.asyncIterator]() { return this; }, next() { return Promise.resolve({ done: this.i >= 2, value: this.i++ }); }, return() { log.push("returned"); return Promise.resolve({}); } };
outer: for (const _ of [1, 2]) { for await (const x of hand) { read.push(x); if (x === 1) continue outer; } }
const failing = async function* () { yield 1; throw new TypeError("mid"); };
try { for await (const x of failing()) read.push("f" + x); } catch (e) { read.push(e.name); }
const obj = { async *pages() { for (let p = 1; p <= 3; p++) yield { p }; } };
const pages = []; for await (const { p } of obj.pages()) pages.push(p);
const it = failing(); const steps = [await it.next(), await it.return("early"), await it.next()];
const order = []; const q = (async function* () { yield 1; yield 2; })();
await Promise.all([q.next().then((r) => order.push(r.value)), q.next().then((r) => order.push(r.value)), q.next().then((r) => order.push(r.done))]);
return [read, pages, log, steps, order, typeof Symbol.asyncIterator, Object.prototype.toString.call(async () => {})];

const key = {}, w = new WeakMap([[key, 1]]), s = new WeakSet([key]), r = new WeakRef(key);
let refused = []; for (const f of [() => w.set(1, 1), () => s.add("x"), () => new WeakRef(1), () => new WeakMap([1]), () => WeakRef({})]) try { f(); refused.push("fine"); } catch (e) { refused.push(e.name); }
const registry = new FinalizationRegistry(() => {}); registry.register(key, "held", key);
class Counter { static #n = new WeakMap(); constructor() { Counter.#n.set(this, 0); } up() { Counter.#n.set(this, Counter.#n.get(this) + 1); return Counter.#n.get(this); } }
const c = new Counter(); c.up();
return [w.get(key), w.has({}), w.delete(key), w.has(key), s.has(key), r.deref() === key, refused, registry.unregister(key), c.up(), Object.prototype.toString.call(r), Object.prototype.toString.call(w), w.size];

const log = [];
const traps = {}; for (const t of ["get", "set", "has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "defineProperty", "apply", "construct", "getPrototypeOf"]) traps[t] = (...a) => { log.push(t + (typeof a[1] === "string" ? ":" + a[1] : "")); return Reflect[t](...a); };
const p = new Proxy({ a: 1 }, traps);
p.a; p.b = 2; "a" in p; delete p.a; Object.keys(p); ({ ...p }); Object.getPrototypeOf(p); JSON.stringify(p);
const F = new Proxy(function (x) { this && (this.x = x); return x; }, traps); F(1); new F(2);
const negative = new Proxy([1, 2, 3], { get: (t, k, r) => typeof k === "string" && /^-\d+$/.test(k) ? t[t.length + +k] : Reflect.get(t, k, r) });
const checked = new Proxy({}, { set(t, k, v) { if (typeof v !== "number") throw new TypeError("number!"); return Reflect.set(t, k, v); } });
let refused = []; try { checked.x = "s"; } catch (e) { refused.push(e.message); }
(() => { "use strict"; try { new Proxy({}, { set: () => false }).x = 1; } catch (e) { refused.push(e.name); } })();
try { new Proxy(Object.freeze({ a: 1 }), { get: () => 2 }).a; } catch (e) { refused.push(e.name); }
const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); try { proxy.x; } catch (e) { refused.push(e.name); }
const deep = (path = []) => new Proxy(() => {}, { get: (_, k) => deep([...path, k]), apply: (_, __, args) => path.join(".") + "(" + args + ")" });
class Base { constructor() { this.t = new.target.name; } }
return [log, negative[-1], negative.length, Array.isArray(negative), negative.map((x) => x + 1), refused, deep().api.users.get(1, 2), Reflect.ownKeys({ b: 1, a: 1, 1: 1, [Symbol.iterator]: 1 }).length, Reflect.construct(Base, [], class Other {}).t, Reflect.has({ a: 1 }, "a"), Reflect.apply(Math.max, null, [1, 3]), Reflect.getOwnPropertyDescriptor({ a: 1 }, "a"), Reflect.defineProperty(Object.freeze({}), "x", { value: 1 }), Reflect.set({ set x(v) { this.y = v; } }, "x", 1, {}), typeof F, [...new Proxy(new Set([1]), { get: (t, k) => typeof t[k] === "function" ? t[k].bind(t) : t[k] })]];

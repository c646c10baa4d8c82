const log = [];
const o = {
  _v: 1,
  get v() { log.push("get"); return this._v; },
  set v(x) { log.push("set " + x); this._v = x; },
  get [Symbol.toStringTag]() { return "Tagged"; },
};
o.v += 2; o.v ||= 9; o.v &&= 4; o.v ??= 7; o.v++;
const child = Object.create(o, { w: { get() { return this.v * 2; }, enumerable: true, configurable: true } });
child.v = 10;
const lazy = { get big() { const value = log.length; Object.defineProperty(this, "big", { value, enumerable: true }); return value; } };
const first = lazy.big; log.push("x");
const frozen = Object.freeze({ a: 1, deep: { b: 1 } }); frozen.deep.b = 2;
let refused; (() => { "use strict"; try { frozen.a = 2; } catch (e) { refused = e.name; } })();
const d = Object.getOwnPropertyDescriptors(o);
return [log, o._v, child._v, child.w, String(o), first === lazy.big, frozen, refused, typeof d.v.get, d._v.writable, { ...o }._v, Object.entries({ get z() { return 5; } }), (({ v: renamed = 3, absent = 4 }) => [renamed, absent])(o)];

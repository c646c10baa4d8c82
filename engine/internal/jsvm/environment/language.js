// What goja lacks of ES2023 to ES2025 and a few lines give.
(function (native, self, core) {
const { Text, TypeErr, RangeErr, defineProperty, isArray, typedTag, apply, getPrototypeOf, hidden } = core;
const integer = (x) => { const n = Math.trunc(Number(x)); return n !== n ? 0 : n; };
const lengthOf = (o) => Math.max(0, Math.min(integer(o.length), 2 ** 53 - 1));
const relative = (x, n) => { const i = integer(x); return i < 0 ? Math.max(n + i, 0) : Math.min(i, n); };
const needed = (f) => { if (typeof f !== "function") throw new TypeErr("a function is needed, not " + typeof f); return f; };
const likeThis = (list, from) => (apply(typedTag, list, []) === undefined ? from : list.constructor.from(from));
const copy = (list) => { const n = lengthOf(list); if (n > 2 ** 32 - 1) throw new RangeErr("Invalid array length"); const out = new Array(n); for (let i = 0; i < n; i++) out[i] = list[i]; return out; };

const arrays = {
  findLast(f, self) { needed(f); for (let i = lengthOf(this) - 1; i >= 0; i--) { const v = this[i]; if (f.call(self, v, i, this)) return v; } },
  findLastIndex(f, self) { needed(f); for (let i = lengthOf(this) - 1; i >= 0; i--) if (f.call(self, this[i], i, this)) return i; return -1; },
  toReversed() { return likeThis(this, copy(this).reverse()); },
  toSorted(f) {
    if (f !== undefined) needed(f);
    if (apply(typedTag, this, []) !== undefined) return this.slice().sort(f);
    return copy(this).sort(f);
  },
  toSpliced(start, skip, ...items) {
    const out = copy(this);
    if (arguments.length === 0) return out;
    if (arguments.length === 1) out.splice(start);
    else out.splice(start, skip, ...items);
    return out;
  },
  with(index, value) {
    const n = lengthOf(this), i = integer(index) < 0 ? n + integer(index) : integer(index);
    if (i < 0 || i >= n) throw new RangeErr("Invalid index : " + index);
    const out = apply(typedTag, this, []) === undefined ? copy(this) : this.slice();
    out[i] = value;
    return out;
  },
};
const group = (items, f, add) => {
  needed(f);
  let i = 0;
  for (const item of items) add(f(item, i++), item);
};
const sets = (() => {
  const other = (o) => {
    if (o === null || typeof o !== "object" || Number(o.size) !== Number(o.size)) throw new TypeErr("a set-like object is needed");
    return { size: Number(o.size), has: (x) => o.has(x), keys: () => ({ [Symbol.iterator]: () => o.keys() }) };
  };
  return {
    union(o) { const out = new Set(this); for (const x of other(o).keys()) out.add(x); return out; },
    intersection(o) { const b = other(o), out = new Set(); for (const x of this) if (b.has(x)) out.add(x); return out; },
    difference(o) { const b = other(o), out = new Set(); for (const x of this) if (!b.has(x)) out.add(x); return out; },
    symmetricDifference(o) { const out = new Set(this); for (const x of other(o).keys()) if (this.has(x)) out.delete(x); else out.add(x); return out; },
    isSubsetOf(o) { const b = other(o); if (this.size > b.size) return false; for (const x of this) if (!b.has(x)) return false; return true; },
    isSupersetOf(o) { for (const x of other(o).keys()) if (!this.has(x)) return false; return true; },
    isDisjointFrom(o) { const b = other(o); for (const x of this) if (b.has(x)) return false; return true; },
  };
})();
const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;
const strings = {
  isWellFormed() { return native.wellFormed(Text(this)); },
  toWellFormed() {
    const text = Text(this);
    if (native.wellFormed(text)) return text;
    let out = "";
    for (const c of text) { const u = c.codePointAt(0); out += u >= 0xd800 && u <= 0xdfff ? "\ufffd" : c; }
    return out;
  },
};
const promises = {
  withResolvers() { let resolve, reject; const promise = new this((a, b) => { resolve = a; reject = b; }); return { promise, resolve, reject }; },
  try(f, ...args) { return new this((resolve) => resolve(f(...args))); },
};
const objects = {
  groupBy(items, f) { const out = Object.create(null); group(items, f, (k, x) => { if (typeof k !== "symbol") k = Text(k); (out[k] || (out[k] = [])).push(x); }); return out; },
};
const maps = {
  groupBy(items, f) { const out = new Map(); group(items, f, (k, x) => { const list = out.get(k); if (list) list.push(x); else out.set(k, [x]); }); return out; },
};
const statics = {
  async fromAsync(items, f, self) {
    if (f !== undefined) needed(f);
    const out = typeof this === "function" && this !== Array ? new this() : [];
    const take = async (x) => { const i = out.length; x = await x; out[i] = f ? await f.call(self, x, i) : x; };
    const begin = items[Symbol.asyncIterator];
    if (begin !== undefined && begin !== null) {
      const it = begin.call(items);
      for (let step = await it.next(); !step.done; step = await it.next()) await take(step.value);
    } else if (items[Symbol.iterator]) for (const x of items) await take(x);
    else for (let i = 0; i < lengthOf(items); i++) await take(items[i]);
    return out;
  },
};
const buffers = {
  transfer(n) {
    const out = new ArrayBuffer(n === undefined ? this.byteLength : n);
    new Uint8Array(out).set(new Uint8Array(this, 0, Math.min(this.byteLength, out.byteLength)));
    native.detach(this);
    return out;
  },
};
const errors = { isError(e) { return native.isError(e); } };
const patterns = {
  escape(text) {
    if (typeof text !== "string") throw new TypeErr("RegExp.escape needs a text");
    let out = "", first = true;
    for (const c of text) {
      const code = c.codePointAt(0);
      if (first && /[0-9A-Za-z]/.test(c)) out += "\\x" + code.toString(16).padStart(2, "0");
      else if ("^$\\.*+?()[]{}|/".includes(c)) out += "\\" + c;
      else if ("\t\n\v\f\r".includes(c)) out += "\\" + "tnvfr"["\t\n\v\f\r".indexOf(c)];
      else if (",-=<>#&!%:;@~'`\" ".includes(c)) out += "\\x" + code.toString(16).padStart(2, "0");
      else if (/\s/.test(c) || (code >= 0xd800 && code <= 0xdfff)) out += code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u" + code.toString(16).padStart(4, "0");
      else out += c;
      first = false;
    }
    return out;
  },
};

// A WeakRef that keeps its target: whether something was collected cannot be seen.
class WeakRef {
  constructor(target) {
    if (target === null || (typeof target !== "object" && typeof target !== "function")) throw new TypeErr("a WeakRef needs an object");
    hidden(this, "target", target);
  }
  deref() { return this.target; }
  get [Symbol.toStringTag]() { return "WeakRef"; }
}
class FinalizationRegistry {
  constructor(f) { needed(f); }
  register() {}
  unregister() { return false; }
  get [Symbol.toStringTag]() { return "FinalizationRegistry"; }
}
const kinds = new Map([[Promise, promises], [Object, objects], [Map, maps], [Array, statics], [Array.prototype, arrays], [getPrototypeOf(Uint8Array.prototype), arrays],
  [String.prototype, strings], [Set.prototype, sets], [ArrayBuffer.prototype, buffers], [Error, errors]]);
return { WeakRef, FinalizationRegistry, methods: (target, name) => (kinds.get(target) || patterns)[name] };
})

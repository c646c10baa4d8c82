// What goja lacks of ES2021 to ES2025 and a few lines give.
(function (native, self, core) {
const { Text, TypeErr, hidden } = core;
const needed = (f) => { if (typeof f !== "function") throw new TypeErr("a function is needed, not " + typeof f); return f; };
const group = (items, f, add) => {
  needed(f);
  let i = 0;
  for (const item of items) add(f(item, i++), item);
};
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
    else for (let i = 0; i < Number(items.length); i++) await take(items[i]);
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
const kinds = new Map([[Promise, promises], [Object, objects], [Map, maps], [Array, statics],
  [String.prototype, strings], [ArrayBuffer.prototype, buffers], [Error, errors]]);
return { WeakRef, FinalizationRegistry, methods: (target, name) => (kinds.get(target) || patterns)[name] };
})

// The environment of a worker, as far as goja leaves it open. It runs before any
// plugin and keeps its own references to everything it uses, so that a plugin that
// changes a prototype changes only itself. `native` are functions written in Go.
(function (native, self) {
"use strict";
const { apply, ownKeys, getPrototypeOf } = Reflect;
const uncurry = (f) => (self, ...args) => apply(f, self, args);
const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const define = (name, value) => Object.defineProperty(self, name, { value, writable: true, configurable: true, enumerable: false });

const { defineProperty, create, keys: objectKeys } = Object;
const isArray = Array.isArray;
const ObjectPrototype = Object.prototype;
const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
const PromiseResolve = Promise.resolve.bind(Promise);
const then = uncurry(Promise.prototype.then);
const weakGet = uncurry(WeakMap.prototype.get), weakSet = uncurry(WeakMap.prototype.set), weakHas = uncurry(WeakMap.prototype.has);
const TypedArray = getPrototypeOf(Uint8Array);
const typedTag = getter(TypedArray.prototype, Symbol.toStringTag);
const typedBuffer = getter(TypedArray.prototype, "buffer");
const typedOffset = getter(TypedArray.prototype, "byteOffset");
const typedLength = getter(TypedArray.prototype, "byteLength");
const viewBuffer = getter(DataView.prototype, "buffer");
const viewOffset = getter(DataView.prototype, "byteOffset");
const viewLength = getter(DataView.prototype, "byteLength");
const isView = ArrayBuffer.isView;
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const bufferSlice = uncurry(ArrayBuffer.prototype.slice);
const toISO = uncurry(Date.prototype.toISOString), getTime = uncurry(Date.prototype.getTime);
const mapForEach = Map.prototype.forEach, setForEach = Set.prototype.forEach;
const Uint8 = Uint8Array, Text = String, Num = Number, Err = Error, TypeErr = TypeError;
const errors = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };

if (!Symbol.asyncIterator) defineProperty(Symbol, "asyncIterator", { value: Symbol("Symbol.asyncIterator") });

// ---- errors

class DOMException extends Error {
  constructor(message = "", name = "Error") {
    super(message);
    defineProperty(this, "name", { value: Text(name), writable: true, configurable: true, enumerable: false });
  }
}
define("DOMException", DOMException);

const newError = (name, message, stack) => {
  const known = apply(ObjectPrototype.hasOwnProperty, errors, [name]);
  const e = new (known ? errors[name] : Err)(message);
  if (!known && name) defineProperty(e, "name", { value: name, writable: true, configurable: true, enumerable: false });
  if (stack) defineProperty(e, "remoteStack", { value: stack, writable: true, configurable: true, enumerable: false });
  return e;
};

// ---- timers, microtasks, console

define("setTimeout", function setTimeout(f, ms, ...args) { return native.setTimer(callback(f), Num(ms), false, args); });
define("setInterval", function setInterval(f, ms, ...args) { return native.setTimer(callback(f), Num(ms), true, args); });
define("clearTimeout", function clearTimeout(id) { native.clearTimer(Num(id)); });
define("clearInterval", function clearInterval(id) { native.clearTimer(Num(id)); });
define("queueMicrotask", function queueMicrotask(f) { callback(f); then(PromiseResolve(), () => { f(); }); });
function callback(f) {
  if (typeof f !== "function") throw new TypeErr("a timer needs a function, not " + typeof f);
  return f;
}

const console = {};
for (const level of ["log", "info", "debug", "warn", "error"]) {
  console[level] = { [level](...args) { native.log(level, args); } }[level];
}
const started = create(null);
console.trace = function trace(...args) { native.log("debug", args); };
console.dir = function dir(x) { native.log("log", [x]); };
console.table = console.dir;
console.group = function group(...args) { if (args.length) native.log("log", args); };
console.groupCollapsed = console.group;
console.groupEnd = function groupEnd() {};
console.assert = function assert(ok, ...args) { if (!ok) native.log("error", ["assertion failed", ...args]); };
console.time = function time(label = "default") { started[label] = native.now(); };
console.timeEnd = function timeEnd(label = "default") {
  if (label in started) native.log("log", [label + ": " + (native.now() - started[label]) + " ms"]);
  delete started[label];
};
const counts = create(null);
console.count = function count(label = "default") { counts[label] = (counts[label] || 0) + 1; native.log("log", [label + ": " + counts[label]]); };
define("console", console);

// ---- text and bytes

const bytesOf = (source) => {
  if (source instanceof ArrayBuffer) return source;
  if (apply(typedTag, source, []) !== undefined) {
    const from = apply(typedOffset, source, []);
    return bufferSlice(apply(typedBuffer, source, []), from, from + apply(typedLength, source, []));
  }
  if (source instanceof DataView) {
    const from = apply(viewOffset, source, []);
    return bufferSlice(apply(viewBuffer, source, []), from, from + apply(viewLength, source, []));
  }
  throw new TypeErr("an ArrayBuffer or a view of one is needed");
};

class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(text = "") { return new Uint8(native.encode(Text(text))); }
  encodeInto(text, target) {
    const bytes = new Uint8(native.encode(Text(text)));
    let written = 0;
    for (; written < bytes.length && written < target.length; written++) target[written] = bytes[written];
    return { read: native.decode(bufferSlice(bytes.buffer, 0, written), "utf-8", false).length, written };
  }
}
define("TextEncoder", TextEncoder);

const decoders = new WeakMap();
class TextDecoder {
  constructor(label = "utf-8", options = {}) {
    const encoding = native.encoding(Text(label));
    if (!encoding) throw new RangeError("the encoding " + label + " is not known");
    weakSet(decoders, this, { encoding, fatal: !!options.fatal, ignoreBOM: !!options.ignoreBOM });
  }
  get encoding() { return weakGet(decoders, this).encoding; }
  get fatal() { return weakGet(decoders, this).fatal; }
  get ignoreBOM() { return weakGet(decoders, this).ignoreBOM; }
  decode(bytes, options = {}) {
    if (options.stream) throw new TypeErr("TextDecoder cannot decode a stream here: collect the bytes first");
    const d = weakGet(decoders, this);
    const text = bytes === undefined ? "" : native.decode(bytesOf(bytes), d.encoding, d.fatal);
    return !d.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}
define("TextDecoder", TextDecoder);
define("atob", function atob(text) {
  const bytes = native.fromBase64(Text(text));
  if (bytes === null) throw new DOMException("the text is not base64", "InvalidCharacterError");
  return native.decode(bytes, "latin1", false);
});
define("btoa", function btoa(text) {
  const bytes = native.latin1(Text(text));
  if (bytes === null) throw new DOMException("the text has characters beyond U+00FF", "InvalidCharacterError");
  return native.toBase64(bytes);
});

// ---- Blob, File, FileReader

const blobs = new WeakMap(); // to {data: ArrayBuffer, type, name, modified}
class Blob {
  constructor(parts = [], options = {}) {
    if (parts === null || typeof parts !== "object") throw new TypeErr("a Blob needs a list of parts");
    const buffers = [];
    for (const part of parts) {
      const known = part !== null && typeof part === "object" ? weakGet(blobs, part) : undefined;
      if (known) buffers.push(known.data);
      else if (part !== null && typeof part === "object" && (part instanceof ArrayBuffer || ArrayBuffer.isView(part))) buffers.push(bytesOf(part));
      else buffers.push(native.encode(Text(part)));
    }
    weakSet(blobs, this, { data: native.concat(buffers), type: Text(options.type || "").toLowerCase() });
  }
  get size() { return apply(bufferLength, weakGet(blobs, this).data, []); }
  get type() { return weakGet(blobs, this).type; }
  async arrayBuffer() { return bufferSlice(weakGet(blobs, this).data, 0); }
  async bytes() { return new Uint8(bufferSlice(weakGet(blobs, this).data, 0)); }
  async text() { return native.decode(weakGet(blobs, this).data, "utf-8", false); }
  slice(start = 0, end = this.size, type = "") {
    return new Blob([bufferSlice(weakGet(blobs, this).data, start, end)], { type });
  }
  get [Symbol.toStringTag]() { return "Blob"; }
}
class File extends Blob {
  constructor(parts, name, options = {}) {
    super(parts, options);
    const own = weakGet(blobs, this);
    own.name = Text(name);
    own.modified = options.lastModified === undefined ? native.date() : Num(options.lastModified);
  }
  get name() { return weakGet(blobs, this).name; }
  get lastModified() { return weakGet(blobs, this).modified; }
  get [Symbol.toStringTag]() { return "File"; }
}
define("Blob", Blob);
define("File", File);
const blob = (o) => {
  const b = weakGet(blobs, o);
  return b && [b.data, b.type, b.name];
};
const newBlob = (data, type, name) => (name === undefined ? new Blob([data], { type }) : new File([data], name, { type }));

class FileReader {
  constructor() { this.readyState = 0; this.result = null; this.error = null; this.onload = this.onloadend = this.onerror = this.onloadstart = this.onprogress = null; defineProperty(this, "listeners", { value: [] }); }
  addEventListener(type, f) { this.listeners.push([type, f]); }
  removeEventListener(type, f) { const at = this.listeners.findIndex((l) => l[0] === type && l[1] === f); if (at >= 0) this.listeners.splice(at, 1); }
  readAsArrayBuffer(b) { read(this, b, (d) => bufferSlice(d.data, 0)); }
  readAsText(b, encoding = "utf-8") { read(this, b, (d) => native.decode(d.data, native.encoding(Text(encoding)) || "utf-8", false)); }
  readAsBinaryString(b) { read(this, b, (d) => native.decode(d.data, "latin1", false)); }
  readAsDataURL(b) { read(this, b, (d) => "data:" + (d.type || "application/octet-stream") + ";base64," + native.toBase64(d.data)); }
  abort() { this.readyState = 2; }
}
const fire = (reader, type) => {
  const event = { type, target: reader, currentTarget: reader };
  if (typeof reader["on" + type] === "function") apply(reader["on" + type], reader, [event]);
  for (const l of reader.listeners.slice()) if (l[0] === type) apply(l[1], reader, [event]);
};
const read = (reader, b, convert) => {
  const own = b !== null && typeof b === "object" ? weakGet(blobs, b) : undefined;
  if (!own) throw new TypeErr("FileReader reads a Blob or File");
  reader.readyState = 1;
  native.setTimer(() => {
    if (reader.readyState !== 1) return;
    reader.result = convert(own);
    reader.readyState = 2;
    fire(reader, "load");
    fire(reader, "loadend");
  }, 0, false, []);
};
define("FileReader", FileReader);

// ---- URL

class URLSearchParams {
  constructor(init = "") {
    defineProperty(this, "pairs", { value: [], writable: true });
    if (typeof init === "string") {
      for (const part of (init[0] === "?" ? init.slice(1) : init).split("&")) {
        if (!part) continue;
        const at = part.indexOf("=");
        this.pairs.push([native.unescape(at < 0 ? part : part.slice(0, at)), native.unescape(at < 0 ? "" : part.slice(at + 1))]);
      }
    } else if (init && typeof init[Symbol.iterator] === "function") for (const [k, v] of init) this.append(k, v);
    else for (const k of objectKeys(init)) this.append(k, init[k]);
  }
  append(k, v) { this.pairs.push([Text(k), Text(v)]); this.changed && this.changed(); }
  delete(k) { this.pairs = this.pairs.filter((p) => p[0] !== k); this.changed && this.changed(); }
  get(k) { const p = this.pairs.find((p) => p[0] === k); return p ? p[1] : null; }
  getAll(k) { return this.pairs.filter((p) => p[0] === k).map((p) => p[1]); }
  has(k) { return this.pairs.some((p) => p[0] === k); }
  set(k, v) {
    const p = this.pairs.find((p) => p[0] === k);
    if (!p) return this.append(k, v);
    p[1] = Text(v);
    this.pairs = this.pairs.filter((q) => q === p || q[0] !== k);
    this.changed && this.changed();
  }
  sort() { this.pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); this.changed && this.changed(); }
  forEach(f, self) { for (const [k, v] of this.pairs) apply(f, self, [v, k, this]); }
  keys() { return this.pairs.map((p) => p[0])[Symbol.iterator](); }
  values() { return this.pairs.map((p) => p[1])[Symbol.iterator](); }
  entries() { return this.pairs.map((p) => [p[0], p[1]])[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  get size() { return this.pairs.length; }
  toString() { return this.pairs.map(([k, v]) => native.escape(k) + "=" + native.escape(v)).join("&"); }
}
define("URLSearchParams", URLSearchParams);

class URL {
  constructor(url, base) {
    const parts = native.parseURL(Text(url), base === undefined ? "" : Text(base));
    if (parts === null) throw new TypeErr("Invalid URL: " + url);
    defineProperty(this, "parts", { value: parts });
    const params = new URLSearchParams(parts.search);
    defineProperty(params, "changed", { value: () => { const s = params.toString(); parts.search = s && "?" + s; } });
    defineProperty(this, "searchParams", { value: params, enumerable: true });
  }
  get protocol() { return this.parts.protocol; }
  get username() { return this.parts.username; }
  get password() { return this.parts.password; }
  get hostname() { return this.parts.hostname; }
  get port() { return this.parts.port; }
  get host() { return this.parts.hostname + (this.parts.port && ":" + this.parts.port); }
  get origin() { return /^(https?|ftp|wss?):$/.test(this.protocol) ? this.protocol + "//" + this.host : "null"; }
  get pathname() { return this.parts.pathname; }
  set pathname(v) { this.parts.pathname = (v[0] === "/" ? "" : "/") + v; }
  get search() { return this.parts.search; }
  set search(v) { this.parts.search = v && (v[0] === "?" ? v : "?" + v); this.searchParams.pairs = new URLSearchParams(v).pairs; }
  get hash() { return this.parts.hash; }
  set hash(v) { this.parts.hash = v && (v[0] === "#" ? v : "#" + v); }
  get href() {
    const p = this.parts;
    const user = p.username + (p.password && ":" + p.password);
    return p.protocol + (p.slashes ? "//" + (user && user + "@") + this.host : "") + p.pathname + p.search + p.hash;
  }
  toString() { return this.href; }
  toJSON() { return this.href; }
  static canParse(url, base) { return native.parseURL(Text(url), base === undefined ? "" : Text(base)) !== null; }
  static createObjectURL() { throw new DOMException("object URLs exist in a browser page only: run this plugin with `imjoy serve`", "NotSupportedError"); }
  static revokeObjectURL() {}
}
define("URL", URL);

// ---- structuredClone, crypto, performance

const clone = (v, seen) => {
  if (typeof v === "symbol" || typeof v === "function") throw new DOMException("a " + typeof v + " cannot be cloned", "DataCloneError");
  if (v === null || typeof v !== "object") return v;
  if (seen.has(v)) return seen.get(v);
  const keep = (copy) => { seen.set(v, copy); return copy; };
  const tag = apply(typedTag, v, []);
  if (tag !== undefined) return keep(new self[tag](bytesOf(v)));
  if (v instanceof ArrayBuffer) return keep(bufferSlice(v, 0));
  if (v instanceof DataView) return keep(new DataView(bytesOf(v)));
  if (v instanceof Date) return keep(new Date(getTime(v)));
  if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
  if (weakHas(blobs, v)) { const b = weakGet(blobs, v); return keep(newBlob(b.data, b.type, b.name)); }
  if (v instanceof Err) { const e = keep(newError(v.name, v.message)); return e; }
  if (v instanceof Promise || v instanceof WeakMap || v instanceof WeakSet) throw new DOMException("this object cannot be cloned", "DataCloneError");
  if (v instanceof Map) { const m = keep(new Map()); v.forEach((x, k) => m.set(clone(k, seen), clone(x, seen))); return m; }
  if (v instanceof Set) { const s = keep(new Set()); v.forEach((x) => s.add(clone(x, seen))); return s; }
  const copy = keep(isArray(v) ? new Array(v.length) : {});
  for (const k of objectKeys(v)) defineProperty(copy, k, { value: clone(v[k], seen), writable: true, enumerable: true, configurable: true });
  return copy;
};
define("structuredClone", function structuredClone(v) { return clone(v, new Map()); });
define("performance", { now: () => native.now(), timeOrigin: native.date() });
define("crypto", {
  getRandomValues(array) {
    const tag = apply(typedTag, array, []);
    if (tag === undefined || tag[0] === "F") throw new TypeErr("getRandomValues needs an array of integers");
    if (apply(typedLength, array, []) > 65536) throw new DOMException("at most 65536 random bytes at once", "QuotaExceededError");
    native.random(array);
    return array;
  },
  randomUUID() {
    const b = new Uint8(16);
    native.random(b);
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (x) => (x + 256).toString(16).slice(1)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
});

// ---- the worker itself

define("self", self);
class WorkerGlobalScope { static [Symbol.hasInstance](o) { return o === self; } }
define("WorkerGlobalScope", WorkerGlobalScope);
define("DedicatedWorkerGlobalScope", class DedicatedWorkerGlobalScope extends WorkerGlobalScope {});
define("fetch", function fetch() { return native.missing("fetch"); });
define("importScripts", function importScripts(...urls) { for (const url of urls) native.importScript(Text(url)); });
define("navigator", { userAgent: "imjoy", hardwareConcurrency: 1, language: "en", onLine: false });

// ---- for Go

const names = (o) => {
  const seen = new Set();
  for (let at = o; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) {
    for (const key of ownKeys(at)) if (typeof key === "string" && key[0] !== "_" && key !== "constructor") seen.add(key);
  }
  return [...seen];
};
const shows = (o, name) => {
  if (name[0] === "_" || name === "constructor") return false;
  for (let at = o; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) if (hasOwn(at, name)) return true;
  return false;
};
const isClass = (f) => typeof f === "function" && /^class\b/.test(apply(Function.prototype.toString, f, []));

return {
  isDataView: (o) => isView(o) && apply(typedTag, o, []) === undefined,
  settle: (v, ok, failed) => { then(PromiseResolve(v), ok, failed); },
  names, shows, isClass, blob, newBlob, newError,
  typedTag, typedBuffer, typedOffset, typedLength, viewBuffer, viewOffset, viewLength, mapForEach, setForEach,
  dateText: (d) => { const t = getTime(d); return t !== t ? null : toISO(d); },
  set: Set, map: Map,
  typed: { int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array, float32: Float32Array, float64: Float64Array },
};
})

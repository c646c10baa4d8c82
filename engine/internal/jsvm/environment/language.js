// What goja lacks of ES2021 to ES2025 and a few lines give.
(function (native, self, core) {
const { Text, TypeErr, hidden } = core;
const needed = (f) => { if (typeof f !== "function") throw new TypeErr("a function is needed, not " + typeof f); return f; };
const group = (items, f, add) => {
  needed(f);
  let i = 0;
  for (const item of items) add(f(item, i++), item);
};
const needs = (name, o) => { if (o === null || o === undefined) throw new TypeErr(name + " needs a value, not " + o); return o; };
// A method of texts that writes HTML: [element, attribute].
const html = (name, [element, attribute]) => function (value) {
  const text = Text(needs("String.prototype." + name, this));
  const also = attribute === undefined ? "" : ` ${attribute}="${Text(value).split('"').join("&quot;")}"`;
  return `<${element}${also}>${text}</${element}>`;
};
const elements = { anchor: ["a", "name"], big: ["big"], blink: ["blink"], bold: ["b"], fixed: ["tt"], fontcolor: ["font", "color"], fontsize: ["font", "size"],
  italics: ["i"], link: ["a", "href"], small: ["small"], strike: ["strike"], sub: ["sub"], sup: ["sup"] };
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
for (const name of Object.keys(elements)) strings[name] = html(name, elements[name]);
const promises = {
  withResolvers() { let resolve, reject; const promise = new this((a, b) => { resolve = a; reject = b; }); return { promise, resolve, reject }; },
  try(f, ...args) { return new this((resolve) => resolve(f(...args))); },
};
const objects = {
  groupBy(items, f) { const out = Object.create(null); group(items, f, (k, x) => { if (typeof k !== "symbol") k = Text(k); (out[k] || (out[k] = [])).push(x); }); return out; },
};
// Numbers and dates are written as in American English, the only language here.
const american = (name, locales, options) => {
  const locale = Array.isArray(locales) ? locales[0] : locales;
  if (locale !== undefined && !/^en(-US)?$/i.test(Text(locale))) throw new TypeErr(name + " knows only en-US: Intl needs a browser: run this plugin with `imjoy run --browser`");
  for (const key of Object.keys(options || {})) {
    if (options[key] !== undefined && !(name === "Number.prototype.toLocaleString" && /^(min|max)imumFractionDigits$|^useGrouping$/.test(key))) {
      throw new TypeErr(name + " has no option " + key + ": Intl needs a browser: run this plugin with `imjoy run --browser`");
    }
  }
};
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const numbers = {
  toLocaleString(locales, options) {
    const x = Number.prototype.valueOf.call(this), o = options || {};
    american("Number.prototype.toLocaleString", locales, options);
    if (x !== x) return "NaN";
    const sign = x < 0 || Object.is(x, -0) ? "-" : "", size = Math.abs(x);
    if (size === Infinity) return sign + "∞";
    const least = o.minimumFractionDigits === undefined ? 0 : Number(o.minimumFractionDigits);
    const most = o.maximumFractionDigits === undefined ? Math.max(least, 3) : Number(o.maximumFractionDigits);
    if (!(least >= 0 && most >= least && most <= 100)) throw new RangeError("the numbers of fraction digits are out of range");
    let text = Text(size);
    if (text.includes("e")) {
      const [digits, power] = text.split("e");
      text = size < 1 ? size.toFixed(100) : digits.replace(".", "").padEnd(Number(power) + 1, "0");
    }
    let [whole, part = ""] = text.split(".");
    if (part.length > most) {
      const rounded = Text(BigInt(whole + part.slice(0, most)) + (part[most] >= "5" ? 1n : 0n)).padStart(most + 1, "0");
      whole = rounded.slice(0, rounded.length - most);
      part = rounded.slice(rounded.length - most);
    }
    while (part.length > least && part[part.length - 1] === "0") part = part.slice(0, -1);
    part = part.padEnd(least, "0");
    return sign + (o.useGrouping === false ? whole : grouped(whole)) + (part ? "." + part : "");
  },
};
const day = (d) => d.getMonth() + 1 + "/" + d.getDate() + "/" + d.getFullYear();
const two = (n) => Text(n).padStart(2, "0");
const hour = (d) => (d.getHours() % 12 || 12) + ":" + two(d.getMinutes()) + ":" + two(d.getSeconds()) + (d.getHours() < 12 ? " AM" : " PM");
const written = (name, f) => function (locales, options) {
  const wrong = Date.prototype.getTime.call(this) !== Date.prototype.getTime.call(this);
  american("Date.prototype." + name, locales, options);
  return wrong ? "Invalid Date" : f(this);
};
const dates = {
  toLocaleString: written("toLocaleString", (d) => day(d) + ", " + hour(d)),
  toLocaleDateString: written("toLocaleDateString", day),
  toLocaleTimeString: written("toLocaleTimeString", hour),
  getYear() { return Date.prototype.getFullYear.call(this) - 1900; },
  setYear(year) {
    year = Math.trunc(Number(year));
    return Date.prototype.setFullYear.call(this, year >= 0 && year <= 99 ? 1900 + year : year);
  },
  toGMTString() { return Date.prototype.toUTCString.call(this); },
};
const accessors = {};
for (const kind of ["get", "set"]) {
  const word = kind === "get" ? "Getter__" : "Setter__";
  accessors["__define" + word] = function (key, f) { Object.defineProperty(Object(needs("__define" + word, this)), key, { [kind]: needed(f), enumerable: true, configurable: true }); };
  accessors["__lookup" + word] = function (key) {
    for (let o = Object(needs("__lookup" + word, this)); o; o = Object.getPrototypeOf(o)) {
      const found = Object.getOwnPropertyDescriptor(o, key);
      if (found) return found[kind];
    }
  };
}
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
  #tokens = new WeakSet();
  constructor(f) { needed(f); }
  register(target, held, token) { if (token !== undefined) this.#tokens.add(token); }
  unregister(token) { return this.#tokens.delete(token); }
  get [Symbol.toStringTag]() { return "FinalizationRegistry"; }
}
const kinds = new Map([[Promise, promises], [Object, objects], [Object.prototype, accessors], [Map, maps], [Array, statics],
  [String.prototype, strings], [Number.prototype, numbers], [Date.prototype, dates], [ArrayBuffer.prototype, buffers], [Error, errors]]);
return { WeakRef, FinalizationRegistry, methods: (target, name) => (kinds.get(target) || patterns)[name] };
})

// URL and URLSearchParams; the parsing is written in Go.
(function (native, self, { Text, TypeErr, DOMException, objectKeys, hidden }) {
class URLSearchParams {
  constructor(init = "") {
    hidden(this, "pairs", []);
    hidden(this, "changed", null);
    if (init !== null && typeof init === "object") {
      if (typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const list = [...pair];
          if (list.length !== 2) throw new TypeErr("each pair needs a name and a value");
          this.pairs.push([Text(list[0]), Text(list[1])]);
        }
      } else for (const k of objectKeys(init)) this.pairs.push([k, Text(init[k])]);
    } else this.pairs = parse(Text(init));
  }
  append(k, v) { this.pairs.push([Text(k), Text(v)]); update(this); }
  delete(k, v) { this.pairs = this.pairs.filter((p) => p[0] !== Text(k) || (v !== undefined && p[1] !== Text(v))); update(this); }
  get(k) { const p = this.pairs.find((p) => p[0] === Text(k)); return p ? p[1] : null; }
  getAll(k) { return this.pairs.filter((p) => p[0] === Text(k)).map((p) => p[1]); }
  has(k, v) { return this.pairs.some((p) => p[0] === Text(k) && (v === undefined || p[1] === Text(v))); }
  set(k, v) {
    const p = this.pairs.find((p) => p[0] === Text(k));
    if (p) {
      p[1] = Text(v);
      this.pairs = this.pairs.filter((q) => q === p || q[0] !== p[0]);
    } else this.pairs.push([Text(k), Text(v)]);
    update(this);
  }
  sort() { this.pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); update(this); }
  forEach(f, self) { for (const [k, v] of this.pairs) f.call(self, v, k, this); }
  keys() { return this.pairs.map((p) => p[0])[Symbol.iterator](); }
  values() { return this.pairs.map((p) => p[1])[Symbol.iterator](); }
  entries() { return this.pairs.map((p) => [p[0], p[1]])[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  get size() { return this.pairs.length; }
  toString() { return this.pairs.map(([k, v]) => native.escape(k) + "=" + native.escape(v)).join("&"); }
  get [Symbol.toStringTag]() { return "URLSearchParams"; }
}
const update = (params) => { if (params.changed) params.changed(); };
const parse = (text) => {
  const pairs = [];
  for (const part of (text[0] === "?" ? text.slice(1) : text).split("&")) {
    if (!part) continue;
    const at = part.indexOf("=");
    pairs.push([native.unescape(at < 0 ? part : part.slice(0, at)), native.unescape(at < 0 ? "" : part.slice(at + 1))]);
  }
  return pairs;
};

class URL {
  constructor(url, base) {
    if (arguments.length === 0) throw new TypeErr("a URL needs a text");
    const parts = native.parseURL(Text(url), base === undefined ? null : Text(base));
    if (parts === null) throw new TypeErr("Invalid URL: " + url);
    hidden(this, "parts", parts);
    const params = new URLSearchParams(parts.search);
    params.changed = () => { const s = params.toString(); this.parts.search = s && "?" + s; };
    hidden(this, "params", params);
  }
  get searchParams() { return this.params; }
  get href() { return write(this.parts); }
  set href(v) {
    const parts = native.parseURL(Text(v), null);
    if (parts === null) throw new TypeErr("Invalid URL: " + v);
    this.parts = parts;
    this.params.pairs = parse(parts.search);
  }
  get origin() {
    if (this.parts.protocol === "blob:" && URL.canParse(this.parts.pathname)) return new URL(this.parts.pathname).origin;
    return /^(https?|ftp|wss?):$/.test(this.parts.protocol) ? this.parts.protocol + "//" + this.host : "null";
  }
  get host() { return this.parts.hostname + (this.parts.port && ":" + this.parts.port); }
  set host(v) { change(this, (p) => p.protocol + "//" + user(p) + v + p.pathname + p.search + p.hash); }
  toString() { return this.href; }
  toJSON() { return this.href; }
  get [Symbol.toStringTag]() { return "URL"; }
  static canParse(url, base) { return native.parseURL(Text(url), base === undefined ? null : Text(base)) !== null; }
  static parse(url, base) { return URL.canParse(url, base) ? new URL(url, base) : null; }
  static createObjectURL() { throw new DOMException("object URLs exist in a browser only: run this plugin with `imjoy run --browser`", "NotSupportedError"); }
  static revokeObjectURL() {}
}
const user = (p) => (p.username || p.password ? p.username + (p.password && ":" + p.password) + "@" : "");
// change parses the address anew with one part replaced; what gives no address changes nothing.
const change = (url, build) => {
  const parts = native.parseURL(build(url.parts), null);
  if (parts === null) return;
  url.parts = parts;
  url.params.pairs = parse(parts.search);
};
const write = (p) => p.protocol + authority(p) + p.pathname + p.search + p.hash;
const authority = (p) => (p.slashes ? "//" + user(p) + p.hostname + (p.port && ":" + p.port) : "");
const setters = {
  protocol: (p, v) => v.replace(/:.*$/s, "") + ":" + authority(p) + p.pathname + p.search + p.hash,
  username: (p, v) => p.protocol + "//" + encodeURIComponent(v) + (p.password && ":" + p.password) + (v || p.password ? "@" : "") + p.hostname + (p.port && ":" + p.port) + p.pathname + p.search + p.hash,
  password: (p, v) => p.protocol + "//" + p.username + (v && ":" + encodeURIComponent(v)) + (v || p.username ? "@" : "") + p.hostname + (p.port && ":" + p.port) + p.pathname + p.search + p.hash,
  hostname: (p, v) => p.protocol + "//" + user(p) + v + (p.port && ":" + p.port) + p.pathname + p.search + p.hash,
  port: (p, v) => p.protocol + "//" + user(p) + p.hostname + (v && ":" + parseInt(v, 10)) + p.pathname + p.search + p.hash,
  pathname: (p, v) => p.protocol + authority(p) + (p.slashes && v[0] !== "/" ? "/" : "") + v.replace(/\?/g, "%3F").replace(/#/g, "%23") + p.search + p.hash,
  search: (p, v) => p.protocol + authority(p) + p.pathname + (v && (v[0] === "?" ? v : "?" + v)).replace(/#/g, "%23") + p.hash,
  hash: (p, v) => p.protocol + authority(p) + p.pathname + p.search + (v && (v[0] === "#" ? v : "#" + v)),
};
for (const name in setters) {
  Object.defineProperty(URL.prototype, name, { configurable: true, enumerable: true, get() { return this.parts[name]; }, set(v) { change(this, (p) => setters[name](p, Text(v))); } });
}
return { URL, URLSearchParams };
})

// Headers, FormData, Request, Response, fetch. The request itself is made by the host, if
// it allows it.
(function (native, self, core) {
const { Text, Num, Uint8, Buffer, TypeErr, DOMException, weakGet, weakSet, bytesOf, isView, blobs, objectKeys, hidden } = core;
const { URL, URLSearchParams } = core.part("url");
const { Blob, File } = core.part("blob");
const { AbortController } = core.part("events");

// ---- headers

const tokens = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const lower = (name) => {
  if (!tokens.test(name)) throw new TypeErr("a header cannot be named " + JSON.stringify(name));
  return name.toLowerCase();
};
const clean = (value) => {
  value = Text(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\r\n]|[^\0-\xff]/.test(value)) throw new TypeErr("a header cannot have the value " + JSON.stringify(value));
  return value;
};
class Headers {
  constructor(init) {
    hidden(this, "map", new Map());
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeErr("headers are an object, a list of pairs or Headers");
    if (init instanceof Headers) for (const [k, v] of init.map) this.map.set(k, v);
    else if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) {
        const list = [...pair];
        if (list.length !== 2) throw new TypeErr("each header needs a name and a value");
        this.append(list[0], list[1]);
      }
    } else for (const k of objectKeys(init)) this.append(k, init[k]);
  }
  append(name, value) {
    const k = lower(Text(name)), old = this.map.get(k);
    this.map.set(k, old === undefined ? clean(value) : old + ", " + clean(value));
  }
  set(name, value) { this.map.set(lower(Text(name)), clean(value)); }
  get(name) { const v = this.map.get(lower(Text(name))); return v === undefined ? null : v; }
  has(name) { return this.map.has(lower(Text(name))); }
  delete(name) { this.map.delete(lower(Text(name))); }
  getSetCookie() { const v = this.map.get("set-cookie"); return v === undefined ? [] : [v]; }
  forEach(f, self) { for (const [k, v] of this) f.call(self, v, k, this); }
  entries() { return [...this.map].sort((a, b) => (a[0] < b[0] ? -1 : 1))[Symbol.iterator](); }
  keys() { return [...this.map.keys()].sort()[Symbol.iterator](); }
  values() { return [...this.entries()].map((p) => p[1])[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  get [Symbol.toStringTag]() { return "Headers"; }
}

// ---- forms

const field = (value, name) => {
  if (!(value instanceof Blob)) return Text(value);
  if (value instanceof File && name === undefined) return value;
  return new File([value], name === undefined ? "blob" : Text(name), { type: value.type });
};
class FormData {
  constructor() { hidden(this, "list", []); }
  append(k, v, name) { this.list.push([Text(k), field(v, name)]); }
  set(k, v, name) {
    const at = this.list.findIndex((p) => p[0] === Text(k));
    if (at < 0) return this.append(k, v, name);
    this.list[at] = [Text(k), field(v, name)];
    this.list = this.list.filter((p, i) => i <= at || p[0] !== Text(k));
  }
  get(k) { const p = this.list.find((p) => p[0] === Text(k)); return p ? p[1] : null; }
  getAll(k) { return this.list.filter((p) => p[0] === Text(k)).map((p) => p[1]); }
  has(k) { return this.list.some((p) => p[0] === Text(k)); }
  delete(k) { this.list = this.list.filter((p) => p[0] !== Text(k)); }
  forEach(f, self) { for (const [k, v] of this.list) f.call(self, v, k, this); }
  keys() { return this.list.map((p) => p[0])[Symbol.iterator](); }
  values() { return this.list.map((p) => p[1])[Symbol.iterator](); }
  entries() { return this.list.map((p) => [p[0], p[1]])[Symbol.iterator](); }
  [Symbol.iterator]() { return this.entries(); }
  get [Symbol.toStringTag]() { return "FormData"; }
}
const quoted = (s) => s.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const encodeForm = (form) => {
  const boundary = "----imjoy" + self.crypto.randomUUID().replace(/-/g, "");
  const parts = [];
  for (const [k, v] of form) {
    let head = "--" + boundary + '\r\nContent-Disposition: form-data; name="' + quoted(k) + '"';
    if (v instanceof Blob) head += '; filename="' + quoted(v.name) + '"\r\nContent-Type: ' + (v.type || "application/octet-stream");
    parts.push(head + "\r\n\r\n", v, "\r\n");
  }
  parts.push("--" + boundary + "--\r\n");
  return { data: weakGet(blobs, new Blob(parts)).data, type: "multipart/form-data; boundary=" + boundary };
};
const decodeForm = (data, type) => {
  const form = new FormData(), plain = type.split(";")[0].trim().toLowerCase();
  if (plain === "application/x-www-form-urlencoded") {
    for (const [k, v] of new URLSearchParams(native.decode(data, "utf-8", false))) form.append(k, v);
    return form;
  }
  const fields = plain === "multipart/form-data" ? native.form(data, type) : null;
  if (fields === null) throw new TypeErr("the body is not a form");
  for (const [name, file, mime, body] of fields) form.append(name, file === null ? native.decode(body, "utf-8", false) : new File([body], file, { type: mime }));
  return form;
};

// ---- bodies

// extract turns what a script gives as a body into bytes and their type.
const extract = (body) => {
  if (body === undefined || body === null) return { data: null, type: null };
  if (typeof body === "object") {
    const b = weakGet(blobs, body);
    if (b) return { data: b.data, type: b.type || null };
    if (body instanceof Buffer || isView(body)) return { data: bytesOf(body).slice(0), type: null };
    if (body instanceof FormData) return encodeForm(body);
    if (body instanceof URLSearchParams) return { data: native.encode(body.toString()), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  return { data: native.encode(Text(body)), type: "text/plain;charset=UTF-8" };
};
const bodies = new WeakMap(); // of Request and Response, to {data, used}
const take = (message) => {
  const b = weakGet(bodies, message);
  if (b.used) return Promise.reject(new TypeErr("the body was read already"));
  if (b.data !== null) b.used = true;
  return Promise.resolve(b.data === null ? new Buffer(0) : b.data);
};
class Body {
  get bodyUsed() { return weakGet(bodies, this).used; }
  get body() {
    if (weakGet(bodies, this).data === null) return null;
    throw new DOMException("bodies cannot be read as streams here: use arrayBuffer(), text() or json(), or run this plugin with `imjoy run --browser`", "NotSupportedError");
  }
  async arrayBuffer() { return (await take(this)).slice(0); }
  async bytes() { return new Uint8((await take(this)).slice(0)); }
  async blob() { return new Blob([await take(this)], { type: this.headers.get("content-type") || "" }); }
  async text() { return withoutMark(native.decode(await take(this), "utf-8", false)); }
  async json() { return JSON.parse(withoutMark(native.decode(await take(this), "utf-8", false))); }
  async formData() { return decodeForm(await take(this), this.headers.get("content-type") || ""); }
}
const withoutMark = (text) => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

const usual = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"];
class Request extends Body {
  constructor(input, init = {}) {
    super();
    const from = input instanceof Request ? input : null;
    const address = from ? from.url : new URL(Text(input)).href;
    let method = init.method === undefined ? (from ? from.method : "GET") : Text(init.method);
    if (!tokens.test(method)) throw new TypeErr("a request cannot have the method " + JSON.stringify(method));
    if (usual.includes(method.toUpperCase())) method = method.toUpperCase();
    if (["CONNECT", "TRACE", "TRACK"].includes(method.toUpperCase())) throw new TypeErr("a request cannot have the method " + method);
    const headers = new Headers(init.headers === undefined && from ? from.headers : init.headers);
    let data = null, type = null;
    if (init.body !== undefined && init.body !== null) ({ data, type } = extract(init.body));
    else if (from) {
      const b = weakGet(bodies, from);
      if (b.used) throw new TypeErr("the body of the request was read already");
      data = b.data;
      if (data !== null) b.used = true;
    }
    if (data !== null && (method === "GET" || method === "HEAD")) throw new TypeErr("a request with the method " + method + " cannot have a body");
    if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
    const signal = init.signal || (from ? from.signal : new AbortController().signal);
    const fields = { url: address, method, headers, signal, mode: init.mode || "cors", credentials: init.credentials || "same-origin", cache: init.cache || "default",
      redirect: init.redirect || (from ? from.redirect : "follow"), referrer: "about:client", referrerPolicy: "", integrity: init.integrity || "", keepalive: false, destination: "" };
    for (const k in fields) Object.defineProperty(this, k, { value: fields[k], enumerable: true });
    weakSet(bodies, this, { data, used: false });
  }
  clone() {
    const b = weakGet(bodies, this);
    if (b.used) throw new TypeErr("the body of the request was read already");
    const copy = new Request(this.url, { method: this.method, headers: this.headers, signal: this.signal, redirect: this.redirect });
    weakSet(bodies, copy, { data: b.data, used: false });
    return copy;
  }
  get [Symbol.toStringTag]() { return "Request"; }
}

const nullStatus = [101, 103, 204, 205, 304];
class Response extends Body {
  constructor(body = null, init = {}) {
    super();
    const status = init.status === undefined ? 200 : Num(init.status);
    if (!(status >= 200 && status <= 599)) throw new RangeError("a response cannot have the status " + init.status);
    if (body !== null && nullStatus.includes(status)) throw new TypeErr("a response with the status " + status + " cannot have a body");
    const headers = new Headers(init.headers), { data, type } = extract(body);
    if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
    fill(this, { status, statusText: init.statusText === undefined ? "" : Text(init.statusText), headers, url: "", redirected: false, type: "default" }, data);
  }
  get ok() { return this.status >= 200 && this.status <= 299; }
  clone() {
    const b = weakGet(bodies, this);
    if (b.used) throw new TypeErr("the body of the response was read already");
    return respond({ status: this.status, statusText: this.statusText, headers: new Headers(this.headers), url: this.url, redirected: this.redirected, type: this.type }, b.data);
  }
  static json(data, init = {}) {
    const text = JSON.stringify(data), headers = new Headers(init.headers);
    if (text === undefined) throw new TypeErr("the value has no JSON");
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { status: init.status, statusText: init.statusText, headers });
  }
  static error() { return respond({ status: 0, statusText: "", headers: new Headers(), url: "", redirected: false, type: "error" }, null); }
  static redirect(url, status = 302) {
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError("a redirect cannot have the status " + status);
    return new Response(null, { status, headers: { location: new URL(Text(url)).href } });
  }
  get [Symbol.toStringTag]() { return "Response"; }
}
const fill = (response, fields, data) => {
  for (const k in fields) Object.defineProperty(response, k, { value: fields[k], enumerable: true });
  weakSet(bodies, response, { data, used: false });
};
const respond = (fields, data) => {
  const r = Object.create(Response.prototype);
  fill(r, fields, data);
  return r;
};

// local answers addresses that need no network.
const local = (request) => {
  const url = request.url;
  if (!url.startsWith("data:")) return null;
  const comma = url.indexOf(",");
  if (comma < 0) throw new TypeErr("the data: address has no comma");
  let type = url.slice(5, comma);
  const base64 = /;\s*base64\s*$/i.test(type);
  if (base64) type = type.replace(/;\s*base64\s*$/i, "");
  const hash = url.indexOf("#"), body = url.slice(comma + 1, hash < 0 ? undefined : hash);
  const data = base64 ? native.fromBase64(decodeURIComponent(body)) : native.percent(body);
  if (data === null) throw new TypeErr("the data: address is not base64");
  return respond({ status: 200, statusText: "OK", headers: new Headers({ "content-type": type || "text/plain;charset=US-ASCII" }), url, redirected: false, type: "basic" }, data);
};

function fetch(input, init) {
  return new Promise((resolve, reject) => {
    const request = new Request(input, init), signal = request.signal;
    if (signal.aborted) { reject(signal.reason); return; }
    const here = local(request);
    if (here) { resolve(here); return; }
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const { data } = weakGet(bodies, request);
    const settle = (f) => (x) => { signal.removeEventListener("abort", stop); try { f(x); } catch (e) { reject(e); } };
    native.fetch({ url: request.url, method: request.method, headers: [...request.headers], body: data, redirect: request.redirect }, signal, (cancel) => {
      signal.addEventListener("abort", cancel, { once: true });
    }).then(settle((r) => {
      resolve(respond({ status: r.status, statusText: r.statusText, headers: new Headers(r.headers), url: r.url, redirected: r.redirected, type: "basic" }, nullStatus.includes(r.status) ? null : r.body));
    }), settle(reject));
  });
}
return { Headers, FormData, Request, Response, fetch };
})

// A web-worker plugin in the page: its scripts run in this worker of the browser, with an
// api that gives the same answers as outside of it. Frames of the host come and go over
// a port.
import { API } from "./api.js";
import { Peer, fault } from "./peer.js";
import { place, placesOf, refused, scriptName } from "./places.js";
import { exportsOf, method, names } from "./members.js";
import { iterator, steps } from "./iterate.js";
import { Busy } from "./busy.js";

const base = new URL(".", location.href).href;
const remote = base + "remote/";
const load = self.importScripts.bind(self);
const plain = self.fetch.bind(self);

// local is an address of another host as this origin serves it.
const local = (url) => {
  const m = /^(?:(https?):)?\/\/(.*)$/s.exec(String(url));
  return m && !String(url).startsWith(location.origin) ? remote + (m[1] || "https") + "/" + m[2] : String(url);
};

class Plugin {
  constructor(port) {
    this.codecs = [];
    this.port = port;
    this.peer = new Peer(({ header, buffers }) => this.send(header, buffers), {
      call: (name, args) => this.call(name, args),
      encode: (v, sub) => this.encode(v, sub),
      decode: (v, from) => this.decode(v, from),
      fault: (err) => this.fault(err),
    });
    this.busy = new Busy(this.peer);
    port.onmessage = ({ data: { text, buffers } }) => this.peer.receive({ header: JSON.parse(new TextDecoder().decode(text)), buffers });
  }

  send(header, buffers) {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const bytes = buffers.map((b) => (ArrayBuffer.isView(b) ? new Uint8Array(b.buffer, b.byteOffset, b.byteLength).slice() : new Uint8Array(b).slice()));
    this.port.postMessage({ what: "frame", text, buffers: bytes }, [text.buffer, ...bytes.map((b) => b.buffer)]);
  }

  async call(name, args) {
    if (name === "worker.ready") return null;
    if (name === "worker.start") return this.start(args[0]);
    if (name === "worker.rest") return this.rest();
    if (!name.startsWith("plugin.")) throw new ReferenceError(`a worker has no ${name}`);
    return method(this.exported, name.slice(7))(...args);
  }

  // start runs what the plugin requires and its scripts, and waits for its export.
  async start(order) {
    const answer = await plain(base + "worker/parts.json");
    this.parts = await answer.json();
    self.api = this.api(order.config);
    this.watch();
    for (const { kind, url } of this.parts.requirements) {
      if (kind === "mjs") await import(local(url));
      else await this.require(url);
    }
    for (const [i, script] of this.parts.scripts.entries()) await this.run(i, script);
    while (!this.exported && (await this.busy.waits())) { /* it may still export */ }
    if (this.failed) throw this.failed;
    if (!this.exported) throw Object.assign(new Error("the plugin never calls api.export(...), so there is nothing to run"), { name: "ExportError" });
    this.told = true;
    return exportsOf(this.exported);
  }

  async require(url) {
    const answer = await plain(local(url));
    if (!answer.ok) throw new Error((await answer.text()).trim());
    load(URL.createObjectURL(new Blob([await answer.text(), `\n//# sourceURL=${local(url)}`], { type: "text/javascript" })));
  }

  // run runs a script as the browser runs one, so that scripts share their names.
  async run(index, { content, code, fault, attrs: { src, type } }) {
    if (src) return this.require(src);
    if (fault) throw refused(this.parts.scripts, index, fault);
    const module = type === "module";
    const linked = (code || content).replace(/(\bimport\s*\(\s*["'`]|\bfrom\s*["']|\bimport\s*["'])(https?:\/\/[^"'`]*)/g, (_, before, url) => before + local(url));
    const address = URL.createObjectURL(new Blob([linked, `\n//# sourceURL=${scriptName(index)}`], { type: "text/javascript" }));
    try {
      if (module) await import(address);
      else load(address);
    } catch (err) {
      if (!(err instanceof SyntaxError) || placesOf(err.stack, this.parts.scripts).length) throw err;
      const { line, column } = await locate(address);
      const message = err.message.replace(/^Failed to execute 'importScripts' on 'WorkerGlobalScope': /, "");
      throw Object.assign(new SyntaxError(message), { located: place(this.parts.scripts, index, line, column) });
    }
  }

  // rest is over when the plugin's calls have their answers, and what nobody catches of
  // them is told; it answers how many timers are left.
  async rest() {
    let made;
    do {
      made = this.peer.next;
      await this.peer.answered();
      await this.busy.sleep(0); // the browser tells in a turn of its own
      await this.busy.sleep(0);
    } while (made !== this.peer.next); // what was answered may go on to ask
    return this.busy.timers.size;
  }

  // watch tells the host what nobody catches.
  watch() {
    const tell = (err) => {
      if (!this.told) this.failed ||= err instanceof Error ? err : new Error(`thrown: ${err}`);
      else this.peer.notify("unhandled", [{ stack: [], ...this.fault(err) }]);
    };
    addEventListener("error", (e) => e.error && tell(e.error));
    addEventListener("unhandledrejection", (e) => tell(e.reason));
    addEventListener("securitypolicyviolation", (e) => {
      if (e.blockedURI.startsWith("http")) this.log("error", `${e.blockedURI} was not asked: the plugin may not connect there`);
    });
    for (const level of ["log", "info", "debug", "warn", "error"]) {
      const original = console[level];
      console[level] = (...words) => {
        original.apply(console, words);
        this.log(level, words.map((w) => (typeof w === "string" ? w : w instanceof Error ? String(w) : JSON.stringify(w))).join(" "));
      };
    }
    self.importScripts = (...urls) => load(...urls.map(local));
  }

  log(level, text) { this.peer.notify("log", [{ level, text: text.slice(0, 4096) }]); }

  api(constants) {
    const api = { ...constants, utils: {} };
    for (const name of API) {
      const call = (...args) => this.peer.call("api." + name, args);
      if (name.startsWith("utils.")) api.utils[name.slice(6)] = call;
      else api[name] = call;
    }
    api.export = (exported) => this.export(exported);
    api.init = () => this.export({ setup() {} });
    api.registerCodec = (codec) => this.register(codec);
    return api;
  }

  async export(exported) {
    if (typeof exported === "function") {
      const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
      throw new TypeError(isClass
        ? `api.export was given the class ${exported.name} itself: export an instance, api.export(new ${exported.name}())`
        : "api.export was given a function: export an object, api.export({run: ...})");
    }
    if (exported === null || typeof exported !== "object") throw new TypeError("api.export needs an object with functions, or an instance of a class");
    this.exported = exported;
    if (this.told) this.peer.notify("exports", [exportsOf(exported)]);
  }

  async register(codec) {
    if (!codec || typeof codec !== "object") throw new TypeError("api.registerCodec needs an object with a name, and a type with an encoder or a decoder");
    if (!codec.name) throw new TypeError("a codec needs a name");
    this.codecs = [codec, ...this.codecs.filter((c) => c.name !== codec.name)];
  }

  // encode and decode know codecs, iterators and objects that stay alive.
  async encode(v, sub) {
    const codec = this.codecs.find((c) => c.encoder && typeof c.type === "function" && v instanceof c.type);
    if (codec) {
      const out = await sub(codec.encoder(v));
      return out && out.constructor === Object && !out._rtype ? { ...out, _rtype: codec.name } : out;
    }
    if (v instanceof Promise) throw new TypeError("a promise cannot leave the plugin: await it first");
    if (v._rintf) {
      const members = {};
      for (const name of names(v)) members[name] = await sub(typeof v[name] === "function" ? v[name].bind(v) : v[name]);
      return { _rtype: "interface", _rvalue: members, _rid: String(v._rintf) };
    }
    const walk = v instanceof Blob ? undefined : steps(v);
    return walk && { _rtype: "interface", _riter: true, _rid: "iterator", _rvalue: { next: await sub(walk.next), return: await sub(walk.return) } };
  }

  decode(v, from) {
    const sub = (x) => Object.fromEntries(Object.keys(x).map((key) => [key, this.peer.decode(x[key], from)]));
    if (v._rtype === "interface" && v._riter) return iterator(sub(v._rvalue));
    if (v._rtype === "interface" && v._rvalue["*"]) return answering(sub(v._rvalue));
    if (v._rtype === "file" && v._rpath) {
      const file = this.peer.decode({ ...v, _rpath: "" }, from);
      return Object.defineProperty(file, "path", { value: v._rpath, enumerable: true });
    }
    const codec = this.codecs.find((c) => c.name === v._rtype && c.decoder);
    return codec && codec.decoder(sub(v));
  }

  fault(err) {
    const found = fault(err);
    if (!(err instanceof Error)) return { ...found, message: `thrown: ${found.message}` };
    const stack = placesOf(err.stack, this.parts ? this.parts.scripts : [], true);
    return { ...found, stack: stack.length || !err.located ? stack : [err.located] };
  }
}

// answering is an object of another plugin that has any function one asks for.
function answering({ "*": any, ...members }) {
  return new Proxy(members, {
    get: (target, name) => (name in target || typeof name === "symbol" || name === "then" || name === "toJSON" || name[0] === "_" ? target[name] : (...args) => any(name, ...args)),
  });
}

// locate finds the place of a syntax error, which is not in its stack: another worker
// does not get beyond it, and says where it is.
function locate(address) {
  return new Promise((resolve) => {
    const other = new Worker(address);
    other.onerror = ({ lineno, colno }) => {
      other.terminate();
      resolve({ line: lineno, column: colno });
    };
  });
}

addEventListener("message", ({ ports: [port] }) => { new Plugin(port); }, { once: true });

// A plugin in a frame: the original library speaks inside it, this speaks for the host.
// Calls of its api go to the Go host, but for what a window does to itself.
import { RPC } from "../vendored/imjoy-rpc/rpc.js";
import { API } from "./api.js";
import { Peer } from "./peer.js";
import { freeze } from "./command.js";
import { excerpt, place, placesOf, refused, scriptName } from "./places.js";

const WINDOW_API = ["close", "onClose", "resize", "show", "hide", "focus", "refresh"];
const WINDOW_EVENTS = new Set(["close", "resize", "focus", "show", "hide", "refresh", "ready", "window_size_changed"]);
// What others find on a window beside what its plugin exports. "on" is added here, not by
// the library in the frame: seeing one, that would forget the exports at "close", and
// nothing could call exit any more.
const FORWARDED = ["close", "off", "emit", "resize", "show", "hide", "refresh"];
const START = 30000;
const MISSING = "MissingResource"; // the error of a plugin that cannot start without a file
const HEARD = 60; // milliseconds in which the host has told what it did not have
const MAX_THROWN = 100;
const PARTING = 1000; // milliseconds, for what hears of "close", then for exit

// soon is when work has ended, or has had as long as a plugin gets to say goodbye.
const soon = (work) => Promise.race([work, new Promise((r) => setTimeout(r, PARTING))]);

const sentence = (err) => (err.name && err.name !== "Error" ? `${err.name}: ${err.message}` : err.message);

// listed are addresses with why they cannot be had, which is often the same for all.
function listed(list) {
  const one = list.every((m) => m.why === list[0].why);
  const lines = list.slice(0, 20).map((m) => `  ${m.address}${one ? "" : `: ${m.why}`}`);
  return lines.join("\n") + (one ? `\n  (${list[0].why})` : "");
}

// missingError says what a plugin needs, why it is not there, and what to do.
function missingError(list, file) {
  const count = list.length === 1 ? "a file that is" : `${list.length} files that are`;
  const packs = list.length === 1 ? "it" : "them";
  const text = `it needs ${count} not on this machine:\n${listed(list)}\nwhere ${packs === "it" ? "it" : "they"} can be reached, \`${freeze(file)}\` packs ${packs} into the plugin's file`;
  return Object.assign(new Error(text), { name: MISSING, short: "It cannot start without:" });
}

// wide leaves typed arrays that the library does not know as they are; tensors.js reads them.
function wide(v, { buffers }) {
  if (v._rtype === "typedarray" && /^(bool|u?int64)$/.test(v._rdtype)) return { ...v, _rvalue: buffers[v._rvalue] };
}

// Emitter and Connection are what imjoy-rpc wants of a connection.
class Emitter {
  // problem is told what handlers throw that nobody waits for.
  constructor(problem) {
    this.handlers = {};
    this.problem = problem;
  }
  on(event, f) { (this.handlers[event] ||= []).push(f); }
  once(event, f) {
    const g = (x) => { this.off(event, g); f(x); };
    this.on(event, g);
  }
  off(event, f) { this.handlers[event] = f ? (this.handlers[event] || []).filter((g) => g !== f) : []; }
  // _fire answers a promise of when all handlers have ended.
  _fire(event, data) {
    return Promise.all([...(this.handlers[event] || [])].map((f) => {
      const done = f(data);
      return this.problem && done instanceof Promise ? done.catch(this.problem) : done;
    }));
  }
}

class Connection extends Emitter {
  constructor(frame, origin, beside) {
    super();
    this.frame = frame;
    this.origin = origin;
    this.place = frame.ownerDocument.defaultView; // the page, or a tab of it
    this.pairs = new Map(); // of calls out of the frame: what takes the error, by what takes the result
    this.listen = (e) => {
      if (e.source !== frame.contentWindow || e.origin !== origin || !e.data || typeof e.data.type !== "string") return;
      // What a tab hears is made of its own Object and Array, which nothing here knows.
      const data = this.place === window ? e.data : structuredClone(e.data);
      if (data.type === "imjoy-frame") return beside(data);
      if (data.type === "initialized") this.peer_id ||= data.peer_id;
      if (data.type === "method" && Array.isArray(data.promise)) this.pairs.set(data.promise[0]?._rvalue, data.promise[1]?._rvalue);
      this._fire(data.type, data);
    };
    this.place.addEventListener("message", this.listen);
  }
  emit(data) {
    delete data.__transferables__;
    data.peer_id = this.peer_id || data.peer_id;
    if (this.frame.contentWindow) this.frame.contentWindow.postMessage(data, this.origin);
  }
  // unreadable answers for a frame that could not read a message: the host's call fails
  // (waits), or its own does, whose result that was (answers).
  unreadable({ text, waits, answers }) {
    const args = [{ _rtype: "error", _rvalue: String(text) }];
    if (waits !== null) this._fire("callback", { type: "callback", id: waits, args });
    else if (this.pairs.has(answers)) this.emit({ type: "callback", id: this.pairs.get(answers), args });
  }
  // execute waits for both answers of a frame: the library sends one when the work is
  // done and one when it has been heard, and only the first tells of an error. A
  // worker sends one.
  execute(code) {
    return new Promise((resolve, reject) => {
      let first;
      let left = this.answers;
      const hear = (answer) => {
        first ||= answer;
        if (--left > 0) return;
        this.off("executed", hear);
        if (first.error) reject(new Error(String(first.error)));
        else resolve();
      };
      this.on("executed", hear);
      this.emit({ type: "execute", code });
    });
  }
  disconnect() { this.place.removeEventListener("message", this.listen); }
}

export class Plugin {
  // order is what the host sent; page gives place(order, plugin), control and say.
  constructor(order, send, page) {
    this.order = order;
    this.page = page;
    this.missing = [];
    this.thrown = []; // errors of the plugin whose stacks are known
    this.events = new Emitter((err) => this.report(err));
    this.ends = []; // what the library does when the plugin is gone: its api ends there
    this.peer = new Peer(send, { call: (method, args) => this.call(method, args), decode: wide });
  }

  async call(method, args) {
    if (method === "worker.ready") return null;
    if (method === "worker.start") {
      try {
        const exports = await this.start(args[0]);
        this.state("ready");
        return exports;
      } catch (err) {
        throw this.fail(await this.lacking(err));
      }
    }
    if (method === "worker.rest") return this.rest();
    if (!method.startsWith("plugin.")) throw new Error(`a plugin in the page has no ${method}`);
    return this.invoke(method.slice(7), args);
  }

  async invoke(name, args) {
    const path = name.split(".");
    const member = path.reduce((o, key) => (o && Object.hasOwn(o, key) ? o[key] : undefined), this.remote);
    if (typeof member !== "function") throw new Error(`the plugin does not export ${name}`);
    if (name === "run") this.page.busy(this, 1);
    try {
      return await member(...args);
    } catch (err) {
      const known = this.explained(err);
      throw name === "setup" || name === "run" ? this.fail(await this.lacking(known)) : known;
    } finally {
      if (name === "run") this.page.busy(this, -1);
    }
  }

  // rest is over when the plugin's calls have their answers, and its frame has told what
  // nobody catches of them. Timers of a frame are not counted.
  async rest() {
    let made;
    do {
      made = this.peer.next;
      await this.peer.answered();
      await new Promise((resolve) => {
        this.rested = resolve;
        setTimeout(() => this.connection.emit({ type: "imjoy-rest" })); // behind the answers
      });
    } while (made !== this.peer.next); // what was answered may go on to ask
    return 0;
  }

  state(word, text, code) {
    this.failed = word === "failed";
    if (this.window) this.window.state(word, text, code);
  }

  // fail shows in the window what went wrong, and where in the plugin's file.
  fail(err) {
    const at = err.places && err.places.find((p) => !p.file);
    this.state("failed", err.short || sentence(err), at && excerpt(at, this.order.scripts, this.order.address));
    return err;
  }

  // explained is an error that came as text, as the plugin threw it: with its name, and
  // the places of its stack.
  explained(err) {
    const text = String((err && err.message) || err);
    const i = this.thrown.findLastIndex((t) => t.text === text || t.stack === text);
    if (i < 0) return err instanceof Error ? err : new Error(text);
    const [{ name, message, stack }] = this.thrown.splice(i, 1);
    return Object.assign(new Error(message), { name, places: placesOf(stack, this.order.scripts, true) });
  }

  // located finds where a script is not JavaScript at all: its stack does not say.
  async located(err, block) {
    if (err.name !== "SyntaxError" || (err.places && err.places.length) || this.order.scripts[block].attrs.type === "module") return err;
    const found = new Promise((resolve) => {
      this.locate = resolve;
      setTimeout(resolve, 1000);
    });
    this.connection.emit({ type: "imjoy-locate", content: this.order.scripts[block].code || this.order.scripts[block].content });
    const at = await found;
    const there = at && place(this.order.scripts, block, at.line, at.column);
    if (there) err.places = [{ ...there, function: "" }];
    return err;
  }

  // lacking adds to an error what could not be loaded before it: that is often why.
  async lacking(err) {
    if (err.name === MISSING) return err;
    await new Promise((r) => setTimeout(r, HEARD));
    if (!this.missing.length) return err;
    err.short = sentence(err); // the window has its own list
    err.message += `\nbefore that, it could not load\n${listed(this.missing)}`;
    return err;
  }

  // report tells an error that nobody waits for.
  report(err) {
    const { name, message, places } = this.explained(err);
    this.peer.notify("unhandled", [{ name, message, stack: places || [] }]);
  }

  async start(order) {
    const { order: plugin } = this;
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-forms allow-downloads allow-modals allow-popups allow-same-origin";
    frame.allow = plugin.allow;
    frame.title = plugin.name;
    frame.src = plugin.frame;
    this.frame = frame;
    this.window = await this.page.place(plugin, this);
    this.state("loading");
    const connection = new Connection(frame, new URL(plugin.frame).origin, (what) => this.hear(what));
    this.connection = connection;
    connection.answers = plugin.type === "web-worker" ? 1 : 2;
    const ready = new Promise((resolve, reject) => {
      connection.once("imjoyRPCReady", resolve);
      setTimeout(() => reject(new Error("its frame did not answer; does this browser know names that end with .localhost?")), START);
    });
    this.base = new URL(plugin.frame).pathname + "remote/";
    const { peer_id } = await ready;
    const initialized = new Promise((resolve) => connection.once("initialized", resolve));
    connection.emit({
      type: "initialize", peer_id,
      config: {
        name: plugin.name, type: plugin.type, allow_execution: true, expose_api_globally: true, enable_service_worker: false,
        forwarding_functions: plugin.mode === "window" ? FORWARDED : FORWARDED.slice(0, 3),
      },
    });
    const { error } = await initialized;
    if (error) throw new Error(error);
    const rpc = new RPC(connection, { name: "imjoy" });
    this.rpc = rpc;
    rpc.setInterface(this.api(order.config));
    await new Promise((resolve) => {
      rpc.once("interfaceSetAsRemote", resolve);
      rpc.sendInterface();
    });
    await this.check();
    await this.fill();
    if (plugin.passive) this.remote = { setup() {} };
    else await this.exported();
    return this.exports();
  }

  // check learns what the plugin loads that cannot be had, before it fails with less to say.
  async check() {
    const wanted = new Map();
    const want = (url, kind) => /^(https?:)?\/\//.test(url || "") && wanted.set(url.startsWith("//") ? "https:" + url : url, kind);
    for (const text of this.order.requirements || []) {
      const [, kind, url] = /^([a-z]+):(.*)$/s.exec(text);
      if (kind !== "cache") want(url, kind);
    }
    for (const { attrs, content, code } of this.order.scripts) {
      want(attrs.src, "js");
      if (attrs.type !== "module") continue;
      for (const [, url] of (code || content).matchAll(/^[ \t]*(?:import|export)\b[^"';]*["'](https?:\/\/[^"']+)["']/gm)) want(url, "mjs");
    }
    for (const { attrs } of this.order.links) if (attrs.rel === "stylesheet") want(attrs.href, "css");
    if (!wanted.size) return;
    const missing = await this.page.control.call("assets", [{ channel: this.order.channel, addresses: [...wanted.keys()] }]);
    for (const m of missing) this.miss(m.address, m.why);
    const needed = missing.filter((m) => wanted.get(m.address) !== "css");
    if (needed.length) throw missingError(needed, this.order.address);
  }

  miss(address, why) {
    if (this.missing.some((m) => m.address === address)) return;
    this.missing.push({ address, why });
    this.page.say({ kind: "log", level: "warning", plugin: this.order.name, text: `${address} cannot be loaded: ${why}` });
    if (this.window) this.window.lacks(this.missing);
  }

  // refused is an address that the frame's policy kept it from.
  refused(address) {
    let host = "";
    try { ({ host } = new URL(address)); } catch { /* said as it is */ }
    this.miss(address, host ? `it may not connect there; --allow-net=${host} lets it` : "it may not connect there");
  }

  // local is an address of another host as the frame can load it.
  local(url) {
    const m = /^(https?:)?\/\/(.*)$/s.exec(url || "");
    return m ? new URL(this.order.frame).origin + this.base + (m[1] || "https:").slice(0, -1) + "/" + m[2] : url;
  }

  // fill does to the frame what ImJoy does, in its order.
  async fill() {
    const { order: plugin, connection } = this;
    const requirements = (plugin.requirements || []).map((text) => {
      const [, kind, url] = /^([a-z]+):(.*)$/s.exec(text);
      return `${kind}:${this.local(url)}`;
    });
    // One after the other: a failure then names the one that failed.
    for (const requirement of requirements.filter((r) => !r.startsWith("cache:"))) {
      await connection.execute({ type: "requirements", requirements: [requirement], lang: "javascript" }).catch((err) => {
        throw new Error(String(err.message || err).replaceAll(new URL(plugin.frame).origin + this.base, "").replace(/\b(https?)\//g, "$1://"));
      });
    }
    if (plugin.mode === "window") {
      for (const { content, attrs } of plugin.styles) await connection.execute({ type: "style", content, attrs });
      for (const { attrs } of plugin.links) {
        await connection.execute({ type: "link", rel: attrs.rel, type_: attrs.type, attrs, href: this.local(attrs.href) });
      }
      for (const { content, attrs } of plugin.windows) await connection.execute({ type: "html", content, attrs });
    }
    for (const [i, { content, code, fault, attrs }] of plugin.scripts.entries()) {
      if (fault) {
        const err = refused(plugin.scripts, i, fault);
        throw Object.assign(err, { places: err.located ? [err.located] : [] });
      }
      const type = attrs.type || "text/javascript"; // "undefined" would never run
      const named = `${this.linked(code || content)}\n//# sourceURL=${scriptName(i)}`;
      try {
        await connection.execute({ type: "script", content: named, lang: attrs.lang, attrs: { ...attrs, type }, src: attrs.src && this.local(attrs.src) });
      } catch (err) {
        throw await this.located(this.explained(err), i);
      }
    }
  }

  // linked lets imports of a script go through the host. The text keeps its lines.
  linked(text) {
    return text.replace(/(\bimport\s*\(\s*["'`]|\bfrom\s*["']|\bimport\s*["']|\bimportScripts\s*\(\s*["'])(https?:\/\/)/g, (_, before, scheme) => before + this.local(scheme));
  }

  exported() {
    return new Promise((resolve) => {
      const set = () => {
        this.remote = this.rpc.getRemote();
        this.remote.on ||= this.on;
        if (this.started) this.peer.notify("exports", [this.exports()]);
        this.started = true;
        resolve();
      };
      this.rpc.on("remoteReady", set);
      this.rpc.requestRemote();
    });
  }

  exports() {
    const exports = [];
    const values = {};
    const walk = (o, prefix) => {
      for (const key of Object.keys(o)) {
        const v = o[key];
        if (key.startsWith("_")) continue;
        if (typeof v === "function") exports.push(prefix + key);
        else if (v && v.constructor === Object && !v._rtype && prefix.split(".").length < 8) walk(v, prefix + key + ".");
        else if (!prefix) values[key] = v;
      }
    };
    walk(this.remote, "");
    return { exports, values };
  }

  api(constants) {
    const api = { _rintf: true, ...constants, id: constants.id, utils: {} };
    const add = (name, f) => {
      const [first, second] = name.split(".");
      if (second) api.utils[second] = f;
      else api[name] = f;
    };
    for (const name of API) add(name, (...args) => this.peer.call("api." + name, args));
    this.on = api.on;
    if (this.order.mode !== "window") return api;
    for (const name of WINDOW_API) add(name, (...args) => this.geometry(name, args));
    const { on, off, emit } = api;
    this.on = (event, handler) => {
      if (!WINDOW_EVENTS.has(event)) return on(event, handler);
      if (typeof handler !== "function") throw new TypeError(`on("${event}") needs a function`);
      this.events.on(event, handler);
      if (event === "ready") handler();
    };
    // The library asks for "close" to forget the api; functions of the plugin bear its mark.
    api.on = (event, handler) => (event === "close" && handler && !handler.__remote_method ? void this.ends.push(handler) : this.on(event, handler));
    api.off = (event, ...rest) => (WINDOW_EVENTS.has(event) ? this.events.off(event) : off(event, ...rest));
    api.emit = (event, data) => (WINDOW_EVENTS.has(event) ? this.events._fire(event, data) : emit(event, data));
    return api;
  }

  geometry(name, args) {
    const w = this.window;
    switch (name) {
      case "close": return void this.close();
      case "onClose": return void this.events.on("close", args[0]);
      case "resize": w.resize(args[0] || {}); return void this.events._fire("resize", args[0]);
      case "show": w.hidden(false); return void this.events._fire("show");
      case "hide": w.hidden(true); return void this.events._fire("hide");
      case "focus": w.focus(); return void this.events._fire("focus");
      case "refresh": return void this.events._fire("refresh");
    }
  }

  hear(what) {
    switch (what.what) {
      case "refused": return this.refused(what.address);
      case "unreadable": return this.connection.unreadable(what);
      case "thrown":
        this.thrown = [...this.thrown.slice(1 - MAX_THROWN), what];
        return;
      case "rested": return this.rested && this.rested();
      case "located": return this.locate && this.locate(what);
      case "log": return this.peer.notify("log", [{ level: what.level, text: String(what.text) }]);
      case "error": {
        const stack = placesOf(what.stack, this.order.scripts, true);
        return this.peer.notify("unhandled", [{ name: String(what.name), message: String(what.message), stack }]);
      }
      case "focus":
        if (this.window) this.window.raise();
        return this.events._fire("focus");
    }
  }

  // close is what the person does, or the plugin to itself. With gone its frame is not
  // there any more.
  async close(gone) {
    if (this.closing) return;
    this.closing = true;
    if (this.failed && this.peer.ended) return this.window.remove();
    this.state("closing");
    await soon(this.events._fire("close"));
    const exit = this.remote && this.remote.exit;
    if (!gone && typeof exit === "function") await soon(Promise.resolve(exit()).catch(() => {}));
    this.page.control.notify("plugin.closed", [{ channel: this.order.channel }]);
  }

  // end removes it, because the host says so.
  end(reason) {
    this.peer.end(reason);
    for (const f of this.ends.splice(0)) f();
    if (this.connection) this.connection.disconnect();
    if (this.window && this.failed && !this.closing) this.window.keep();
    else if (this.window) this.window.remove();
    else if (this.frame) this.frame.remove();
  }
}

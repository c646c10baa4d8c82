// A plugin in a frame: the original library speaks inside it, this speaks for the host.
// Calls of its api go to the Go host, but for what a window does to itself.
import { RPC } from "../vendored/imjoy-rpc/rpc.js";
import { Peer } from "./peer.js";
import { freeze } from "./command.js";

const API = [
  "alert", "prompt", "confirm", "showDialog", "showFileDialog", "showMessage", "showSnackbar", "showStatus", "showProgress", "progress",
  "log", "error", "exportFile", "createWindow", "getWindow", "run", "call", "getPlugin", "loadPlugin", "installPlugin", "uninstallPlugin",
  "register", "unregister", "registerService", "unregisterService", "getServices", "getConfig", "setConfig", "getAttachment",
  "getFileManager", "getEngine", "getEngineFactory", "getFileUrl", "requestUploadUrl", "uploadFileToUrl", "downloadFileFromUrl",
  "echo", "on", "off", "emit", "connectToServer", "disposeObject",
  "utils.openUrl", "utils.sleep", "utils.$forceUpdate", "utils.showOpenFilePicker", "utils.showSaveFilePicker", "utils.showDirectoryPicker",
];
const WINDOW_API = ["close", "onClose", "resize", "show", "hide", "focus", "refresh"];
const WINDOW_EVENTS = new Set(["close", "resize", "focus", "show", "hide", "refresh", "ready", "window_size_changed"]);
const FORWARDED = ["close", "on", "off", "emit", "resize", "show", "hide", "refresh"];
const START = 30000;

// Emitter and Connection are what imjoy-rpc wants of a connection.
class Emitter {
  handlers = {};
  on(event, f) { (this.handlers[event] ||= []).push(f); }
  once(event, f) {
    const g = (x) => { this.off(event, g); f(x); };
    this.on(event, g);
  }
  off(event, f) { this.handlers[event] = f ? (this.handlers[event] || []).filter((g) => g !== f) : []; }
  _fire(event, data) { for (const f of [...(this.handlers[event] || [])]) f(data); }
}

class Connection extends Emitter {
  constructor(frame, origin, beside) {
    super();
    this.frame = frame;
    this.origin = origin;
    this.listen = (e) => {
      if (e.source !== frame.contentWindow || e.origin !== origin || !e.data || typeof e.data.type !== "string") return;
      if (e.data.type === "imjoy-frame") return beside(e.data);
      if (e.data.type === "initialized") this.peer_id ||= e.data.peer_id;
      this._fire(e.data.type, e.data);
    };
    addEventListener("message", this.listen);
  }
  emit(data) {
    delete data.__transferables__;
    data.peer_id = this.peer_id || data.peer_id;
    if (this.frame.contentWindow) this.frame.contentWindow.postMessage(data, this.origin);
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
        if (first.error) reject(new Error(String(first.error).split("\n")[0]));
        else resolve();
      };
      this.on("executed", hear);
      this.emit({ type: "execute", code });
    });
  }
  disconnect() { removeEventListener("message", this.listen); }
}

export class Plugin {
  // order is what the host sent; page gives place(order, plugin), control and say.
  constructor(order, send, page) {
    this.order = order;
    this.page = page;
    this.missing = [];
    this.events = new Emitter();
    this.peer = new Peer(send, { call: (method, args) => this.call(method, args) });
  }

  async call(method, args) {
    if (method === "worker.ready") return null;
    if (method === "worker.start") {
      try {
        const exports = await this.start(args[0]);
        this.state("ready");
        return exports;
      } catch (err) {
        this.state("failed", err.message);
        throw err;
      }
    }
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
      if (name === "setup" || name === "run") this.state("failed", String((err && err.message) || err));
      throw err;
    } finally {
      if (name === "run") this.page.busy(this, -1);
    }
  }

  state(word, text) {
    this.failed = word === "failed";
    if (this.window) this.window.state(word, text, this.missing);
  }

  async start(order) {
    const { order: plugin } = this;
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-forms allow-downloads allow-modals allow-popups allow-same-origin";
    frame.allow = plugin.allow;
    frame.title = plugin.name;
    frame.src = plugin.frame;
    this.frame = frame;
    const connection = new Connection(frame, new URL(plugin.frame).origin, (what) => this.hear(what));
    this.connection = connection;
    connection.answers = plugin.type === "web-worker" ? 1 : 2;
    const ready = new Promise((resolve, reject) => {
      connection.once("imjoyRPCReady", resolve);
      setTimeout(() => reject(new Error("its frame did not answer; does this browser know names that end with .localhost?")), START);
    });
    this.window = this.page.place(plugin, this);
    this.state("loading");
    this.base = new URL(plugin.frame).pathname + "remote/";
    const { peer_id } = await ready;
    const initialized = new Promise((resolve) => connection.once("initialized", resolve));
    connection.emit({
      type: "initialize", peer_id,
      config: {
        name: plugin.name, type: plugin.type, allow_execution: true, expose_api_globally: true, enable_service_worker: false,
        forwarding_functions: plugin.mode === "window" ? FORWARDED : FORWARDED.slice(0, 4),
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
    for (const { attrs } of this.order.scripts) want(attrs.src, "js");
    for (const { attrs } of this.order.links) if (attrs.rel === "stylesheet") want(attrs.href, "css");
    if (!wanted.size) return;
    const missing = await this.page.control.call("assets", [{ channel: this.order.channel, addresses: [...wanted.keys()] }]);
    for (const m of missing) this.miss(m.address, m.why);
    const needed = missing.filter((m) => wanted.get(m.address) !== "css");
    if (needed.length) throw new Error(`it loads ${needed.map((m) => m.address).join(", ")}, which cannot be had: ${needed[0].why}. Where there is a network, \`${freeze(this.order.address)}\` packs it into the plugin.`);
  }

  miss(address, why) {
    if (this.missing.some((m) => m.address === address)) return;
    this.missing.push({ address, why });
    this.page.say({ kind: "log", level: "warning", plugin: this.order.name, text: `${address} cannot be loaded: ${why}` });
    if (this.window) this.window.lacks(this.missing);
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
    for (const { content, attrs } of plugin.scripts) {
      const type = attrs.type || "text/javascript"; // "undefined" would never run
      await connection.execute({ type: "script", content: this.linked(content), lang: attrs.lang, attrs: { ...attrs, type }, src: attrs.src && this.local(attrs.src) });
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
    if (this.order.mode !== "window") return api;
    for (const name of WINDOW_API) add(name, (...args) => this.geometry(name, args));
    const { on, off, emit } = api;
    api.on = (event, handler) => {
      if (!WINDOW_EVENTS.has(event)) return on(event, handler);
      this.events.on(event, handler);
      if (event === "ready") handler();
    };
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
      case "missing": return this.miss(what.address, what.why);
      case "log": return this.peer.notify("log", [{ level: what.level, text: String(what.text) }]);
      case "error": return this.peer.notify("unhandled", [{ name: String(what.name), message: String(what.message), stack: [] }]);
      case "focus":
        if (this.window) this.window.raise();
        return this.events._fire("focus");
    }
  }

  // close is what the person does, or the plugin to itself.
  async close() {
    if (this.closing) return;
    this.closing = true;
    if (this.failed && this.peer.ended) return this.window.remove();
    this.events._fire("close");
    this.state("closing");
    const exit = this.remote && this.remote.exit;
    if (typeof exit === "function") await Promise.race([Promise.resolve(exit()).catch(() => {}), new Promise((r) => setTimeout(r, 1000))]);
    this.page.control.notify("plugin.closed", [{ channel: this.order.channel }]);
  }

  // end removes it, because the host says so.
  end(reason) {
    this.peer.end(reason);
    if (this.connection) this.connection.disconnect();
    if (this.window && this.failed && !this.closing) this.window.keep();
    else if (this.window) this.window.remove();
    else if (this.frame) this.frame.remove();
  }
}

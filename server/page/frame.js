// What runs in a plugin's frame beside the original library: it starts the library,
// lets what the plugin loads by address come from the host, and tells the page what
// went wrong.
import { calledFrom, located } from "./called.js";
import { read } from "./tensors.js";
import { named, watch } from "./watch.js";

// inOrder has calls and answers leave in the order in which they were made: the library
// encodes each by itself, and one with less inside would overtake the one before. What it
// encodes beside the arguments is the two functions for the answer, which need no turn.
// Encoders of the plugin may make calls, too, which nothing may hold up.
// The second of the two functions gets an error, and gives it the place of the call.
function inOrder(rpc) {
  const wrap = rpc._wrap;
  const callback = (f) => ({ _rtype: "callback", _rtarget_id: rpc._connection.peer_id, _rname: f.name, _rvalue: rpc._store.put(f) });
  let last = Promise.resolve();
  rpc._wrap = function (args, ...more) {
    const pair = args.length === 2 && args.every((f) => typeof f === "function" && !this._method_weakmap.has(f));
    if (pair) args = [args[0], placed(args[1])];
    if (Object.values(this._codecs).some((c) => c.encoder)) return wrap.call(this, args, ...more);
    if (pair) return args.map(callback);
    const next = () => wrap.call(this, args, ...more);
    return (last = last.then(next, next));
  };
  const remote = rpc._genRemoteCallback;
  rpc._genRemoteCallback = function (...given) {
    const f = remote.apply(this, given);
    if (!given[2]) return f; // no answer
    return (...args) => {
      const from = calledFrom();
      return f(...args).catch((err) => { throw located(named(err), from); });
    };
  };
}

// placed takes the error of a call, which was made where this is called.
function placed(reject) {
  const from = calledFrom();
  const take = (...args) => reject(...args.map((err) => located(named(err), from)));
  // The library marks it with what goes when it goes.
  return Object.defineProperty(take, "__promise_pair", { get: () => reject.__promise_pair });
}

(() => {
  const page = document.currentScript.dataset.page;
  const base = location.pathname + "remote/";
  const tell = (what) => parent.postMessage({ type: "imjoy-frame", ...what }, page);

  // An address of another host is asked of ours, below this origin.
  const local = (url) => {
    if (typeof url !== "string" && !(url instanceof URL)) return url;
    const m = /^(https?):\/\/(.*)$/s.exec(String(url).startsWith("//") ? "https:" + url : String(url));
    return m && !String(url).startsWith(location.origin) ? location.origin + base + m[1] + "/" + m[2] : url;
  };
  const setter = (proto, name) => {
    const d = Object.getOwnPropertyDescriptor(proto, name);
    Object.defineProperty(proto, name, { ...d, set(v) { d.set.call(this, local(v)); } });
  };
  setter(HTMLScriptElement.prototype, "src");
  setter(HTMLLinkElement.prototype, "href");
  setter(HTMLImageElement.prototype, "src");
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    const loads = (this instanceof HTMLScriptElement || this instanceof HTMLImageElement) && name === "src" || this instanceof HTMLLinkElement && name === "href";
    return setAttribute.call(this, name, loads ? local(value) : value);
  };
  const fetch0 = window.fetch;
  window.fetch = (what, ...rest) => fetch0(what instanceof Request ? what : local(what), ...rest);
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, method.toUpperCase() === "GET" ? local(url) : url, ...rest);
  };
  const Worker0 = window.Worker;
  window.Worker = class extends Worker0 {
    constructor(url, options) { super(local(url), options); }
  };

  document.addEventListener("securitypolicyviolation", (e) => {
    if (e.blockedURI.startsWith("http")) tell({ what: "refused", address: e.blockedURI });
  });

  // Where a script does not begin to run, the browser says to nobody where it is wrong;
  // but it does for an element. The text stands in a function that nobody calls.
  let locating = null;
  addEventListener("error", (e) => {
    if (!locating || e.target !== window) return;
    e.stopImmediatePropagation();
    e.preventDefault();
    locating = { line: e.lineno, column: e.colno };
  }, true);
  const before = "(()=>{'use strict';";
  addEventListener("message", (e) => {
    if (e.source !== parent || e.origin !== page || !e.data || e.data.type !== "imjoy-locate") return;
    locating = { line: 0, column: 0 };
    const script = document.createElement("script");
    script.textContent = `${before}${e.data.content}\n})`;
    document.head.append(script);
    script.remove();
    const { line, column } = locating;
    locating = null;
    tell({ what: "located", line, column: line === 1 ? column - before.length : column });
  });
  // The answers before it have been read, and the browser has told of those that nobody
  // catches, which it does in a turn of its own. Timers of a frame that is not seen are slow.
  addEventListener("message", async (e) => {
    if (e.source !== parent || e.origin !== page || !e.data || e.data.type !== "imjoy-rest") return;
    const { port1, port2 } = new MessageChannel();
    for (let turns = 0; turns < 3; turns++) {
      await new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(0);
      });
    }
    port1.close();
    tell({ what: "rested" });
  });
  // Before the library reads a message; what cannot be read, the page answers.
  const custom = (kind) => Boolean(kind && window.api?._rpc?._codecs?.[kind]?.decoder);
  addEventListener("message", (e) => {
    if (e.source !== parent || e.origin !== page || !e.data || (e.data.type !== "method" && e.data.type !== "callback")) return;
    try {
      read(e.data.args, custom);
    } catch (err) {
      e.stopImmediatePropagation();
      const { id, promise } = e.data;
      tell({ what: "unreadable", text: String(err.message || err), waits: promise ? promise[1]._rvalue : null, answers: id });
    }
  }, true);
  addEventListener("imjoy_remote_api_ready", ({ detail }) => inOrder(detail._rpc));
  watch(window, new URL("imjoy-rpc.js", location.href).href, tell);
  addEventListener("focus", () => tell({ what: "focus" }));
  window.imjoyRPC.waitForInitialization({ target_origin: page });
})();

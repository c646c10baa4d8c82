// What runs in a plugin's frame beside the original library: it starts the library,
// lets what the plugin loads by address come from the host, and tells the page what
// went wrong.
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
  const remote = (url) => {
    const at = String(url).indexOf(base);
    return at < 0 ? String(url) : String(url).slice(at + base.length).replace("/", "://");
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

  const missing = new Set();
  const miss = (address, why) => {
    if (missing.has(address)) return;
    missing.add(address);
    tell({ what: "missing", address, why });
  };
  document.addEventListener("securitypolicyviolation", (e) => {
    if (e.blockedURI.startsWith("http")) miss(e.blockedURI, "the plugin may not connect there");
  });
  addEventListener("error", (e) => {
    const t = e.target;
    if (t && t !== window) {
      const url = t.src || t.href;
      if (typeof url === "string" && url.includes(base)) miss(remote(url), "it is not on this machine");
    } else if (e.error) {
      tell({ what: "error", name: e.error.name, message: e.error.message });
    }
  }, true);
  addEventListener("unhandledrejection", (e) => {
    const r = e.reason;
    tell({ what: "error", name: (r && r.name) || "Error", message: String((r && r.message) || r) });
  });
  for (const level of ["log", "info", "warn", "error", "debug"]) {
    const original = console[level];
    console[level] = (...args) => {
      original.apply(console, args);
      if (args[0] === "ImJoy RPC loaded successfully!") return; // the library, of itself
      try {
        tell({ what: "log", level, text: args.map((a) => (typeof a === "string" ? a : a instanceof Error ? String(a) : JSON.stringify(a))).join(" ").slice(0, 4096) });
      } catch { /* what JSON cannot show is in the browser's own console */ }
    };
  }
  addEventListener("focus", () => tell({ what: "focus" }));
  window.imjoyRPC.waitForInitialization({ target_origin: page });
})();

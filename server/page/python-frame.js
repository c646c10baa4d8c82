// What runs in the frame of a Python plugin: it starts the worker that has the plugin,
// and gives the page a port to it.
(() => {
  const page = document.currentScript.dataset.page;
  const worker = new Worker("python-worker.js", { type: "module" });
  worker.onerror = (e) => parent.postMessage({ type: "imjoy-frame", what: "error", name: "Error", message: e.message || "its worker does not load" }, page);
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(null, [port1]);
  parent.postMessage({ type: "imjoy-python" }, page, [port2]);
})();

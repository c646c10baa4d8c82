// What runs in the frame of a plugin that lives in a worker: it starts that worker, and
// gives the page a port to it.
(() => {
  const { page, worker: script, type } = document.currentScript.dataset;
  const worker = new Worker(script, { type });
  worker.onerror = (e) => parent.postMessage({ type: "imjoy-frame", what: "error", name: "Error", message: e.message || "its worker does not load" }, page);
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(null, [port1]);
  parent.postMessage({ type: "imjoy-worker" }, page, [port2]);
})();

// A Python plugin in a page: Pyodide with the shim that Python plugins have anywhere.
// Frames of the host come and go over a port, as they are.

// boot makes modules of texts, and answers what takes the host's frames.
const boot = `
def boot(modules, post):
    import sys
    for name, text in modules:
        made = type(sys)(name)
        made.__path__ = []
        sys.modules[name] = made
        exec(compile(text, "<imjoy:%s>" % name, "exec"), made.__dict__)
    return sys.modules["_imjoy.page"].start(post)
boot`;

const base = new URL(".", location.href).href;

async function get(path) {
  const answer = await fetch(base + path);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer;
}

// start answers what takes frames.
async function start(post, print) {
  const parts = await (await get("python/parts.json")).json();
  const { loadPyodide } = await import(base + "python/pyodide.mjs");
  const python = await loadPyodide({
    indexURL: base + "python/", stdout: (text) => print("info", text), stderr: (text) => print("error", text),
  });
  for (const wheel of parts.wheels) python.unpackArchive(await (await get("python/" + wheel)).arrayBuffer(), "wheel");
  for (const script of parts.scripts) (0, eval)(await (await get(script)).text());
  const scope = python.toPy({});
  const take = python.runPython(boot, { globals: scope })(python.toPy(parts.modules), post);
  // What may wait for an answer enters Python in this way.
  return take.callPromising ? (header, buffers) => take.callPromising(header, buffers) : take;
}

addEventListener("message", ({ ports: [port] }) => {
  const print = (level, text) => port.postMessage({ what: "print", level, text });
  const post = (header, buffers) => port.postMessage({ what: "frame", text: header, buffers }, [header.buffer, ...new Set(buffers.map((b) => b.buffer))]);
  for (const level of ["log", "info", "debug", "warn", "error"]) {
    const original = console[level];
    console[level] = (...words) => {
      original.apply(console, words);
      print(level === "error" || level === "warn" ? "error" : "info", words.map(String).join(" "));
    };
  }
  addEventListener("securitypolicyviolation", (e) => {
    if (e.blockedURI.startsWith("http")) print("error", `${e.blockedURI} was not asked: the plugin may not connect there`);
  });
  const ready = start(post, print);
  ready.then(() => port.postMessage({ what: "started" }), (err) => port.postMessage({ what: "started", error: err.message }));
  port.onmessage = async ({ data: { text, buffers } }) => (await ready)(text, buffers);
}, { once: true });

const log = []; class Bus extends EventTarget { fire(n, detail) { return this.dispatchEvent(new CustomEvent(n, { detail, cancelable: true })); } }
const b = new Bus(); const f = (e) => log.push(e.type + e.detail); b.addEventListener("a", f); b.addEventListener("a", f); b.addEventListener("a", { handleEvent(e) { log.push("object", this.handleEvent !== undefined, e.target === b); e.preventDefault(); } }, { once: true });
const kept = b.fire("a", 1), again = b.fire("a", 2); b.removeEventListener("a", f); b.fire("a", 3);
const c = new AbortController(); b.addEventListener("s", () => log.push("s"), { signal: c.signal }); b.fire("s"); c.abort(); b.fire("s");
b.addEventListener("stop", (e) => { log.push("first"); e.stopImmediatePropagation(); }); b.addEventListener("stop", () => log.push("second")); b.fire("stop");
const { port1, port2 } = new MessageChannel(); const got = new Promise((r) => { port2.onmessage = (e) => r(e.data); }); port1.postMessage({ m: new Map([[1, 2]]) }); const message = await got; port1.close();
class Emitter { #on = new Map(); on(n, f) { (this.#on.get(n) ?? this.#on.set(n, []).get(n)).push(f); return this; } emit(n, ...a) { return (this.#on.get(n) ?? []).map((f) => f(...a)); } }
const alive = setTimeout(() => {}, 1000), t = AbortSignal.timeout(2), reason = await new Promise((r) => t.addEventListener("abort", () => r(t.reason.name))); clearTimeout(alive);
let thrown; try { AbortSignal.abort("why").throwIfAborted(); } catch (e) { thrown = e; }
return [log, kept, again, message, new Emitter().on("x", (v) => v + 1).on("x", (v) => v * 2).emit("x", 5), reason, thrown, new Event("e").cancelable, new Event("e", { bubbles: true }).bubbles, AbortSignal.abort().aborted, AbortSignal.any([c.signal]).aborted];

// One side of a channel: calls both ways, as engine/internal/wire has them.
import { calledFrom, located } from "./called.js";
import { decode, encode } from "./values.js";

export class Peer {
  // handler.call(method, args, signal) answers calls, handler.notify(method, args) the rest.
  constructor(send, handler) {
    this.sendFrame = send;
    this.handler = handler;
    this.next = 0;
    this.pending = new Map();
    this.serving = new Map();
    this.given = new Map();
    this.last = 0;
    this.queue = Promise.resolve();
    this.released = new FinalizationRegistry((id) => this.post({ kind: "release", functions: [{ id }] }, []));
  }

  // out collects what a value refers to; a handler may know values of its own.
  out() { return { buffers: [], functions: [], custom: this.handler.encode }; }

  decode(v, from) { return decode(v, from); }

  // call asks the other side. With a signal the call can be given up.
  call(method, args = [], signal) {
    return this.ask({ kind: "call", method }, args, signal);
  }

  notify(method, args = []) {
    this.push(async () => {
      const out = this.out();
      const text = await encode(args, out);
      this.post({ kind: "notify", method, args: text, functions: this.give(out.functions) }, out.buffers);
    });
  }

  ask(header, args, signal) {
    const from = calledFrom();
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const id = ++this.next;
      this.pending.set(id, { resolve, reject, from });
      if (signal) {
        signal.addEventListener("abort", () => {
          this.push(() => this.pending.has(id) && this.post({ kind: "cancel", id }, []));
        });
      }
      this.push(async () => {
        try {
          const out = this.out();
          const text = await encode(args, out);
          this.post({ ...header, id, args: text, functions: this.give(out.functions) }, out.buffers);
        } catch (err) {
          this.pending.delete(id);
          this.settled();
          reject(err);
        }
      });
    });
  }

  // push keeps the order of calls and of what follows them, though encoding a file takes
  // its time: an answer comes behind the calls that were made before it.
  push(work) {
    return (this.queue = this.queue.then(work, work));
  }

  post(header, buffers) {
    if (this.ended) return;
    if (header.functions && !header.functions.length) delete header.functions;
    this.sendFrame({ header: { v: 1, ...header }, buffers });
  }

  give(functions) {
    return functions.map((f) => {
      this.given.set(++this.last, f);
      return { id: this.last };
    });
  }

  // functions of the other side; when the page forgets one, the host is told.
  taken(refs = []) {
    return refs.map(({ id }) => {
      const f = (...args) => this.ask({ kind: "call", target: id }, args);
      this.released.register(f, id);
      return f;
    });
  }

  receive({ header, buffers }) {
    const from = { buffers, functions: this.taken(header.functions), custom: this.handler.decode };
    switch (header.kind) {
      case "result": case "error": {
        const waiting = this.pending.get(header.id);
        this.pending.delete(header.id);
        this.settled();
        if (!waiting) return;
        if (header.kind === "result") return waiting.resolve(decode(header.result, from));
        const { name, message, code } = header.error || {};
        return waiting.reject(located(Object.assign(new Error(message || "the other side failed"), { name: name || "Error", code }), waiting.from));
      }
      case "call": return this.serve(header, from);
      case "notify": return this.handler.notify && this.handler.notify(header.method, decode(header.args || [], from));
      case "cancel": return this.serving.has(header.id) && this.serving.get(header.id).abort();
      case "release":
        for (const ref of header.functions || []) this.given.delete(ref.id === undefined ? ref : ref.id);
    }
  }

  async serve(header, from) {
    const stop = new AbortController();
    this.serving.set(header.id, stop);
    const gone = new Promise((_, reject) =>
      stop.signal.addEventListener("abort", () => reject(Object.assign(new Error("the call was canceled"), { name: "AbortError" }))));
    gone.catch(() => {});
    try {
      const args = decode(header.args || [], from);
      let work;
      if (header.target) {
        const f = this.given.get(header.target);
        if (!f) throw new ReferenceError(`function ${header.target} does not exist any more on this side`);
        work = f(...args);
      } else {
        work = this.handler.call(header.method, args, stop.signal);
      }
      const result = await Promise.race([work, gone]);
      const out = this.out();
      const text = await encode(result, out);
      await this.push(() => this.post({ kind: "result", id: header.id, result: text, functions: this.give(out.functions) }, out.buffers));
    } catch (err) {
      await this.push(() => this.post({ kind: "error", id: header.id, error: (this.handler.fault || fault)(err) }, []));
    } finally {
      this.serving.delete(header.id);
    }
  }

  // answered is when no call of this side waits for an answer any more.
  async answered() {
    while (this.pending.size) await new Promise((resolve) => { this.idle = resolve; });
  }

  settled() {
    if (!this.pending.size && this.idle) this.idle();
  }

  end(reason) {
    this.ended = new Error(reason);
    for (const { reject } of this.pending.values()) reject(this.ended);
    this.pending.clear();
    this.settled();
    this.given.clear();
  }
}

// fault is an error as the host shows it. Plugins reject with anything.
export function fault(err) {
  if (!(err instanceof Error)) return { name: "Error", message: typeof err === "string" ? err : JSON.stringify(err) };
  const out = { name: err.name || "Error", message: err.message };
  if (err.places && err.places.length) out.stack = err.places;
  return out;
}

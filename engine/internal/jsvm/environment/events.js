// Events, aborting, and message ports within the plugin.
(function (native, self, core) {
const { Text, TypeErr, DOMException, weakGet, weakSet, weakHas, hidden, hasOwn } = core;
const events = new WeakMap(); // of Event, to {target, stopped, prevented, dispatching}
class Event {
  constructor(type, options) {
    if (arguments.length === 0) throw new TypeErr("an Event needs a type");
    const o = options || {};
    for (const [name, value] of [["type", Text(type)], ["bubbles", !!o.bubbles], ["cancelable", !!o.cancelable], ["composed", !!o.composed], ["timeStamp", native.now()], ["isTrusted", false]]) {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true });
    }
    weakSet(events, this, { target: null, stopped: false, prevented: false });
  }
  get target() { return weakGet(events, this).target; }
  get currentTarget() { return weakGet(events, this).target; }
  get srcElement() { return weakGet(events, this).target; }
  get defaultPrevented() { return weakGet(events, this).prevented; }
  get eventPhase() { return weakGet(events, this).target ? 2 : 0; }
  preventDefault() { if (this.cancelable) weakGet(events, this).prevented = true; }
  stopPropagation() {}
  stopImmediatePropagation() { weakGet(events, this).stopped = true; }
  composedPath() { return this.target ? [this.target] : []; }
}
const withFields = (name, fields) => ({ [name]: class extends Event {
  constructor(type, options) {
    super(type, options);
    const o = options || {};
    for (const f in fields) Object.defineProperty(this, f, { value: o[f] === undefined ? fields[f] : o[f], enumerable: true, configurable: true });
  }
} })[name];
const CustomEvent = withFields("CustomEvent", { detail: null });
const MessageEvent = withFields("MessageEvent", { data: null, origin: "", lastEventId: "", source: null, ports: [] });
const ErrorEvent = withFields("ErrorEvent", { message: "", filename: "", lineno: 0, colno: 0, error: null });
const ProgressEvent = withFields("ProgressEvent", { lengthComputable: false, loaded: 0, total: 0 });

const listeners = new WeakMap(); // of EventTarget, to a list of {type, f, once}
const listOf = (target) => {
  if (!weakHas(listeners, target)) weakSet(listeners, target, []);
  return weakGet(listeners, target);
};
class EventTarget {
  addEventListener(type, f, options) { listen(this, type, f, options); }
  removeEventListener(type, f) { unlisten(this, type, f); }
  dispatchEvent(event) { return dispatch(this, event); }
}
const listen = (target, type, f, options) => {
  if (f === null || f === undefined) return;
  if (typeof f !== "function" && typeof f !== "object") throw new TypeErr("a listener is a function");
  const list = listOf(target), signal = options && options.signal;
  if (signal && signal.aborted || list.some((l) => l.type === Text(type) && l.f === f)) return;
  list.push({ type: Text(type), f, once: !!(options && options.once) });
  if (signal) signal.addEventListener("abort", () => unlisten(target, type, f));
};
const unlisten = (target, type, f) => {
  const list = listOf(target), at = list.findIndex((l) => l.type === Text(type) && l.f === f);
  if (at >= 0) list.splice(at, 1);
};
const dispatch = (target, event) => {
  const state = event !== null && typeof event === "object" ? weakGet(events, event) : undefined;
  if (!state) throw new TypeErr("dispatchEvent needs an Event");
  if (state.target) throw new DOMException("the event is being dispatched already", "InvalidStateError");
  state.target = target;
  try {
    for (const l of listOf(target).slice()) {
      if (l.type !== event.type || state.stopped || !listOf(target).includes(l)) continue;
      if (l.once) unlisten(target, l.type, l.f);
      call(l.f, target, event);
    }
  } finally {
    state.target = null;
  }
  return !state.prevented;
};
// An error in a listener is reported like one in a timer; the other listeners go on.
const call = (f, target, event) => {
  try {
    if (typeof f === "function") f.call(target, event);
    else f.handleEvent(event);
  } catch (e) {
    native.report(e);
  }
};
// handlers gives a class attributes like onload, which keep their place among the listeners.
const handlers = (Class, types) => {
  for (const type of types) {
    const kept = new WeakMap();
    Object.defineProperty(Class.prototype, "on" + type, {
      configurable: true, enumerable: true,
      get() { const k = weakGet(kept, this); return k ? k.f : null; },
      set(f) {
        const k = weakGet(kept, this);
        if (k) { k.f = typeof f === "function" ? f : null; return; }
        if (typeof f !== "function") return;
        const made = { f };
        weakSet(kept, this, made);
        listen(this, type, function (event) { if (made.f) made.f.call(this, event); });
      },
    });
  }
};

// ---- aborting

const signals = new WeakMap(); // to {aborted, reason}
class AbortSignal extends EventTarget {
  constructor(key) {
    if (key !== signals) throw new TypeErr("an AbortSignal comes from an AbortController");
    super();
    weakSet(signals, this, { aborted: false, reason: undefined });
  }
  get aborted() { return weakGet(signals, this).aborted; }
  get reason() { return weakGet(signals, this).reason; }
  throwIfAborted() { if (this.aborted) throw this.reason; }
  static abort(reason) { const s = new AbortSignal(signals); abort(s, reason); return s; }
  static timeout(ms) {
    const s = new AbortSignal(signals);
    native.setTimer(() => abort(s, new DOMException("the operation took longer than " + ms + " ms", "TimeoutError")), Number(ms), false, [], true);
    return s;
  }
  static any(list) {
    const s = new AbortSignal(signals);
    for (const other of list) {
      if (other.aborted) { abort(s, other.reason); break; }
      other.addEventListener("abort", () => abort(s, other.reason), { once: true });
    }
    return s;
  }
}
handlers(AbortSignal, ["abort"]);
const abort = (signal, reason) => {
  const state = weakGet(signals, signal);
  if (state.aborted) return;
  state.aborted = true;
  state.reason = reason === undefined ? new DOMException("the operation was aborted", "AbortError") : reason;
  signal.dispatchEvent(new Event("abort"));
};
class AbortController {
  constructor() { Object.defineProperty(this, "signal", { value: new AbortSignal(signals), enumerable: true }); }
  abort(reason) { abort(this.signal, reason); }
}

// ---- ports: both ends live in this plugin

const ports = new WeakMap(); // to {other, queue, started, closed}
class MessagePort extends EventTarget {
  constructor(key) {
    if (key !== ports) throw new TypeErr("a MessagePort comes from a MessageChannel");
    super();
    weakSet(ports, this, { other: null, queue: [], started: false, closed: false });
  }
  postMessage(data, options) {
    const { other } = weakGet(ports, this), copy = self.structuredClone(data, Array.isArray(options) ? { transfer: options } : options);
    if (!other || weakGet(ports, other).closed) return;
    weakGet(ports, other).queue.push(copy);
    if (weakGet(ports, other).started) native.setTimer(() => deliver(other), 0, false, []);
  }
  start() {
    const state = weakGet(ports, this);
    if (state.started) return;
    state.started = true;
    if (state.queue.length) native.setTimer(() => deliver(this), 0, false, []);
  }
  close() { weakGet(ports, this).closed = true; }
  get onmessage() { return weakGet(ports, this).handler || null; }
  set onmessage(f) {
    const state = weakGet(ports, this);
    if (!("handler" in state)) listen(this, "message", (event) => { if (typeof state.handler === "function") state.handler.call(this, event); });
    state.handler = f;
    this.start();
  }
}
const deliver = (port) => {
  const state = weakGet(ports, port);
  while (state.queue.length && !state.closed) port.dispatchEvent(new MessageEvent("message", { data: state.queue.shift() }));
};
class MessageChannel {
  constructor() {
    const a = new MessagePort(ports), b = new MessagePort(ports);
    weakGet(ports, a).other = b;
    weakGet(ports, b).other = a;
    Object.defineProperty(this, "port1", { value: a, enumerable: true });
    Object.defineProperty(this, "port2", { value: b, enumerable: true });
  }
}

return {
  Event, EventTarget, CustomEvent, MessageEvent, ErrorEvent, ProgressEvent, AbortController, AbortSignal, MessageChannel, MessagePort, handlers,
  addEventListener: function addEventListener(type, f, options) { listen(self, type, f, options); },
  removeEventListener: function removeEventListener(type, f) { unlisten(self, type, f); },
  dispatchEvent: function dispatchEvent(event) { return dispatch(self, event); },
  postMessage: function postMessage() { throw new DOMException("a plugin talks to others through api, not by postMessage", "NotSupportedError"); },
};
})

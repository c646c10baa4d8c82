// Timers and microtasks, DOMException, and what a worker's global object is.
(function (native, self, { Text, Num, Err, TypeErr, hidden, then, PromiseResolve, hasInstance, evaluated }) {
class DOMException extends Err {
  constructor(message = "", name = "Error") {
    super(message);
    hidden(this, "name", Text(name));
  }
  get code() { return codes[this.name] || 0; }
}
const codes = { __proto__: null, IndexSizeError: 1, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12, InvalidAccessError: 15,
  SecurityError: 18, NetworkError: 19, AbortError: 20, QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25, InvalidCharacterError: 5 };
class WorkerGlobalScope { static [hasInstance](o) { return o === self; } }
const callback = (f) => {
  if (typeof f !== "function") throw new TypeErr("a timer needs a function, not " + typeof f);
  return f;
};
const timed = (f) => (typeof f === "string" ? () => { evaluated(f); } : callback(f));
return {
  DOMException, WorkerGlobalScope,
  DedicatedWorkerGlobalScope: class DedicatedWorkerGlobalScope extends WorkerGlobalScope {},
  setTimeout(f, ms, ...args) { return native.setTimer(timed(f), Num(ms), false, args); },
  setInterval(f, ms, ...args) { return native.setTimer(timed(f), Num(ms), true, args); },
  clearTimeout(id) { native.clearTimer(Num(id)); },
  clearInterval(id) { native.clearTimer(Num(id)); },
  queueMicrotask(f) { callback(f); then(PromiseResolve(), () => { try { f(); } catch (e) { native.report(e); } }); },
  importScripts(...urls) { for (const url of urls) native.importScript(Text(url)); },
};
})

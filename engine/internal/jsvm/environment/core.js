// What every plugin needs at once, and the way to the rest. It runs before any plugin and
// keeps its own references to everything it uses, so that a plugin that changes a prototype
// changes only itself. `native` are functions written in Go; `core` is what the other files
// of this folder get. They run when a plugin first touches one of their names (environment.go
// has the list): a start pays for what is used.
(function (native, self) {
const { apply, ownKeys, getPrototypeOf, construct } = Reflect;
const { defineProperty, create, keys: objectKeys, getOwnPropertyDescriptor } = Object;
const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
const uncurry = (f) => (self, ...args) => apply(f, self, args);
const ObjectPrototype = Object.prototype, FunctionText = Function.prototype.toString;
const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
const PromiseResolve = Promise.resolve.bind(Promise), then = uncurry(Promise.prototype.then);
const weakGet = uncurry(WeakMap.prototype.get), weakSet = uncurry(WeakMap.prototype.set), weakHas = uncurry(WeakMap.prototype.has);
const TypedArray = getPrototypeOf(Uint8Array);
const typedTag = getter(TypedArray.prototype, Symbol.toStringTag);
const typedBuffer = getter(TypedArray.prototype, "buffer");
const typedOffset = getter(TypedArray.prototype, "byteOffset");
const typedLength = getter(TypedArray.prototype, "byteLength");
const viewBuffer = getter(DataView.prototype, "buffer");
const viewOffset = getter(DataView.prototype, "byteOffset");
const viewLength = getter(DataView.prototype, "byteLength");
const isView = ArrayBuffer.isView, Buffer = ArrayBuffer;
const bufferSlice = uncurry(ArrayBuffer.prototype.slice), bufferLength = uncurry(getter(ArrayBuffer.prototype, "byteLength"));
const toISO = uncurry(Date.prototype.toISOString), getTime = uncurry(Date.prototype.getTime);
const Uint8 = Uint8Array, Text = String, Num = Number, Err = Error, TypeErr = TypeError, Keys = Set;
const kinds = " TypeError RangeError SyntaxError ReferenceError EvalError URIError ";
const hidden = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
const asyncIterator = Symbol("Symbol.asyncIterator");
if (!Symbol.asyncIterator) defineProperty(Symbol, "asyncIterator", { value: asyncIterator });

// ---- errors

class DOMException extends Error {
  constructor(message = "", name = "Error") {
    super(message);
    hidden(this, "name", Text(name));
  }
  get code() { return codes[this.name] || 0; }
}
const codes = { IndexSizeError: 1, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12, InvalidAccessError: 15,
  SecurityError: 18, NetworkError: 19, AbortError: 20, QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25, InvalidCharacterError: 5 };
const newError = (name, message, stack) => {
  const known = name === "Error" || (native.contains(kinds, " " + name + " ") && typeof self[name] === "function");
  const e = new (known && name !== "Error" ? self[name] : Err)(message);
  if (!known && name) hidden(e, "name", name);
  if (stack) hidden(e, "remoteStack", stack);
  return e;
};

// ---- timers and microtasks

const callback = (f) => {
  if (typeof f !== "function") throw new TypeErr("a timer needs a function, not " + typeof f);
  return f;
};
const timed = (f) => (typeof f === "string" ? () => { indirect(f); } : callback(f));
hidden(self, "DOMException", DOMException);
hidden(self, "setTimeout", function setTimeout(f, ms, ...args) { return native.setTimer(timed(f), Num(ms), false, args); });
hidden(self, "setInterval", function setInterval(f, ms, ...args) { return native.setTimer(timed(f), Num(ms), true, args); });
hidden(self, "clearTimeout", function clearTimeout(id) { native.clearTimer(Num(id)); });
hidden(self, "clearInterval", function clearInterval(id) { native.clearTimer(Num(id)); });
hidden(self, "queueMicrotask", function queueMicrotask(f) { callback(f); then(PromiseResolve(), () => { try { f(); } catch (e) { native.report(e); } }); });

// ---- the worker itself

hidden(self, "self", self);
class WorkerGlobalScope { static [Symbol.hasInstance](o) { return o === self; } }
hidden(self, "WorkerGlobalScope", WorkerGlobalScope);
hidden(self, "DedicatedWorkerGlobalScope", class DedicatedWorkerGlobalScope extends WorkerGlobalScope {});
hidden(self, "importScripts", function importScripts(...urls) { for (const url of urls) native.importScript(Text(url)); });
hidden(self, "isSecureContext", true);

// ---- bytes

const bytesOf = (source) => {
  if (source instanceof Buffer) return source;
  if (isView(source)) {
    const typed = apply(typedTag, source, []) !== undefined;
    const from = apply(typed ? typedOffset : viewOffset, source, []);
    return bufferSlice(apply(typed ? typedBuffer : viewBuffer, source, []), from, from + apply(typed ? typedLength : viewLength, source, []));
  }
  throw new TypeErr("an ArrayBuffer or a view of one is needed");
};
const blobs = new WeakMap(); // of Blob and File, to {data: ArrayBuffer, type, name, modified}

// ---- the rest, when it is first touched

const core = { apply, uncurry, getter, construct, create, defineProperty, ownKeys, objectKeys, hasOwn, getPrototypeOf, hidden, then, PromiseResolve, weakGet, weakSet, weakHas,
  isArray: Array.isArray, isView, bufferSlice, bufferLength, bytesOf, getTime, Buffer, Uint8, Text, Num, Err, TypeErr, RangeErr: RangeError, DOMException, newError, typedTag, typedLength, blobs,
  mapForEach: Map.prototype.forEach, setForEach: Set.prototype.forEach };
const loaded = create(null);
const part = (name) => loaded[name] || (loaded[name] = native.part(name)(native, self, core));
core.part = part;
const lazily = (target, name, value) => defineProperty(target, name, {
  configurable: true, enumerable: false,
  get() { const v = value(); hidden(target, name, v); return v; },
  set(v) { hidden(target, name, v); },
});
const methods = [[Promise, "withResolvers"], [Promise, "try"], [Object, "groupBy"], [Map, "groupBy"], [Array, "fromAsync"],
  [String.prototype, "isWellFormed"], [String.prototype, "toWellFormed"], [ArrayBuffer.prototype, "transfer"], [Error, "isError"]];
for (const [target, name] of methods) if (!hasOwn(target, name)) lazily(target, name, () => part("language").methods(target, name));
// What goja has of these is not grouped, takes no locale, or takes it for a radix.
for (const [target, name] of [[Number.prototype, "toLocaleString"], [Date.prototype, "toLocaleString"], [Date.prototype, "toLocaleDateString"], [Date.prototype, "toLocaleTimeString"]]) {
  lazily(target, name, () => part("language").methods(target, name));
}

// ---- JSON.parse, in Go

const parseJSON = JSON.parse;
hidden(JSON, "parse", function parse(text, reviver) {
  if (typeof reviver !== "function") {
    const v = native.parseJSON(Text(text));
    if (v !== undefined) return v;
  }
  return parseJSON(text, reviver);
});

// ---- regular expressions: what goja cannot do is translated

const Native = RegExp, RegExpPrototype = RegExp.prototype;
const special = (pattern, flags) => {
  for (let i = 0; i < flags.length; i++) if (flags[i] === "v" || flags[i] === "d") return true;
  return native.peculiar(pattern, flags);
};
function Pattern(pattern, flags) {
  const target = new.target === undefined ? Pattern : new.target;
  if (!(pattern instanceof Native)) { // whatever it is, its text decides
    pattern = pattern === undefined ? "" : Text(pattern);
    flags = flags === undefined ? "" : Text(flags);
    if (special(pattern, flags)) return part("regexp").make(Native, pattern, flags, target);
  } else {
    if (new.target === undefined && flags === undefined) return pattern;
    const made = loaded.regexp && loaded.regexp.original(pattern) || pattern;
    const wanted = flags === undefined ? made.flags : Text(flags);
    if (made !== pattern || special(made.source, wanted)) return part("regexp").make(Native, made.source, wanted, target);
  }
  return construct(Native, [pattern, flags], target);
}
defineProperty(Pattern, "name", { value: "RegExp", configurable: true });
defineProperty(Pattern, "prototype", { value: RegExpPrototype, writable: false, enumerable: false, configurable: false });
defineProperty(Pattern, Symbol.species, { get() { return this; }, configurable: true });
const recompile = RegExpPrototype.compile;
hidden(RegExpPrototype, "compile", function compile(pattern, flags) {
  const made = new Pattern(pattern, flags); // wrong ones are refused as ever
  if (special(made.source, made.flags)) throw new TypeErr("RegExp.prototype.compile cannot take this pattern here: make a new RegExp");
  return apply(recompile, this, [made]);
});
lazily(Pattern, "escape", () => part("language").methods(Native, "escape"));
hidden(RegExpPrototype, "constructor", Pattern);
hidden(self, "RegExp", Pattern);

// ---- texts that are evaluated: rewritten as scripts are, where goja does not take them

// Scripts read eval as a function that rewrites its text, by whatever name they call it
// then. A direct call sees the variables around it, and goja knows one by its own eval: so
// `eval(x)` is compiled as `$direct(eval($lower(x)))`, and reading $direct makes the next
// eval that is read goja's.
const evaluate = eval;
let direct = false;
const lowered = (text) => {
  const made = native.lowered(text);
  return made === undefined ? text : made;
};
const indirect = { eval(text) { return evaluate(lowered(text)); } }.eval;
const same = (v) => v;
defineProperty(self, "eval", {
  configurable: true, enumerable: false,
  get() { if (!direct) return indirect; direct = false; return evaluate; },
  set(v) { hidden(self, "eval", v); },
});
defineProperty(self, "$direct", { get() { direct = true; return same; } });
defineProperty(self, "$lower", { value: (text) => { direct = false; return lowered(text); } });
const constructor = (prototype, head) => {
  const Own = prototype.constructor;
  function Made(...parts) {
    let parameters = "", body = "";
    for (let i = 0; i < parts.length; i++) {
      if (i === parts.length - 1) body = Text(parts[i]);
      else parameters += (i > 0 ? "," : "") + Text(parts[i]);
    }
    const made = native.lowered(`(${head} anonymous(${parameters}\n) {\n${body}\n})`);
    return made === undefined ? construct(Own, parts, new.target === undefined ? Made : new.target) : evaluate(made);
  }
  defineProperty(Made, "name", { value: Own.name, configurable: true });
  defineProperty(Made, "length", { value: 1, configurable: true });
  defineProperty(Made, "prototype", { value: prototype, writable: false });
  defineProperty(prototype, "constructor", { value: Made });
  return Made;
};
hidden(self, "Function", constructor(Function.prototype, "function"));
constructor(getPrototypeOf(async function () {}), "async function");
constructor(getPrototypeOf(function* () {}), "function*");

// ---- for Go

const names = (o) => {
  const seen = new Keys();
  for (let at = o; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) {
    for (const key of ownKeys(at)) if (typeof key === "string" && key[0] !== "_" && key !== "constructor") seen.add(key);
  }
  return [...seen];
};
const shows = (o, name) => {
  if (name[0] === "_" || name === "constructor") return false;
  for (let at = o; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) if (hasOwn(at, name)) return true;
  return false;
};

// ---- iterators from and to other plugins

// steps are the functions by which others walk through an iterator; undefined for other
// objects. What is only iterable is data.
const steps = (o) => {
  const begin = o[Symbol.asyncIterator];
  let it;
  if (typeof begin === "function") it = apply(begin, o, []);
  else if (typeof o.next === "function" && typeof o[Symbol.iterator] === "function") it = o;
  else return undefined;
  const end = (value) => { it = undefined; return { done: true, value }; };
  return {
    next: async () => {
      if (!it) return end();
      try {
        const step = await apply(it.next, it, []);
        return step.done ? end(await step.value) : { done: false, value: await step.value };
      } catch (e) { end(); throw e; }
    },
    return: async () => {
      const last = it;
      end();
      if (last && typeof last.return === "function") await apply(last.return, last, []);
      return end();
    },
  };
};
// newIterator is an iterator of another plugin. At its end it lets go of the functions.
const newIterator = (next, finish) => {
  const end = (value) => { next = finish = undefined; return { done: true, value }; };
  const it = {};
  hidden(it, "next", async () => {
    if (!next) return end();
    try {
      const step = await next();
      return !step || step.done ? end(step && step.value) : { done: false, value: step.value };
    } catch (e) { end(); throw e; }
  });
  hidden(it, "return", async (value) => {
    const last = finish;
    end();
    if (last) await last();
    return end(value);
  });
  hidden(it, Symbol.asyncIterator, () => it);
  hidden(it, Symbol.iterator, () => { throw new TypeErr("this iterator is in another plugin: use `for await (const x of it)`, or `await Array.fromAsync(it)`"); });
  return it;
};

return {
  steps, newIterator, asyncIterator: Symbol.asyncIterator,
  global: (file, name) => { const v = part(file)[name]; hidden(self, name, v); return v; },
  isDataView: (o) => isView(o) && apply(typedTag, o, []) === undefined,
  settle: (v, ok, failed) => { then(PromiseResolve(v), ok, failed); },
  isClass: (f) => typeof f === "function" && native.startsWithClass(apply(FunctionText, f, [])),
  names, shows, newError,
  blob: (o) => { const b = weakGet(blobs, o); return b && [b.data, b.type, b.name]; },
  newBlob: (data, type, name) => part("blob").newBlob(data, type, name),
  typedTag, typedBuffer, typedOffset, typedLength, viewBuffer, viewOffset, viewLength,
  mapForEach: core.mapForEach, setForEach: core.setForEach,
  dateText: (d) => { const t = getTime(d); return t !== t ? null : toISO(d); },
  set: Set, map: Map,
  shapeOf: (a) => (hasOwn(a, "shape") ? a.shape : hasOwn(a, "_rshape") ? a._rshape : undefined),
  dtypeOf: (a) => (hasOwn(a, "dtype") ? a.dtype : hasOwn(a, "_rdtype") ? a._rdtype : undefined),
  typed: (name) => { const v = self[name]; return v && v.prototype && getPrototypeOf(v.prototype) === TypedArray.prototype ? v : undefined; },
};
})

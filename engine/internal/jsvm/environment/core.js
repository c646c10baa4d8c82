// What every plugin needs at once, and the way to the rest. It runs before any plugin and
// keeps its own references to everything it uses, so that a plugin that changes a prototype
// changes only itself. `native` are functions written in Go; `core` is what the other files
// of this folder get. They run when a plugin first touches one of their names (environment.go
// has the list): a start pays for what is used.
(function (native, self) {
const { defineProperty, create, keys: objectKeys, getOwnPropertyDescriptor, getPrototypeOf, getOwnPropertyNames } = Object;
// uncurry(f)(self, ...args) is f.call(self, ...args), whatever becomes of call and bind.
const { call, bind: bindTo } = Function.prototype, uncurry = bindTo.bind(call), apply = uncurry(Function.prototype.apply);
const construct = native.construct;
const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
const ObjectPrototype = Object.prototype, FunctionText = Function.prototype.toString;
const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
const PromiseResolve = Promise.resolve.bind(Promise), then = uncurry(Promise.prototype.then);
const toISO = uncurry(Date.prototype.toISOString), getTime = uncurry(Date.prototype.getTime);
const Text = String, Num = Number, Err = Error, TypeErr = TypeError;
const kinds = " TypeError RangeError SyntaxError ReferenceError EvalError URIError ";
const hidden = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

// Some built-ins are large, and most plugins do without them. They are taken before the
// first script that names them runs, and else when they are needed here.
let kept, bytes;
const collections = () => {
  if (!kept) {
    const { get, set, has } = WeakMap.prototype;
    const one = Map.prototype.forEach, other = Set.prototype.forEach;
    kept = { blobs: new WeakMap(), // of Blob and File, to {data: ArrayBuffer, type, name, modified}
      weakGet: uncurry(get), weakSet: uncurry(set), weakHas: uncurry(has), mapForEach: one, setForEach: other, map: Map, set: Set };
    late([[Map, "groupBy"]]);
  }
  return kept;
};
const views = () => {
  if (!bytes) {
    const TypedArray = getPrototypeOf(Uint8Array), isView = ArrayBuffer.isView;
    const typedTag = getter(TypedArray.prototype, Symbol.toStringTag), typedBuffer = getter(TypedArray.prototype, "buffer");
    const typedOffset = getter(TypedArray.prototype, "byteOffset"), typedLength = getter(TypedArray.prototype, "byteLength");
    const viewBuffer = getter(DataView.prototype, "buffer"), viewOffset = getter(DataView.prototype, "byteOffset"), viewLength = getter(DataView.prototype, "byteLength");
    const bufferSlice = uncurry(ArrayBuffer.prototype.slice), bufferLength = uncurry(getter(ArrayBuffer.prototype, "byteLength"));
    const Buffer = ArrayBuffer, Uint8 = Uint8Array;
    bytes = { isView, typedTag, typedBuffer, typedOffset, typedLength, viewBuffer, viewOffset, viewLength, bufferSlice, bufferLength, Buffer, Uint8,
      isDataView: (o) => isView(o) && apply(typedTag, o, []) === undefined,
      shapeOf: (a) => (hasOwn(a, "shape") ? a.shape : hasOwn(a, "_rshape") ? a._rshape : undefined),
      dtypeOf: (a) => (hasOwn(a, "dtype") ? a.dtype : hasOwn(a, "_rdtype") ? a._rdtype : undefined),
      typed: (name) => { const v = self[name]; return v && v.prototype && getPrototypeOf(v.prototype) === TypedArray.prototype ? v : undefined; },
      bytesOf: (source) => {
        if (source instanceof Buffer) return source;
        if (isView(source)) {
          const typed = apply(typedTag, source, []) !== undefined;
          const from = apply(typed ? typedOffset : viewOffset, source, []);
          return bufferSlice(apply(typed ? typedBuffer : viewBuffer, source, []), from, from + apply(typed ? typedLength : viewLength, source, []));
        }
        throw new TypeErr("an ArrayBuffer or a view of one is needed");
      } };
    late([[Buffer.prototype, "transfer"]]);
    const from = TypedArray.from; // goja's refuses texts
    hidden(TypedArray, "from", { from(source) {
      if (typeof source === "string") arguments[0] = new Text(source);
      return apply(from, this, arguments);
    } }.from);
  }
  return bytes;
};
let known;
const symbols = () => {
  if (!known) {
    const { species, hasInstance } = Symbol, asyncIterator = Symbol("Symbol.asyncIterator");
    defineProperty(Symbol, "asyncIterator", { value: asyncIterator });
    known = { species, hasInstance, asyncIterator };
  }
  return known;
};

// ---- errors

const newError = (name, message, stack) => {
  const known = name === "Error" || (native.contains(kinds, " " + name + " ") && typeof self[name] === "function");
  const e = new (known && name !== "Error" ? self[name] : Err)(message);
  if (!known && name) hidden(e, "name", name);
  if (stack) hidden(e, "remoteStack", stack);
  return e;
};

// ---- the worker itself

hidden(self, "self", self);
hidden(self, "isSecureContext", true);

// ---- the rest, when it is first touched

const core = { apply, uncurry, getter, construct, create, defineProperty, objectKeys, hasOwn, getPrototypeOf, hidden, then, PromiseResolve,
  isArray: Array.isArray, getTime, Text, Num, Err, TypeErr, newError, evaluated: (text) => { indirect(text); },
  get DOMException() { return part("scope").DOMException; }, get hasInstance() { return symbols().hasInstance; } };
const assign = Object.assign, loaded = create(null);
const whole = () => {
  if (!core.blobs) { symbols(); json(); assign(core, collections(), views()); }
  return core;
};
const part = (name) => loaded[name] || (loaded[name] = native.part(name)(native, self, native.contains(" scope console performance url ", " " + name + " ") ? core : whole()));
core.part = part;
// late adds methods that are made when they are first called.
const late = (list, always) => {
  for (let i = 0; i < list.length; i++) {
    const target = list[i][0], name = list[i][1], of = list[i][2] || target;
    if (always || !hasOwn(target, name)) hidden(target, name, { [name](...args) { return apply(part("language").methods(of, name), this, args); } }[name]);
  }
};
const methods = () => {
  late([[Promise, "withResolvers"], [Promise, "try"], [Object, "groupBy"], [Array, "fromAsync"], [String.prototype, "isWellFormed"], [String.prototype, "toWellFormed"], [Err, "isError"]]);
};
// What browsers have for pages of long ago.
const legacy = () => {
  const list = [];
  const add = (target, names) => { for (let i = 0; i < names.length; i++) defineProperty(list, list.length, { value: [target, names[i]] }); };
  add(String.prototype, ["anchor", "big", "blink", "bold", "fixed", "fontcolor", "fontsize", "italics", "link", "small", "strike", "sub", "sup"]);
  add(Date.prototype, ["getYear", "setYear", "toGMTString"]);
  add(ObjectPrototype, ["__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"]);
  late(list);
};
// goja writes years beyond 9999 and before 0 with as many digits as they have.
const dateText = (d) => {
  const text = toISO(d);
  let out = text[0], digits = 1;
  if (out !== "+" && out !== "-") return text;
  while (text[digits] !== "-") digits++;
  for (; digits < 7; digits++) out += "0";
  for (let i = 1; i < text.length; i++) out += text[i];
  return out;
};
const dates = () => { hidden(Date.prototype, "toISOString", { toISOString() { return dateText(this); } }.toISOString); };
// What goja has of these is not grouped, takes no locale, or takes it for a radix.
const locales = () => {
  late([[Num.prototype, "toLocaleString"], [Date.prototype, "toLocaleString"], [Date.prototype, "toLocaleDateString"], [Date.prototype, "toLocaleTimeString"]], true);
};

// ---- JSON.parse, in Go

let parseJSON;
const json = () => {
  if (parseJSON) return;
  parseJSON = JSON.parse;
  hidden(JSON, "parse", function parse(text, reviver) {
    if (typeof reviver !== "function") {
      const v = native.parseJSON(Text(text));
      if (v !== undefined) return v;
    }
    return parseJSON(text, reviver);
  });
};

// ---- regular expressions: what goja cannot do is translated

const patterns = () => {
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
  defineProperty(Pattern, symbols().species, { get() { return this; }, configurable: true });
  const recompile = RegExpPrototype.compile;
  hidden(RegExpPrototype, "compile", function compile(pattern, flags) {
    const made = new Pattern(pattern, flags); // wrong ones are refused as ever
    if (special(made.source, made.flags)) throw new TypeErr("RegExp.prototype.compile cannot take this pattern here: make a new RegExp");
    return apply(recompile, this, [made]);
  });
  late([[Pattern, "escape", Native]]);
  hidden(RegExpPrototype, "constructor", Pattern);
  hidden(self, "RegExp", Pattern);
};

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
// The others have no name of their own: scripts find them by that of constructor.
const constructors = () => {
  constructor(getPrototypeOf(async function () {}), "async function");
  constructor(getPrototypeOf(function* () {}), "function*");
};

// ---- for Go

const names = (o) => {
  const seen = create(null), list = [];
  for (let at = o; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) {
    const own = getOwnPropertyNames(at);
    for (let i = 0; i < own.length; i++) {
      const key = own[i];
      if (key[0] === "_" || key === "constructor" || seen[key]) continue;
      seen[key] = true;
      defineProperty(list, list.length, { value: key });
    }
  }
  return list;
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
  const begin = o[symbols().asyncIterator];
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
  hidden(it, symbols().asyncIterator, () => it);
  hidden(it, Symbol.iterator, () => { throw new TypeErr("this iterator is in another plugin: use `for await (const x of it)`, or `await Array.fromAsync(it)`"); });
  return it;
};

return {
  steps, newIterator, asyncIterator: () => symbols().asyncIterator,
  global: (file, name) => { const v = part(file)[name]; hidden(self, name, v); return v; },
  settle: (v, ok, failed) => { if (typeof v.then !== "function") ok(v); else then(PromiseResolve(v), ok, failed); },
  isClass: (f) => typeof f === "function" && native.startsWithClass(apply(FunctionText, f, [])),
  names, shows, newError,
  blob: (o) => { const b = kept && kept.weakGet(kept.blobs, o); return b && [b.data, b.type, b.name]; },
  newBlob: (data, type, name) => part("blob").newBlob(data, type, name),
  collections, views, patterns, json, methods, dates, locales, legacy, constructors,
  dateText: (d) => { const t = getTime(d); return t !== t ? null : dateText(d); },
};
})

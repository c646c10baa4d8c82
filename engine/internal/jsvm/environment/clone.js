// structuredClone.
(function (native, self, core) {
const { apply, defineProperty, objectKeys, typedTag, isArray, isView, bufferSlice, bytesOf, Buffer, getTime, Err, TypeErr, DOMException, newError, weakHas, weakGet, blobs, mapForEach, setForEach } = core;
const TypedArrays = {};
for (const C of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array]) TypedArrays[C.name] = C;
const standardErrors = ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];
const refuse = (what) => { throw new DOMException(what + " cannot be cloned", "DataCloneError"); };
const boxes = [Boolean, Number, String, BigInt];

const clone = (v, seen) => {
  if (typeof v === "symbol" || typeof v === "function") refuse("a " + typeof v);
  if (v === null || typeof v !== "object") return v;
  if (seen.has(v)) return seen.get(v);
  const keep = (copy) => { seen.set(v, copy); return copy; };
  if (v instanceof Buffer) return keep(bufferSlice(v, 0));
  if (isView(v)) {
    const tag = apply(typedTag, v, []), buffer = clone(v.buffer, seen);
    if (tag === undefined) return keep(new DataView(buffer, v.byteOffset, v.byteLength));
    return keep(new TypedArrays[tag](buffer, v.byteOffset, v.length));
  }
  if (v instanceof Date) return keep(new Date(getTime(v)));
  if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
  if (weakHas(blobs, v)) { const b = weakGet(blobs, v); return keep(core.part("blob").newBlob(b.data, b.type, b.name)); }
  if (v instanceof DOMException) return keep(new DOMException(v.message, v.name));
  if (v instanceof Err) {
    const e = keep(newError(standardErrors.includes(v.name) ? v.name : "Error", v.message));
    core.hidden(e, "stack", v.stack);
    if ("cause" in v) core.hidden(e, "cause", clone(v.cause, seen));
    return e;
  }
  for (const Box of boxes) if (v instanceof Box) return keep(Object(Box.prototype.valueOf.call(v)));
  if (v instanceof Promise || v instanceof WeakMap || v instanceof WeakSet || native.isProxy(v)) refuse("this object");
  if (v instanceof Map) {
    const m = keep(new Map()), pairs = [];
    apply(mapForEach, v, [(x, k) => pairs.push([k, x])]);
    for (const [k, x] of pairs) m.set(clone(k, seen), clone(x, seen));
    return m;
  }
  if (v instanceof Set) {
    const s = keep(new Set()), items = [];
    apply(setForEach, v, [(x) => items.push(x)]);
    for (const x of items) s.add(clone(x, seen));
    return s;
  }
  const copy = keep(isArray(v) ? new Array(v.length) : {});
  for (const k of objectKeys(v)) defineProperty(copy, k, { value: clone(v[k], seen), writable: true, enumerable: true, configurable: true });
  return copy;
};

function structuredClone(v, options) {
  if (arguments.length === 0) throw new TypeErr("structuredClone needs a value");
  const seen = new Map(), transfer = options && options.transfer ? [...options.transfer] : [];
  for (const item of transfer) {
    if (!(item instanceof Buffer)) refuse("what is transferred must be an ArrayBuffer; this object");
    if (seen.has(item)) refuse("an ArrayBuffer that is transferred twice");
    seen.set(item, native.moved(item)); // the same memory under a new name
  }
  const copy = clone(v, seen);
  for (const item of transfer) native.detach(item);
  return copy;
}
return { structuredClone };
})

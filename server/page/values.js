// Values that cross the border, as engine/testdata/wire has them: plain JSON, and
// objects with _rtype for the rest. Inside the page they are what imjoy-rpc gives and
// takes.

const arrays = {
  int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array,
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array,
  float32: Float32Array, float64: Float64Array,
};

// typed returns the elements of an encoded array as a typed array, null when the
// browser has none of that kind.
export function typed(dtype, buffer) {
  const kind = arrays[dtype] || (dtype === "bool" ? Uint8Array : null);
  return kind && new kind(buffer);
}

function dtypeOf(array) {
  if (array instanceof Uint8ClampedArray) return "uint8";
  for (const name in arrays) if (array instanceof arrays[name]) return name;
  throw new TypeError(`${array.constructor.name} cannot be sent`);
}

const MAX_DEPTH = 900;

// encode answers JSON; what it cannot hold is put into out.buffers and out.functions.
export async function encode(v, out, depth = 0) {
  if (depth > MAX_DEPTH) throw new RangeError("a value is nested too deeply, or contains itself");
  const buffer = (b) => out.buffers.push(b) - 1;
  switch (typeof v) {
    case "undefined": return null;
    case "string": case "boolean": return v;
    case "number":
      if (Number.isFinite(v) && !Object.is(v, -0)) return v;
      return { _rtype: "number", _rvalue: Object.is(v, -0) ? "-0" : String(v) };
    case "bigint": return { _rtype: "bigint", _rvalue: String(v) };
    case "symbol": return String(v);
    case "function": return { _rtype: "function", _rvalue: out.functions.push(v) - 1 };
  }
  if (v === null) return null;
  const own = out.custom && (await out.custom(v, (x) => encode(x, out, depth + 1)));
  if (own !== undefined) return own;
  if (v instanceof ArrayBuffer) return { _rtype: "bytes", _rvalue: buffer(v) };
  if (v instanceof DataView) return { _rtype: "memoryview", _rvalue: buffer(v) };
  if (ArrayBuffer.isView(v)) return { _rtype: "typedarray", _rvalue: buffer(v), _rdtype: dtypeOf(v) };
  if (v instanceof File) return { _rtype: "file", _rname: v.name, _rmime: v.type, _rsize: v.size, _rvalue: buffer(await v.arrayBuffer()) };
  if (v instanceof Blob) return { _rtype: "blob", _rmime: v.type, _rvalue: buffer(await v.arrayBuffer()) };
  if (v instanceof Error) return { _rtype: "error", _rvalue: v.message, _rname: v.name };
  if (v instanceof Date) return v.toJSON();
  const sub = (x) => encode(x, out, depth + 1);
  if (v instanceof Set) return { _rtype: "set", _rvalue: await Promise.all([...v].map(sub)) };
  if (v instanceof Map) {
    return { _rtype: "orderedmap", _rvalue: await Promise.all([...v].map(async ([k, x]) => [await sub(k), await sub(x)])) };
  }
  if (Array.isArray(v)) return inOrder(v, sub);
  if (v._rtype === "ndarray") {
    const chunks = Array.isArray(v._rvalue) ? v._rvalue : [v._rvalue];
    const data = chunks.length === 1 ? chunks[0] : await new Blob(chunks).arrayBuffer();
    return { _rtype: "ndarray", _rvalue: buffer(data), _rshape: v._rshape, _rdtype: v._rdtype };
  }
  const members = {};
  let functions = false;
  for (const key of Object.keys(v)) {
    if (key.startsWith("__")) continue;
    functions = functions || typeof v[key] === "function";
    members[key] = await sub(v[key]);
  }
  if (functions && v._rintf) {
    delete members._rintf;
    return { _rtype: "interface", _rvalue: members, _rid: String(v._rintf) };
  }
  return members;
}

async function inOrder(list, sub) {
  const out = [];
  for (const item of list) out.push(await sub(item));
  return out;
}

// decode is the way back. Functions of the other side are called through callable.
export function decode(v, from) {
  if (v === null || typeof v !== "object") return v;
  const sub = (x) => decode(x, from);
  if (Array.isArray(v)) return v.map(sub);
  const data = () => (typeof v._rvalue === "number" ? from.buffers[v._rvalue] : new ArrayBuffer(0));
  const own = from.custom && from.custom(v, from);
  if (own !== undefined) return own;
  switch (v._rtype) {
    case "bytes": return data();
    case "memoryview": return new DataView(data());
    case "typedarray": return typed(v._rdtype, data()) || { _rtype: "ndarray", _rvalue: data(), _rshape: [data().byteLength], _rdtype: v._rdtype };
    case "ndarray": return { _rtype: "ndarray", _rvalue: data(), _rshape: v._rshape, _rdtype: v._rdtype };
    case "number": return Number(v._rvalue);
    case "bigint": return BigInt(v._rvalue);
    case "file": {
      const file = new File(typeof v._rvalue === "number" ? [data()] : [], v._rname || "file", { type: v._rmime || "" });
      if (v._rpath) file._path = v._rpath;
      return file;
    }
    case "blob": return new Blob([data()], { type: v._rmime || "" });
    case "error": return Object.assign(new Error(v._rvalue), { name: v._rname || "Error" });
    case "set": return new Set(v._rvalue.map(sub));
    case "orderedmap": return new Map(v._rvalue.map(([k, x]) => [sub(k), sub(x)]));
    case "function": return (from.functions && from.functions[v._rvalue]) || { _rtype: "function", name: String(v._rvalue) };
    case "interface": {
      const out = sub(v._rvalue);
      out._rintf = true;
      return out;
    }
  }
  const out = {};
  for (const key of Object.keys(v)) out[key] = sub(v[key]);
  return out;
}

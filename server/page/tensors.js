// Arrays on their way into a frame. The library makes tensors of them where the frame has
// TensorFlow.js, and arrays of numjs where it has that, but fails at most element types,
// and then nobody answers. Here they are read before it sees them: with the same values,
// or with an error that says what to do.

const KINDS = {
  bool: Uint8Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, uint32: Uint32Array, int32: Int32Array,
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array,
};

// What TensorFlow.js has beside bool, and which numbers stay the same in it.
const TENSORS = [
  { dtype: "int32", array: Int32Array, holds: (n) => typeof n === "bigint" ? BigInt.asIntN(32, n) === n : (n | 0) === n && !Object.is(n, -0) },
  { dtype: "float32", array: Float32Array, holds: (n) => typeof n !== "bigint" && (Math.fround(n) === n || n !== n) },
];

function bytes({ _rvalue: v }) {
  if (!Array.isArray(v)) return ArrayBuffer.isView(v) ? v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength) : v;
  const all = new Uint8Array(v.reduce((n, part) => n + part.byteLength, 0));
  let at = 0;
  for (const part of v) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}

function elements(v) {
  const kind = KINDS[v._rdtype];
  if (!kind) throw new TypeError(`an array of ${v._rdtype} cannot be read in a page: send another type, such as float32`);
  return new kind(bytes(v));
}

function tensor(tf, v) {
  const { _rdtype: dtype, _rshape: shape } = v;
  const data = elements(v);
  if (dtype === "bool") return tf.tensor(data, shape, "bool");
  const wants = TENSORS.filter((t) => /^float/.test(dtype) === (t.dtype === "float32"));
  for (const to of wants) {
    if (data instanceof to.array) return tf.tensor(data, shape, to.dtype);
    if (data.every(to.holds)) return tf.tensor(to.array.from(data, Number), shape, to.dtype);
  }
  const to = wants[0].dtype;
  throw new TypeError(`an array of ${dtype} would change its numbers as a tensor: TensorFlow.js has float32, int32 and bool. Send it as one of these, x.astype("${to}") in Python`);
}

// The library knows only some typed arrays.
const knows = (dtype) => KINDS[dtype] && !/^(bool|u?int64)$/.test(dtype);

// read answers a value with its arrays read; plain parts stay the objects that they are.
// custom tells which kinds the plugin reads by itself.
export function read(v, custom) {
  if (v === null || typeof v !== "object") return v;
  if (Array.isArray(v)) {
    for (let i = 0; i < v.length; i++) v[i] = read(v[i], custom);
    return v;
  }
  if (v.constructor !== Object || custom(v._rtype)) return v;
  if (v._rtype === "ndarray") {
    const { nj, tf } = globalThis;
    if (nj && nj.array) return nj.array(elements(v), v._rdtype === "bool" ? "uint8" : v._rdtype).reshape(v._rshape);
    return tf && tf.Tensor ? tensor(tf, v) : v;
  }
  if (v._rtype === "typedarray") return knows(v._rdtype) ? v : elements(v);
  for (const key of Object.keys(v)) v[key] = read(v[key], custom);
  return v;
}

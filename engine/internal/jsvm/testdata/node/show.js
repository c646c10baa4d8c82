// show writes a value as text, the same in node and in a plugin.
globalThis.show = function show(v, seen = new Set()) {
  if (v === undefined || v === null || typeof v === "boolean") return String(v);
  if (typeof v === "number") return Object.is(v, -0) ? "-0" : String(v);
  if (typeof v === "bigint") return v + "n";
  if (typeof v === "string") return JSON.stringify(v);
  if (typeof v === "symbol" || typeof v === "function") return typeof v;
  if (seen.has(v)) return "(again)";
  seen.add(v);
  if (v instanceof RegExp) return "/" + v.source + "/" + v.flags;
  if (v instanceof Error) return v.name + ": " + v.message;
  if (v instanceof Date) return "Date " + v.getTime();
  if (v instanceof ArrayBuffer) return "ArrayBuffer " + [...new Uint8Array(v)];
  if (ArrayBuffer.isView(v) && !(v instanceof DataView)) return v[Symbol.toStringTag] + " " + [...v].join();
  if (v instanceof Map) return "Map {" + [...v].map(([k, x]) => show(k, seen) + ": " + show(x, seen)).join(", ") + "}";
  if (v instanceof Set) return "Set {" + [...v].map((x) => show(x, seen)).join(", ") + "}";
  if (Array.isArray(v)) {
    let out = "[" + v.map((x) => show(x, seen)).join(", ");
    if ("index" in v) out += " @" + v.index;
    if (v.groups) out += " " + show({ ...v.groups }, seen);
    if (v.indices) out += " " + show(v.indices, seen);
    return out + "]";
  }
  return "{" + Object.keys(v).map((k) => k + ": " + show(v[k], seen)).join(", ") + "}";
};

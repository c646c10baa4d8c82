// The helper `t` of a test function, defined behind the plugin's own scripts. It lives
// in the plugin, so that a failed comparison stops the test where it stands.
(() => {
  class AssertionError extends Error {}
  AssertionError.prototype.name = "AssertionError";
  class SkipTest extends Error {}
  SkipTest.prototype.name = "SkipTest";

  const show = (v, depth = 0) => {
    if (typeof v === "string") return JSON.stringify(v.length > 200 ? v.slice(0, 200) + "…" : v);
    if (typeof v === "bigint") return v + "n";
    if (typeof v === "function") return "function " + (v.name || "(anonymous)");
    if (Object.is(v, -0)) return "-0";
    if (v === null || typeof v !== "object") return String(v);
    if (v instanceof Error) return v.name + ": " + v.message;
    if (v instanceof Date || v instanceof RegExp) return String(v);
    if (depth > 2) return Array.isArray(v) ? "[…]" : "{…}";
    const cut = (list, max) => (list.length > max ? [...list.slice(0, max), "… " + (list.length - max) + " more"] : list);
    if (v instanceof ArrayBuffer) return "ArrayBuffer(" + v.byteLength + ")";
    if (ArrayBuffer.isView(v) && "length" in v) return v.constructor.name + " [" + cut(Array.from(v.subarray(0, 11), String), 10).join(", ") + "]";
    if (Array.isArray(v)) return "[" + cut(v.slice(0, 11).map((x) => show(x, depth + 1)), 10).join(", ") + "]";
    if (v instanceof Set) return "Set " + show([...v], depth + 1);
    if (v instanceof Map) return "Map " + show([...v], depth + 1);
    return "{" + cut(Object.keys(v).map((k) => k + ": " + show(v[k], depth + 1)), 10).join(", ") + "}";
  };

  // difference returns where two values differ, as [path, actual, expected], null for equal ones.
  const difference = (a, b, path, seen) => {
    if (Object.is(a, b)) return null;
    const other = [path, a, b];
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return other;
    if (seen.some(([x, y]) => x === a && y === b)) return null;
    seen = [...seen, [a, b]];
    if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return other;
    if (a instanceof Date || a instanceof RegExp) return String(a) === String(b) ? null : other;
    if (a instanceof Error) return a.name === b.name && a.message === b.message ? null : other;
    if (a instanceof ArrayBuffer) return difference(new Uint8Array(a), new Uint8Array(b), path, seen);
    if (a instanceof DataView) return difference(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength), path, seen);
    if (a instanceof Set) return difference([...a], [...b], path, seen);
    if (a instanceof Map) return difference([...a], [...b], path, seen);
    if (Array.isArray(a) || ArrayBuffer.isView(a)) {
      if (a.length !== b.length) return [path + ".length", a.length, b.length];
      for (let i = 0; i < a.length; i++) {
        const found = difference(a[i], b[i], path + "[" + i + "]", seen);
        if (found) return found;
      }
      return null;
    }
    const keys = Object.keys(a).filter((k) => a[k] !== undefined);
    const more = Object.keys(b).filter((k) => b[k] !== undefined && !keys.includes(k));
    for (const key of [...keys, ...more]) {
      const found = difference(a[key], b[key], path + "." + key, seen);
      if (found) return found;
    }
    return null;
  };

  const fail = (what, message) => {
    throw new AssertionError(message ? message + ": " + what : what);
  };

  const expected = (error, want, message) => {
    const text = error instanceof Error ? error.name + ": " + error.message : String(error);
    const fits =
      want === undefined ? true
      : want instanceof RegExp ? want.test(text)
      : typeof want === "function" ? error instanceof want
      : text.includes(String(want));
    if (!fits) fail("threw " + show(text) + ", which does not fit " + show(want), message);
    return error;
  };

  class T {
    constructor(name) { this.name = name; }
    log(...values) { console.log(...values); }
    ok(value, message) { if (!value) fail("got " + show(value) + " where something true is expected", message); }
    notOk(value, message) { if (value) fail("got " + show(value) + " where something false is expected", message); }
    equal(actual, want, message) { if (!Object.is(actual, want) && actual !== want) fail("got " + show(actual) + ", expected " + show(want), message); }
    notEqual(actual, other, message) { if (Object.is(actual, other) || actual === other) fail("got " + show(actual) + ", expected another value", message); }
    deepEqual(actual, want, message) {
      const found = difference(actual, want, "", []);
      if (found) fail((found[0] ? "at " + found[0] + ": " : "") + "got " + show(found[1]) + ", expected " + show(found[2]), message);
    }
    notDeepEqual(actual, other, message) { if (!difference(actual, other, "", [])) fail("got " + show(actual) + ", expected another value", message); }
    close(actual, want, tolerance = 1e-9, message) {
      const [list, other] = typeof actual === "number" ? [[actual], [want]] : [Array.from(actual), Array.from(want)];
      if (list.length !== other.length) fail("got " + list.length + " numbers, expected " + other.length, message);
      const i = list.findIndex((x, i) => !(Math.abs(x - other[i]) <= tolerance) && !Object.is(x, other[i]));
      if (i >= 0) fail((list.length > 1 ? "at [" + i + "]: " : "") + "got " + list[i] + ", expected " + other[i] + " ± " + tolerance, message);
    }
    match(text, pattern, message) { if (!(pattern instanceof RegExp ? pattern.test(text) : String(text).includes(pattern))) fail(show(text) + " does not match " + show(pattern), message); }
    throws(action, want, message) {
      const none = () => fail("nothing was thrown", message);
      let result;
      try {
        result = typeof action === "function" ? action() : action;
      } catch (error) {
        return expected(error, want, message);
      }
      if (result && typeof result.then === "function") return result.then(none, (error) => expected(error, want, message));
      return none();
    }
    fail(message) { fail(message || "failed"); }
    skip(reason) { throw new SkipTest(reason || ""); }
  }
  T.prototype.rejects = T.prototype.throws;
  api.registerCodec({ name: "imjoy-test", decoder: (o) => new T(o.name) });
})();

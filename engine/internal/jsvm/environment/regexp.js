// Regular expressions that goja cannot run as they are: properties of characters, the
// flags v and d. The pattern is translated in Go; the object tells its own source and flags.
(function (native, self, { construct, defineProperty, weakGet, weakSet, hidden }) {
const made = new WeakMap(); // to {source, flags}
const exec = RegExp.prototype.exec;
const make = (Native, source, flags, target) => {
  const [pattern, rest] = native.translate(source, flags);
  const r = construct(Native, [pattern, rest], target);
  const sorted = [..."dgimsuvy"].filter((c) => flags.includes(c)).join("");
  weakSet(made, r, { source, flags: sorted });
  const own = (name, value) => defineProperty(r, name, { value, configurable: true, enumerable: false, writable: false });
  own("source", source === "" ? "(?:)" : native.sourceText(source));
  own("toString", function toString() { return "/" + this.source + "/" + this.flags; });
  if (sorted.includes("v")) { own("unicodeSets", true); own("unicode", false); own("flags", sorted); }
  if (sorted.includes("d")) {
    own("hasIndices", true);
    own("flags", sorted);
    own("exec", function (text) {
      text = String(text);
      const m = exec.call(this, text);
      if (m !== null) m.indices = indices(m, native.indices(pattern, rest, text, m.index));
      return m;
    });
  }
  return r;
};
const indices = (m, { pairs, names }) => {
  const out = Array.from(m, (_, i) => (m[i] === undefined ? undefined : [pairs[2 * i], pairs[2 * i + 1]]));
  out.groups = undefined;
  if (m.groups) {
    out.groups = Object.create(null);
    for (let i = 0; i < names.length; i++) if (names[i] in m.groups) out.groups[names[i]] = out[i];
  }
  return out;
};
return { make, original: (r) => weakGet(made, r) };
})

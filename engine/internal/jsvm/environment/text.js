// TextEncoder, TextDecoder, base64.
(function (native, self, { Text, Uint8, TypeErr, DOMException, weakGet, weakSet, bytesOf, isView, Buffer }) {
class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(text = "") { return new Uint8(native.encode(Text(text))); }
  encodeInto(text, target) {
    const all = new Uint8(native.encode(Text(text)));
    let written = Math.min(all.length, target.length);
    while (written > 0 && written < all.length && (all[written] & 0xc0) === 0x80) written--; // whole characters only
    target.set(all.subarray(0, written));
    return { read: native.decode(all.buffer.slice(0, written), "utf-8", false).length, written };
  }
}
const decoders = new WeakMap(); // to {encoding, fatal, ignoreBOM, rest, begun}
class TextDecoder {
  constructor(label = "utf-8", options = {}) {
    const encoding = native.encoding(Text(label));
    if (!encoding) throw new RangeError("the encoding " + label + " is not known");
    weakSet(decoders, this, { encoding, fatal: !!(options && options.fatal), ignoreBOM: !!(options && options.ignoreBOM), rest: null, begun: false });
  }
  get encoding() { return weakGet(decoders, this).encoding; }
  get fatal() { return weakGet(decoders, this).fatal; }
  get ignoreBOM() { return weakGet(decoders, this).ignoreBOM; }
  decode(input, options) {
    const d = weakGet(decoders, this), stream = !!(options && options.stream);
    let data = input === undefined ? new Buffer(0) : bytesOf(input);
    if (d.rest) { data = native.concat([d.rest, data]); d.rest = null; }
    if (stream) {
      const whole = native.whole(data, d.encoding); // a character may be cut in two
      if (whole < data.byteLength) { d.rest = data.slice(whole); data = data.slice(0, whole); }
    }
    const text = native.decode(data, d.encoding, d.fatal);
    const bom = !d.ignoreBOM && !d.begun && text.charCodeAt(0) === 0xfeff;
    d.begun = stream && (d.begun || text !== "");
    return bom ? text.slice(1) : text;
  }
}
function atob(text) {
  const data = native.fromBase64(Text(text));
  if (data === null) throw new DOMException("the text is not base64", "InvalidCharacterError");
  return native.decode(data, "binary", false);
}
function btoa(text) {
  const data = native.latin1(Text(text));
  if (data === null) throw new DOMException("the text has characters beyond U+00FF", "InvalidCharacterError");
  return native.toBase64(data);
}
return { TextEncoder, TextDecoder, atob, btoa };
})

// Blob, File and their readers. The bytes of a blob never change.
(function (native, self, core) {
const { Text, Num, Uint8, Buffer, TypeErr, DOMException, weakGet, weakSet, bytesOf, bufferSlice, bufferLength, isView, blobs, hidden } = core;
const own = (b) => (b !== null && typeof b === "object" ? weakGet(blobs, b) : undefined);
class Blob {
  constructor(parts = [], options = {}) {
    if (parts === null || typeof parts !== "object" || typeof parts[Symbol.iterator] !== "function") throw new TypeErr("a Blob needs a list of parts");
    const buffers = [];
    for (const part of parts) {
      const known = own(part);
      if (known) buffers.push(known.data);
      else if (part instanceof Buffer || isView(part)) buffers.push(bytesOf(part));
      else buffers.push(native.encode(Text(part)));
    }
    const type = options && options.type !== undefined ? Text(options.type).toLowerCase() : "";
    weakSet(blobs, this, { data: native.concat(buffers), type });
  }
  get size() { return bufferLength(weakGet(blobs, this).data); }
  get type() { return weakGet(blobs, this).type; }
  async arrayBuffer() { return bufferSlice(weakGet(blobs, this).data, 0); }
  async bytes() { return new Uint8(bufferSlice(weakGet(blobs, this).data, 0)); }
  async text() { return native.decode(weakGet(blobs, this).data, "utf-8", false); }
  slice(start = 0, end = this.size, type = "") { return new Blob([bufferSlice(weakGet(blobs, this).data, start, end)], { type }); }
  stream() { throw new DOMException("streams are not available here: use arrayBuffer() or text(), or run this plugin with `imjoy run --browser`", "NotSupportedError"); }
  get [Symbol.toStringTag]() { return "Blob"; }
}
class File extends Blob {
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new TypeErr("a File needs parts and a name");
    super(parts, options);
    const b = weakGet(blobs, this);
    b.name = Text(name);
    b.modified = !options || options.lastModified === undefined ? native.date() : Num(options.lastModified);
  }
  get name() { return weakGet(blobs, this).name; }
  get lastModified() { return weakGet(blobs, this).modified; }
  get webkitRelativePath() { return ""; }
  get [Symbol.toStringTag]() { return "File"; }
}
const newBlob = (data, type, name) => (name === undefined ? new Blob([data], { type }) : new File([data], name, { type }));

const convert = {
  buffer: (b) => bufferSlice(b.data, 0),
  text: (b, encoding) => native.decode(b.data, native.encoding(Text(encoding)) || "utf-8", false),
  binary: (b) => native.decode(b.data, "binary", false),
  url: (b) => "data:" + (b.type || "application/octet-stream") + ";base64," + native.toBase64(b.data),
};
const { EventTarget, ProgressEvent, handlers } = core.part("events");
class FileReader extends EventTarget {
  constructor() {
    super();
    this.readyState = 0;
    this.result = null;
    this.error = null;
    hidden(this, "turn", 0);
  }
  readAsArrayBuffer(b) { begin(this, b, convert.buffer); }
  readAsText(b, encoding = "utf-8") { begin(this, b, convert.text, encoding); }
  readAsBinaryString(b) { begin(this, b, convert.binary); }
  readAsDataURL(b) { begin(this, b, convert.url); }
  abort() {
    if (this.readyState !== 1) return;
    this.turn++;
    this.readyState = 2;
    this.result = null;
    for (const type of ["abort", "loadend"]) this.dispatchEvent(new ProgressEvent(type));
  }
}
handlers(FileReader, ["loadstart", "progress", "load", "loadend", "error", "abort"]);
for (const [name, value] of [["EMPTY", 0], ["LOADING", 1], ["DONE", 2]]) FileReader[name] = FileReader.prototype[name] = value;
const begin = (reader, b, how, encoding) => {
  const file = own(b);
  if (!file) throw new TypeErr("FileReader reads a Blob or File");
  if (reader.readyState === 1) throw new DOMException("the reader is reading already", "InvalidStateError");
  reader.readyState = 1;
  reader.result = null;
  const turn = ++reader.turn, total = bufferLength(file.data);
  native.setTimer(() => {
    if (reader.turn !== turn) return;
    const tell = (type) => reader.dispatchEvent(new ProgressEvent(type, { lengthComputable: true, loaded: type === "loadstart" ? 0 : total, total }));
    tell("loadstart");
    reader.result = how(file, encoding);
    tell("progress");
    reader.readyState = 2;
    tell("load");
    if (reader.turn === turn && reader.readyState === 2) tell("loadend");
  }, 0, false, []);
};
class FileReaderSync {
  readAsArrayBuffer(b) { return convert.buffer(needed(b)); }
  readAsText(b, encoding = "utf-8") { return convert.text(needed(b), encoding); }
  readAsBinaryString(b) { return convert.binary(needed(b)); }
  readAsDataURL(b) { return convert.url(needed(b)); }
}
const needed = (b) => {
  const file = own(b);
  if (!file) throw new TypeErr("FileReaderSync reads a Blob or File");
  return file;
};
return { Blob, File, FileReader, FileReaderSync, newBlob };
})

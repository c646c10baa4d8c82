// The one connection between the page and its host: frames of many channels, cut into
// pieces. See codec.go for the bytes.

const CHUNK = 1 << 20;

export class Socket {
  // hello is {token} or {ticket}; onframe(channel, frame), onclose(reason)
  constructor(hello, handlers) {
    this.handlers = handlers;
    this.partial = new Map();
    this.open = new Promise((resolve, reject) => {
      const ws = new WebSocket(`ws://${location.host}/ws`);
      this.ws = ws;
      ws.binaryType = "arraybuffer";
      ws.onopen = () => {
        ws.send(JSON.stringify(hello));
        resolve();
      };
      ws.onmessage = (e) => this.receive(new Uint8Array(e.data));
      ws.onclose = (e) => {
        reject(new Error("the connection was refused"));
        handlers.onclose(e.code === 1008 ? "token" : "lost");
      };
    });
    this.open.catch(() => {});
  }

  receive(data) {
    const channel = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
    const piece = data.subarray(5);
    let pieces = this.partial.get(channel);
    if (!data[4]) {
      if (pieces) pieces.push(piece);
      else this.partial.set(channel, [piece]);
      return;
    }
    let whole = piece;
    if (pieces) {
      this.partial.delete(channel);
      pieces.push(piece);
      whole = join(pieces);
    }
    this.handlers.onframe(channel, parse(whole));
  }

  send(channel, frame) {
    let parts = build(frame);
    for (let at = 0; at < parts.length || at === 0; at += CHUNK) {
      const piece = parts.subarray(at, at + CHUNK);
      const message = new Uint8Array(5 + piece.length);
      new DataView(message.buffer).setUint32(0, channel, true);
      message[4] = at + CHUNK >= parts.length ? 1 : 0;
      message.set(piece, 5);
      this.ws.send(message);
    }
  }
}

function join(pieces) {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of pieces) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

// A frame has its header as an object, or as the bytes of its text.
function build({ header, text, buffers }) {
  text ||= new TextEncoder().encode(JSON.stringify(header));
  const head = new DataView(new ArrayBuffer(8 + 8 * buffers.length));
  head.setUint32(0, text.length, true);
  head.setUint32(4, buffers.length, true);
  buffers.forEach((b, i) => head.setBigUint64(8 + 8 * i, BigInt(b.byteLength), true));
  return join([new Uint8Array(head.buffer), text, ...buffers.map((b) => new Uint8Array(b.buffer || b, b.byteOffset || 0, b.byteLength))]);
}

function parse(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const length = view.getUint32(0, true);
  const count = view.getUint32(4, true);
  let at = 8 + 8 * count;
  const text = data.slice(at, at + length);
  at += length;
  const buffers = [];
  for (let i = 0; i < count; i++) {
    const n = Number(view.getBigUint64(8 + 8 * i, true));
    // A buffer of its own: arrays of wider numbers need an aligned start.
    buffers.push(data.slice(at, at + n).buffer);
    at += n;
  }
  return { text, buffers, get header() { return JSON.parse(new TextDecoder().decode(text)); } };
}

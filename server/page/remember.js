// What a workspace looks like, kept by the host at every change, so that it is there again
// after a reload, and after the program was ended in any way.

const PAUSE = 250; // ms without a change before one is sent
const MOST = 900_000; // characters that the host takes

export class Remembered {
  // send(text) gives it to the host
  constructor(send) {
    this.send = send;
    this.what = { version: 1, forms: {}, runs: [], windows: [] };
    this.ready = false; // until it was read nothing is written
  }

  read(what) {
    if (what && what.version === 1) this.what = { ...this.what, ...what };
    this.ready = true;
    return this.what;
  }

  set(part) {
    const next = { ...this.what, ...part };
    const text = JSON.stringify(next);
    if (text === JSON.stringify(this.what)) return;
    this.what = next;
    if (!this.ready || text.length > MOST) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  // flush sends what was not sent yet.
  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.ready) this.send(this.what);
  }

  form(plugin) { return this.what.forms[plugin] || {}; }

  setForm(plugin, form) {
    this.set({ forms: { ...this.what.forms, [plugin]: form } });
  }
}

// plainOnly is what JSON can hold of the values of a form: files are chosen anew.
export function plainOnly(values) {
  return Object.fromEntries(Object.entries(values || {}).filter(([, v]) => {
    if (v === null || ["string", "number", "boolean"].includes(typeof v)) return true;
    return v && (Array.isArray(v) || v.constructor === Object) && !v._rtype && !JSON.stringify(v).includes('"_rtype"');
  }));
}

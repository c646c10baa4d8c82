// performance, navigator, location.
(function (native, self, { Text, DOMException }) {
const maxEntries = 10000;
let entries = [];
const entry = (name, entryType, startTime, duration, detail) => {
  const e = { name: Text(name), entryType, startTime, duration, detail };
  if (entries.length < maxEntries) entries.push(e);
  return e;
};
const at = (mark, fallback) => {
  if (mark === undefined) return fallback;
  if (typeof mark === "number") return mark;
  for (let i = entries.length - 1; i >= 0; i--) if (entries[i].name === Text(mark) && entries[i].entryType === "mark") return entries[i].startTime;
  throw new DOMException("there is no mark " + mark, "SyntaxError");
};
const drop = (type, name) => { entries = entries.filter((e) => e.entryType !== type || (name !== undefined && e.name !== Text(name))); };
const performance = {
  now: () => native.now(),
  timeOrigin: native.date() - native.now(),
  mark(name, options = {}) { return entry(name, "mark", options.startTime === undefined ? native.now() : Number(options.startTime), 0, options.detail === undefined ? null : options.detail); },
  measure(name, from, to) {
    const o = from !== null && typeof from === "object" ? from : { start: from, end: to };
    const end = at(o.end, o.duration !== undefined && o.start !== undefined ? at(o.start, 0) + o.duration : native.now());
    const start = o.duration !== undefined && o.start === undefined ? end - o.duration : at(o.start, 0);
    return entry(name, "measure", start, end - start, o.detail === undefined ? null : o.detail);
  },
  getEntries: () => entries.slice(),
  getEntriesByName: (name, type) => entries.filter((e) => e.name === Text(name) && (type === undefined || e.entryType === type)),
  getEntriesByType: (type) => entries.filter((e) => e.entryType === Text(type)),
  clearMarks: (name) => drop("mark", name),
  clearMeasures: (name) => drop("measure", name),
  toJSON: () => ({ timeOrigin: performance.timeOrigin }),
};
const navigator = { userAgent: "imjoy", appName: "imjoy", platform: "imjoy", hardwareConcurrency: 1, language: "en", languages: ["en"], onLine: false };
const address = "blob:imjoy/plugin";
const location = { href: address, protocol: "blob:", origin: "null", host: "", hostname: "", port: "", pathname: "imjoy/plugin", search: "", hash: "", toString: () => address };
return { performance, navigator, location };
})

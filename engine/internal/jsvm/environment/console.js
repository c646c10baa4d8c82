// The console: every line goes to the host, indented by the groups around it.
(function (native, self, { create, Text, objectKeys, isArray, hasOwn }) {
const console = {};
let indent = "";
const write = (level, args) => native.log(level, indent, format(args));

// format fills in %s, %d, %i, %f, %o, %O, %j and drops %c with its style.
const format = (args) => {
  if (typeof args[0] !== "string" || args.length < 2 || args[0].indexOf("%") < 0) return args;
  let next = 1, out = "", from = 0;
  const text = args[0];
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] !== "%") continue;
    const kind = text[i + 1];
    if (kind !== "%" && ("sdifoOjc".indexOf(kind) < 0 || next >= args.length)) continue;
    out += text.slice(from, i);
    if (kind === "%") out += "%";
    else if (kind === "c") next++;
    else if (kind === "d" || kind === "f") out += Number(args[next++]);
    else if (kind === "i") out += Math.trunc(Number(args[next++]));
    else out += native.inspect(args[next++]);
    from = i + 2;
    i++;
  }
  return [out + text.slice(from), ...args.slice(next)];
};

for (const level of ["log", "info", "debug", "warn", "error"]) {
  console[level] = { [level](...args) { write(level, args); } }[level];
}
console.trace = function trace(...args) { write("debug", ["Trace" + (args.length ? ":" : ""), ...args, "\n" + native.stack()]); };
console.dir = function dir(x) { write("log", [x]); };
console.dirxml = function dirxml(...args) { write("log", args); };
console.assert = function assert(ok, ...args) {
  if (ok) return;
  if (typeof args[0] === "string") args[0] = "assertion failed: " + args[0];
  else args.unshift("assertion failed");
  write("error", args);
};
console.group = function group(...args) {
  if (args.length) write("log", args);
  if (indent.length < 64) indent += "  ";
};
console.groupCollapsed = console.group;
console.groupEnd = function groupEnd() { indent = indent.slice(2); };
console.clear = function clear() {};

const started = create(null), counts = create(null);
const elapsed = (label) => label + ": " + Math.round((native.now() - started[label]) * 1000) / 1000 + " ms";
const known = (label) => {
  if (label in started) return true;
  write("warn", ["there is no timer " + label]);
  return false;
};
console.time = function time(label = "default") { started[Text(label)] = native.now(); };
console.timeLog = function timeLog(label = "default", ...args) { if (known(Text(label))) write("log", [elapsed(Text(label)), ...args]); };
console.timeEnd = function timeEnd(label = "default") {
  if (!known(Text(label))) return;
  write("log", [elapsed(Text(label))]);
  delete started[Text(label)];
};
console.timeStamp = function timeStamp() {};
console.count = function count(label = "default") { label = Text(label); counts[label] = (counts[label] || 0) + 1; write("log", [label + ": " + counts[label]]); };
console.countReset = function countReset(label = "default") { delete counts[Text(label)]; };

// table prints rows and columns; anything without rows is printed as it is.
const maxRows = 1000, maxColumns = 50, maxCell = 80;
console.table = function table(data, only) {
  if (data === null || typeof data !== "object") return write("log", [data]);
  const columns = [], rows = [];
  let plain = false;
  for (const key of objectKeys(data).slice(0, maxRows)) {
    const row = data[key], cells = create(null);
    if (row !== null && typeof row === "object") {
      for (const name of objectKeys(row)) {
        if (isArray(only) && !only.includes(name)) continue;
        if (!columns.includes(name)) { if (columns.length >= maxColumns) continue; columns.push(name); }
        cells[name] = native.inspect(row[name]);
      }
    } else { plain = true; cells[""] = native.inspect(row); }
    rows.push([key, cells]);
  }
  const head = ["(index)", ...columns, ...(plain ? ["Values"] : [])];
  const grid = rows.map(([key, cells]) => [key, ...columns.map((c) => (c in cells ? cells[c] : "")), ...(plain ? [cells[""] || ""] : [])].map((c) => (c.length > maxCell ? c.slice(0, maxCell) + "..." : c)));
  const widths = head.map((h, i) => Math.max(h.length, ...grid.map((r) => r[i].length)));
  const line = (cells) => cells.map((c, i) => c + " ".repeat(widths[i] - c.length)).join(" | ").trimEnd();
  write("log", [[line(head), widths.map((w) => "-".repeat(w)).join("-|-"), ...grid.map(line)].join("\n")]);
};
return { console };
})

const text = 'id,name,"free, text"\r\n1,"Ann ""A""",x\r\n2,Bob,"line1\nline2"\r\n3,,\r\n';
function* rows(t) { let row = [], cell = "", quoted = false; for (let i = 0; i < t.length; i++) { const c = t[i]; if (quoted) { if (c === '"' && t[i + 1] === '"') { cell += '"'; i++; } else if (c === '"') quoted = false; else cell += c; } else if (c === '"') quoted = true; else if (c === ",") { row.push(cell); cell = ""; } else if (c === "\n") { row.push(cell.replace(/\r$/, "")); yield row; row = []; cell = ""; } else cell += c; } if (cell || row.length) { row.push(cell); yield row; } }
const [header, ...body] = rows(text); const records = body.map((r) => Object.fromEntries(r.map((v, i) => [header[i], v])));
const by = records.reduce((m, { id, name }) => m.set(name || "?", [...(m.get(name || "?") ?? []), +id]), new Map());
const table = records.map(({ id, name }) => `${id.padStart(4)}|${name.padEnd(10)}|`).join("\n");
const sum = records.map((r) => Number(r.id)).reduce((a, b) => a + b, 0), mean = sum / records.length, sd = Math.sqrt(records.reduce((a, r) => a + (r.id - mean) ** 2, 0) / (records.length - 1));
const sorted = [...records].sort((a, b) => b.name.localeCompare(a.name) || a.id - b.id).map((r) => r.id);
return [header, records, by, table, sum, mean, sd, sorted, text.match(/\r\n/g).length, Object.values(records[0]), records.at(-1)?.name || "none", encodeURIComponent(header.join()), records.some((r) => "name" in r), new Intl2().ok]; function Intl2() { this.ok = records.length === 3; }

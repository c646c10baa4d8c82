// Results, shown as what they are: numbers, text, tables, images, plots, trees, files.
import { html, useState, useEffect, useRef, useMemo } from "../vendored/preact-htm.js";
import { typed } from "./values.js";

const MAX_ROWS = 500;
const MAX_ITEMS = 200;

export function save(name, data) {
  const blob = data instanceof Blob ? data : new Blob([ArrayBuffer.isView(data) || data instanceof ArrayBuffer || typeof data === "string" ? data : JSON.stringify(data)]);
  const a = document.createElement("a");
  a.href = URL.createObjectURL(blob);
  a.download = name || "data";
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}

// Value draws any value; depth keeps trees closed further down.
export function Value({ value: v, depth = 0 }) {
  if (v === null || v === undefined) return html`<span class="nothing">${depth ? "null" : "It finished without a result."}</span>`;
  if (typeof v === "bigint" || typeof v === "number" || typeof v === "boolean") return html`<span class=${depth ? "scalar" : "scalar big"}>${String(v)}</span>`;
  if (typeof v === "string") return html`<${Text} text=${v} depth=${depth} />`;
  if (v instanceof Error) return html`<p class="fault"><b>${v.name}: </b>${v.message}</p>`;
  if (v instanceof Blob) return html`<${FileView} file=${v} />`;
  if (v instanceof ArrayBuffer || v instanceof DataView) return html`<${FileView} file=${new Blob([v])} />`;
  if (ArrayBuffer.isView(v)) return html`<${ArrayView} array=${{ shape: [v.length], dtype: v.constructor.name.replace("Array", "").toLowerCase(), data: v }} />`;
  if (v._rtype === "ndarray") {
    const data = typed(v._rdtype, v._rvalue);
    if (data) return html`<${ArrayView} array=${{ shape: v._rshape, dtype: v._rdtype, data }} />`;
  }
  if (v._rtype === "function") return html`<span class="nothing">a function of the plugin</span>`;
  if (v instanceof Set) return html`<${Value} value=${[...v]} depth=${depth} />`;
  if (v instanceof Map) return html`<${Value} value=${[...v].map(([key, value]) => ({ key, value }))} depth=${depth} />`;
  if (Array.isArray(v)) {
    const table = tableOf(v);
    if (table) return html`<${Table} ...${table} />`;
    if (v.length > 1 && v.every((x) => typeof x === "number")) return html`<${ArrayView} array=${{ shape: [v.length], dtype: "numbers", data: v }} />`;
    return html`<${Tree} entries=${v.map((x, i) => [i, x])} depth=${depth} />`;
  }
  if (depth === 0 && v._rintf) return html`<p class="nothing">${(v.config && v.config.name) || "A plugin"} is open.</p>`;
  if (depth === 0 && typeof v.type === "string" && v.data !== undefined && Object.keys(v).every((k) => ["type", "data", "name", "w", "h", "config"].includes(k))) return html`<${Value} value=${v.data} depth=${0} />`;
  const table = depth === 0 && columnsOf(v);
  if (table) return html`<${Table} ...${table} />`;
  return html`<${Tree} entries=${Object.entries(v)} depth=${depth} />`;
}

function Text({ text, depth }) {
  const image = /^data:image\/(png|jpeg|gif|webp);base64,/.test(text);
  if (image) return html`<img class="picture" src=${text} alt="result" />`;
  if (depth && text.length < 200) return html`<span class="text-value">${text}</span>`;
  return html`<pre class="text-value" tabindex="0">${text.slice(0, 100000)}</pre>${text.length > 2000 && html`<button class="quiet" onClick=${() => save("result.txt", text)}>Save as text</button>`}`;
}

function FileView({ file }) {
  const [url, set] = useState("");
  const [text, setText] = useState(null);
  const name = file.name || "data";
  const image = /^image\/(png|jpeg|gif|webp|bmp|avif)$/.test(file.type);
  useEffect(() => {
    const u = URL.createObjectURL(file);
    set(u);
    if (/^(text\/|application\/(json|xml|yaml))/.test(file.type)) file.slice(0, 20000).text().then(setText);
    return () => URL.revokeObjectURL(u);
  }, [file]);
  return html`<figure class="file">${image && url && html`<img class="picture" src=${url} alt=${name} />`}${text !== null && html`<pre tabindex="0">${text}</pre>`}
    <figcaption>${name} <small>${size(file.size)}</small> <button onClick=${() => save(name, file)}>Save</button></figcaption></figure>`;
}

function size(n) {
  return n < 1000 ? n + " bytes" : n < 1e6 ? (n / 1e3).toFixed(1) + " kB" : (n / 1e6).toFixed(1) + " MB";
}

function Tree({ entries, depth }) {
  const [all, more] = useState(false);
  const shown = all ? entries : entries.slice(0, MAX_ITEMS);
  if (!entries.length) return html`<span class="nothing">empty</span>`;
  return html`<ul class="tree">${shown.map(([key, v]) => {
    const deep = v !== null && typeof v === "object";
    return html`<li key=${key}>${deep
      ? html`<details open=${depth < 2}><summary><b>${key}</b> <small>${describe(v)}</small></summary><${Value} value=${v} depth=${depth + 1} /></details>`
      : html`<b>${key}</b> <${Value} value=${v} depth=${depth + 1} />`}</li>`;
  })}${entries.length > shown.length && html`<li><button class="quiet" onClick=${() => more(true)}>${entries.length - shown.length} more</button></li>`}</ul>`;
}

function describe(v) {
  if (v._rtype === "ndarray") return `${v._rdtype} ${v._rshape.join(" × ")}`;
  if (ArrayBuffer.isView(v)) return `${v.length} values`;
  if (v instanceof Blob) return v.name || v.type;
  if (Array.isArray(v)) return `${v.length} items`;
  if (v instanceof Object && v.constructor === Object) return `${Object.keys(v).length} members`;
  return "";
}

const isCell = (x) => x === null || ["number", "string", "boolean", "undefined"].includes(typeof x);

// tableOf answers columns and rows of a list of records, or of lists.
function tableOf(list) {
  if (!list.length) return null;
  if (list.every((r) => r && r.constructor === Object && !r._rtype && Object.values(r).every(isCell))) {
    const columns = [...new Set(list.slice(0, 1000).flatMap((r) => Object.keys(r)))];
    if (columns.length && columns.length <= 100) return { columns, rows: list.map((r) => columns.map((c) => r[c])) };
  }
  if (list.every((r) => Array.isArray(r) && r.length === list[0].length && r.length > 0 && r.length <= 100 && r.every(isCell))) {
    return { columns: list[0].map((_, i) => String(i)), rows: list };
  }
  return null;
}

function columnsOf(o) {
  const keys = Object.keys(o);
  const lists = keys.map((k) => (ArrayBuffer.isView(o[k]) ? [...o[k].subarray(0, 100000)] : o[k]));
  if (keys.length < 2 || !lists.every((l) => Array.isArray(l) && l.length === lists[0].length && l.length > 1 && l.every(isCell))) return null;
  return { columns: keys, rows: lists[0].map((_, i) => lists.map((l) => l[i])) };
}

function Table({ columns, rows }) {
  const [by, sort] = useState([-1, 1]);
  const sorted = useMemo(() => {
    const [c, way] = by;
    if (c < 0) return rows;
    return [...rows].sort((a, b) => way * (typeof a[c] === "number" && typeof b[c] === "number" ? a[c] - b[c] : String(a[c]).localeCompare(String(b[c]), undefined, { numeric: true })));
  }, [rows, by]);
  const numeric = columns.map((_, c) => rows.slice(0, 50).every((r) => typeof r[c] === "number"));
  const csv = () => save("table.csv", [columns, ...rows].map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n");
  return html`<div class="table"><div class="scroll" tabindex="0" role="region" aria-label="Table"><table>
    <thead><tr>${columns.map((c, i) => html`<th class=${numeric[i] ? "number" : ""} aria-sort=${by[0] === i ? (by[1] > 0 ? "ascending" : "descending") : "none"}>
      <button onClick=${() => sort([i, by[0] === i ? -by[1] : 1])}>${c}${by[0] === i ? (by[1] > 0 ? " ↑" : " ↓") : ""}</button></th>`)}</tr></thead>
    <tbody>${sorted.slice(0, MAX_ROWS).map((r) => html`<tr>${r.map((x, i) => html`<td class=${numeric[i] ? "number" : ""}>${x === null || x === undefined ? "" : String(x)}</td>`)}</tr>`)}</tbody></table></div>
    <div class="row"><small>${rows.length} rows${rows.length > MAX_ROWS ? `, the first ${MAX_ROWS} are shown` : ""}</small><button class="quiet" onClick=${csv}>Save as CSV</button></div></div>`;
}

// cell quotes for CSV, and keeps spreadsheets from taking text for a formula.
function cell(x) {
  if (x === null || x === undefined) return "";
  let text = String(x);
  if (typeof x === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function ArrayView({ array }) {
  const { shape, data, dtype } = array;
  const range = useMemo(() => extent(data), [data]);
  const what = html`<small class="shape">${dtype} ${shape.join(" × ") || "scalar"}${range && `, ${short(range[0])} to ${short(range[1])}`}</small>`;
  if (!range) return html`<div>${what}<p class="nothing">empty</p></div>`;
  if (!shape.length) return html`<div><span class="scalar big">${String(data[0])}</span>${what}</div>`;
  if (shape.length === 1) return html`<div class="array">${what}<${Plot} data=${data} range=${range} /></div>`;
  return html`<div class="array">${what}<${Picture} array=${array} range=${range} /></div>`;
}

const short = (x) => (Number.isInteger(Number(x)) ? String(x) : Number(x).toPrecision(4));

function extent(data) {
  let lo = Infinity, hi = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const x = Number(data[i]);
    if (x < lo) lo = x;
    if (x > hi) hi = x;
  }
  return lo <= hi ? [lo, hi] : null;
}

// Plot draws a series; long ones as the lowest and highest of each column of pixels.
function Plot({ data, range: [lo, hi] }) {
  const W = 640, H = 200, P = 8;
  const n = data.length;
  const y = (x) => P + (H - 2 * P) * (1 - (hi > lo ? (Number(x) - lo) / (hi - lo) : 0.5));
  const path = useMemo(() => {
    const points = [];
    if (n <= W) {
      for (let i = 0; i < n; i++) if (Number.isFinite(Number(data[i]))) points.push(`${(P + ((W - 2 * P) * i) / Math.max(n - 1, 1)).toFixed(1)},${y(data[i]).toFixed(1)}`);
    } else {
      for (let c = 0; c < W; c++) {
        const [a, b] = extent(data.slice(Math.floor((c * n) / W), Math.ceil(((c + 1) * n) / W))) || [lo, lo];
        points.push(`${c},${y(a).toFixed(1)}`, `${c},${y(b).toFixed(1)}`);
      }
    }
    return points.join(" ");
  }, [data]);
  return html`<svg class="plot" viewBox=${`0 0 ${W} ${H}`} role="img" aria-label=${`${n} values from ${short(lo)} to ${short(hi)}`} preserveAspectRatio="none">
    <polyline points=${path} fill="none" stroke="currentColor" stroke-width="1.6" vector-effect="non-scaling-stroke" stroke-linejoin="round" /></svg>`;
}

// Picture draws two axes of an array, with sliders for the others and for contrast.
function Picture({ array: { shape, data, dtype }, range }) {
  const rank = shape.length;
  const colour = rank >= 3 && (shape[rank - 1] === 3 || shape[rank - 1] === 4) && (dtype === "uint8" || range[1] <= 255 && range[0] >= 0);
  const outer = shape.slice(0, rank - (colour ? 3 : 2));
  const [at, move] = useState(outer.map((n) => Math.floor(n / 2)));
  const [[lo, hi], contrast] = useState(colour && dtype === "uint8" ? [0, 255] : range);
  const canvas = useRef();
  const [hgt, wid, ch] = colour ? shape.slice(-3) : [...shape.slice(-2), 1];
  useEffect(() => {
    const c = canvas.current;
    if (!(wid > 0 && hgt > 0 && wid * hgt <= 64e6)) return;
    c.width = wid;
    c.height = hgt;
    const image = new ImageData(wid, hgt);
    let start = 0;
    outer.forEach((n, i) => { start = start * n + at[i]; });
    start *= hgt * wid * ch;
    const scale = hi > lo ? 255 / (hi - lo) : 0;
    const px = image.data;
    for (let i = 0; i < wid * hgt; i++) {
      for (let k = 0; k < 3; k++) px[4 * i + k] = (Number(data[start + i * ch + (colour ? k : 0)]) - lo) * scale;
      px[4 * i + 3] = ch === 4 ? Number(data[start + i * ch + 3]) : 255;
    }
    c.getContext("2d").putImageData(image, 0, 0);
  }, [data, at, lo, hi]);
  const step = /int/.test(dtype) ? 1 : (range[1] - range[0]) / 256 || 1;
  return html`<div class="picture-tools">
    <canvas ref=${canvas} class=${"picture" + (wid < 256 ? " small" : "")} role="img" aria-label=${`image of ${wid} by ${hgt}`}></canvas>
    ${outer.map((n, i) => n > 1 && html`<label class="slide">axis ${i}<input type="range" min="0" max=${n - 1} value=${at[i]} onInput=${(e) => move(at.map((x, j) => (j === i ? Number(e.target.value) : x)))} /><output>${at[i]}</output></label>`)}
    <div class="row"><label class="slide">dark<input type="range" min=${range[0]} max=${range[1]} step=${step} value=${lo} onInput=${(e) => contrast([Math.min(Number(e.target.value), hi), hi])} /></label>
      <label class="slide">bright<input type="range" min=${range[0]} max=${Math.max(range[1], colour ? 255 : range[1])} step=${step} value=${hi} onInput=${(e) => contrast([lo, Math.max(Number(e.target.value), lo)])} /></label>
      <button class="quiet" onClick=${() => canvas.current.toBlob((b) => save("image.png", b))}>Save as PNG</button></div></div>`;
}

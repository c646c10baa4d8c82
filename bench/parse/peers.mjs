// The node side of compare.sh: times the peers, makes texts at random, and holds our
// answers against those of ImJoy's parser.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parse, parseCache } from "@vue/compiler-sfc";
import { parseComponent } from "./parser.mjs";

const [task, ...args] = process.argv.slice(2);
({ speed, make, answers })[task](...args);

function speed(folder) {
  const texts = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".imjoy.html"))
    .map((name) => readFileSync(join(folder, name)));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const strings = texts.map((text) => text.toString("utf8"));
  console.log(`${texts.length} files, ${bytes} bytes, node ${process.version}`);
  const show = (what, who, rate) => console.log(`${what}\t${who}\t${rate.toFixed(1)}`);
  show("blocks", "imjoy-core parseComponent", best(bytes, strings, (text) => parseComponent(text)));
  show("blocks", "@vue/compiler-sfc parse", best(bytes, strings, (text) => {
    parseCache.clear(); // Vue keeps answers by text
    parse(text, { sourceMap: false, ignoreEmpty: false });
  }));
  show("whole", "imjoy-core parseComponent, JSON.parse", best(bytes, strings, (text) => {
    const config = parseComponent(text).config[0];
    try { JSON.parse(config.content); } catch { /* one public plugin has bad JSON */ }
  }));
}

// best returns the highest MB/s of some rounds over all texts, after a warm-up.
function best(bytes, texts, read) {
  let rate = 0;
  for (let round = 0; round < 25; round++) {
    const start = performance.now();
    for (const text of texts) read(text);
    if (round >= 5) rate = Math.max(rate, bytes / 1000 / (performance.now() - start));
  }
  return rate;
}

// make writes n texts put together from pieces of markup and white space.
function make(folder, n, seed) {
  mkdirSync(folder, { recursive: true });
  const random = generator(Number(seed));
  const pick = (list) => list[Math.floor(random() * list.length)];
  const times = (most, piece) => Array.from({ length: Math.floor(random() * (most + 1)) }, piece).join("");
  const names = ["config", "script", "window", "style", "docs", "attachment", "link", "div", "p", "br", "pre", "textarea",
    "SCRIPT", "Config", "html", "body", "x:config", "a:", "a-b.c", "_x", "Pre", "TEXTAREA", "b1", "others"];
  const spaces = ["", " ", "\n", "\t", "\r\n", "\u00a0", "\ufeff", "  ", "\u2003", "\v"];
  const texts = ["abc", " ", "\n", "\n  x", "\t", "<", "<<", ">", '"', "'", "&amp;", "é", "\u00a0", "=", "/", "</", "<!", "<?xml?>",
    "\r\n  y\r\n", "\n\n", "\r", "</ ", "< a", "<1", "\n\ty\n", "\n   z", "\u2028", "😀", "<a@b.c>", "<http://x.y/>"];
  const attrs = ["lang", "name", "src", "tag", "@click", ":x", "a.b", "é", "a\u00a0b", "x/y", "o'p", "a=", "=", ",", "_", "", "href", '"'];
  const values = ['"json"', "'a>b'", "json", '""', "''", '"a\nb"', '"x', "'y", "a`b", '"a&lt;&amp;lt;&#39;&quot;b"', 'x"y"', '"q""', '"q"""z', "é",
    "a/b", "/", '"<div>"', "a<b", "\ufeff", "'a\"b'"];
  const other = ["<!-- c -->", "<!-->", "<!--->", "<!--", "<!-- <b> -->", "<![CDATA[ <b> ]]>", "<![if]>", "<![", "<!DOCTYPE html>",
    "<!doctype a<b c>", "<!DOCTYPE >", "<!DOCTYPE\nhtml>", "<!DOCTYPE html", "-->", "]>"];
  const attr = () => pick(spaces) + pick(attrs) + pick(["", "=" + pick(values), "=" + pick(values), " = " + pick(values), "\n=" + pick(values)]);
  const tag = () => {
    const r = random();
    if (r < 0.5) return "<" + pick(names) + times(2, attr) + pick(spaces) + pick([">", ">", ">", ">", ">", "/>", "/>", "", "/ >", "//>"]);
    if (r < 0.85) return "</" + pick(names) + pick([">", ">", ">", ">", " >", ' x="y">', "s>", "", "\n>", "/>", ":z>"]);
    return pick(other);
  };
  for (let i = 0; i < n; i++) {
    const text = times(pick([2, 5, 10, 20, 60]), () => (random() < 0.6 ? tag() : pick(texts)));
    writeFileSync(join(folder, `${i}.html`), text);
  }
}

// generator returns random numbers that are the same for the same seed.
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// answers compares what `imjoy parse --json` said with what ImJoy's parser says.
function answers(folder, ours) {
  let texts = 0, blocks = 0, different = 0, crashes = 0;
  for (const line of readFileSync(ours, "utf8").split("\n").filter(Boolean)) {
    const got = JSON.parse(line);
    const text = readFileSync(join(folder, got.file), "utf8");
    texts++;
    let want;
    try { want = original(text); } catch { crashes++; continue; }
    blocks += want.length;
    const a = JSON.stringify(want), b = JSON.stringify(got.blocks.map(plain));
    if (a !== b && different++ < 5) console.log(`${JSON.stringify(text)}\n  ImJoy ${a}\n  ours  ${b}`);
  }
  console.log(`${texts} texts, ${blocks} blocks: ${different} texts differ, ImJoy's parser crashes on ${crashes}`);
  process.exitCode = different ? 1 : 0;
}

function original(text) {
  const bytes = (index) => Buffer.byteLength(text.slice(0, index));
  return Object.values(parseComponent(text)).flat().sort((a, b) => a.start - b.start).map((b) => ({
    kind: b.type, attrs: sorted(b.attrs), start: bytes(b.start),
    // The block of a stray </p> ends before it starts; ours ends where it starts.
    end: b.end === undefined ? -1 : Math.max(bytes(b.start), bytes(b.end)),
    content: createHash("sha256").update(b.content).digest("hex"),
  }));
}

function plain(b) {
  return {
    kind: b.kind, attrs: sorted(Object.fromEntries(b.attrs.map((a) => [a.name, a.value]))), start: b.start, end: b.end, content: b.content_sha256,
  };
}

function sorted(object) {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

// What node does with the plugin that the Go benchmarks open and call. Prints one line of
// JSON; run it by itself, or through `go test ./engine -bench Peer`.
//
//     node peers.mjs [rounds]
import { Worker } from "node:worker_threads";
import vm from "node:vm";

const rounds = Number(process.argv[2] || 20);
const plugin = "api.export({echo: x => x, size: a => a.length})";
const inWorker = `
const { parentPort } = require("node:worker_threads");
let exported;
globalThis.api = { export(o) { exported = o } };
${plugin};
parentPort.on("message", ([method, ...args]) => parentPort.postMessage(exported[method](...args)));
parentPort.postMessage("ready");
`;
const next = (w) => new Promise((ok) => w.once("message", ok));
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

async function open() {
  const w = new Worker(inWorker, { eval: true });
  await next(w);
  return w;
}

const starts = [];
for (let i = 0; i < rounds; i++) {
  const t = performance.now();
  const w = await open();
  await w.terminate();
  starts.push(performance.now() - t);
}

const w = await open(), calls = 3000;
let t = performance.now();
for (let i = 0; i < calls; i++) {
  w.postMessage(["echo", 1]);
  await next(w);
}
const call = (performance.now() - t) / calls;

const array = new Float32Array(16 << 20);
const copies = [];
for (let i = 0; i < 5; i++) {
  t = performance.now();
  w.postMessage(["size", array]);
  await next(w);
  copies.push(performance.now() - t);
}
await w.terminate();

const contexts = [];
for (let i = 0; i < rounds; i++) {
  t = performance.now();
  let exported;
  vm.runInNewContext(plugin, { api: { export: (o) => (exported = o) } });
  exported.echo(1);
  contexts.push(performance.now() - t);
}

global.gc?.();
const before = process.memoryUsage().rss, many = [];
for (let i = 0; i < 10; i++) many.push(await open());
const worker = (process.memoryUsage().rss - before) / many.length;
await Promise.all(many.map((w) => w.terminate()));

console.log(JSON.stringify({ node: process.version, workerStartMs: median(starts), workerCallUs: call * 1000, array64MiBMs: median(copies), contextMs: median(contexts), workerKiB: worker / 1024 }));

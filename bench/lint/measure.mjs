// Runs each contender several times, in turn, and prints the best wall time and the best
// processor time (its children's included).
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

const [folder, rounds] = process.argv.slice(2);
const contenders = [
  ["node: ImJoy's parser, JSON.parse, ajv", ["node", "peer.mjs", folder]],
  ["node: the same, and each JavaScript compiled", ["node", "peer.mjs", folder, "syntax"]],
  ["imjoy lint --no-python --select block,config", ["./imjoy", "lint", "--no-python", "--format", "concise", "--select", "block,config", folder]],
  ["imjoy lint --no-python", ["./imjoy", "lint", "--no-python", "--format", "concise", folder]],
  ["imjoy lint", ["./imjoy", "lint", "--format", "concise", folder]],
];
const best = contenders.map(() => ({ wall: Infinity, cpu: Infinity }));
for (let round = 0; round < Number(rounds); round++) {
  contenders.forEach(([, [program, ...args]], i) => {
    // bash's own `time` knows what the children of a process used.
    const start = performance.now();
    const ran = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1', "bash", program, ...args]);
    best[i].wall = Math.min(best[i].wall, performance.now() - start);
    const [user, system] = String(ran.stderr).trim().split(/\s+/).slice(-2).map(Number);
    best[i].cpu = Math.min(best[i].cpu, 1000 * (user + system));
  });
}
console.log(`best of ${rounds}, node ${process.version}`);
contenders.forEach(([name], i) => {
  const { wall, cpu } = best[i];
  console.log(`${name.padEnd(48)} ${wall.toFixed(0).padStart(6)} ms wall ${cpu.toFixed(0).padStart(6)} ms processor   ${(best[0].cpu / cpu).toFixed(1)}x`);
});

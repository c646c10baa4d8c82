const w = 16, h = 12, img = new Float32Array(w * h).map((_, i) => Math.sin(i % w) * 50 + Math.floor(i / w) * 10);
const [lo, hi] = img.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
const u8 = Uint8ClampedArray.from(img, (v) => ((v - lo) / (hi - lo)) * 255);
const histogram = new Uint32Array(8); for (const v of u8) histogram[v >> 5]++;
const kernel = [1, 2, 1, 2, 4, 2, 1, 2, 1]; const out = new Float64Array(w * h);
for (let y = 1; y < h - 1; y++) for (let x = 1; x < w - 1; x++) { let s = 0; for (let k = 0; k < 9; k++) s += kernel[k] * u8[(y + ((k / 3) | 0) - 1) * w + x + (k % 3) - 1]; out[y * w + x] = s / 16; }
const otsu = (() => { const sum = histogram.reduce((a, c, i) => a + c * i, 0); let best = 0, at = 0, wb = 0, sb = 0; for (let t = 0; t < 8; t++) { wb += histogram[t]; if (!wb) continue; const wf = u8.length - wb; if (!wf) break; sb += t * histogram[t]; const d = sb / wb - (sum - sb) / wf; const v = wb * wf * d * d; if (v > best) [best, at] = [v, t]; } return at; })();
const label = new Int32Array(w * h); let n = 0; for (let i = 0; i < label.length; i++) { if (label[i] || u8[i] >> 5 <= otsu) continue; n++; const stack = [i]; while (stack.length) { const p = stack.pop(); if (label[p] || u8[p] >> 5 <= otsu) continue; label[p] = n; const x = p % w; if (x) stack.push(p - 1); if (x < w - 1) stack.push(p + 1); if (p >= w) stack.push(p - w); if (p < w * (h - 1)) stack.push(p + w); } }
const rng = (seed) => () => { seed |= 0; seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
const r = rng(42), noise = Array.from({ length: 4 }, () => r().toFixed(6));
const transpose = Array.from({ length: 3 }, (_, x) => Array.from({ length: 2 }, (_, y) => img[y * w + x].toFixed(3)));
return [lo.toFixed(3), hi.toFixed(3), u8.slice(0, 12), histogram, out[5 * w + 5], out.reduce((a, b) => a + b).toFixed(6), otsu, n, label.filter((x) => x === 1).length, noise, transpose, new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer), [..."RGB"].map((c, i) => (0xff8040 >> (16 - 8 * i)) & 255)];

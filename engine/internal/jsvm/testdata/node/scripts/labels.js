const out = [];
outer: for (let i = 0; i < 4; i++) { for (let j = 0; ; j++) { if (j === 2) continue outer; if (i === 3) break outer; out.push(i * 10 + j); } }
block: { out.push("in"); if (out.length) break block; out.push("never"); }
loop: do { switch (out.length) { case 8: out.push("eight"); case 9: out.push("nine"); break; default: break loop; } } while (true);
const later = []; for (let i = 0; i < 3; i++) later.push(() => i);
const shared = []; for (var v = 0; v < 3; v++) shared.push(() => v);
const end = (() => { try { return "try"; } finally { out.push("finally"); } })();
const over = (() => { for (;;) { try { return "lost"; } finally { break; } } return "kept"; })();
const nested = (() => { try { try { throw 1; } finally { out.push("inner"); } } catch (e) { return "c" + e; } })();
sw: switch (3) { case 1: out.push("no"); case 3: { const x = "scoped"; out.push(x); break sw; } }
for (const k in { a: 1, 2: 1, 1: 1 }) { if (k === "2") continue; out.push(k); }
var hoisted = typeof late; function late() {} 
return [out, later.map((f) => f()), shared.map((f) => f()), end, over, nested, hoisted, void 0, (1, 2), typeof absent, !!document_()]; function document_() { return 0; }

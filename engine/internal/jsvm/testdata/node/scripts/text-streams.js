const bytes = new TextEncoder().encode("naïve — 漢字 😀 end");
const d = new TextDecoder("utf-8"); let out = "";
for (let i = 0; i < bytes.length; i += 3) out += d.decode(bytes.subarray(i, i + 3), { stream: true });
out += d.decode();
const strict = new TextDecoder("utf-8", { fatal: true }); let refused;
try { strict.decode(bytes.subarray(0, 3), { stream: true }); strict.decode(); } catch (e) { refused = e.name; }
const wide = new Uint8Array(new Uint16Array([..."é😀"].flatMap((c) => [...Array(c.length).keys()].map((i) => c.charCodeAt(i)))).buffer);
const le = new TextDecoder("utf-16le"); let second = le.decode(wide.subarray(0, 3), { stream: true }); second += le.decode(wide.subarray(3));
return [out, out.length, [...out].length, refused, second, new TextDecoder().decode(new Uint8Array([0x61, 0xf0, 0x9f, 0x98, 0x62])), d.encoding, d.fatal, d.ignoreBOM, new TextEncoder().encodeInto("漢字", new Uint8Array(4))];

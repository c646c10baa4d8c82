const tag = (s, ...v) => ({ raw: [...s.raw], cooked: [...s], v, same: Object.isFrozen(s) });
const html = (s, ...v) => s.reduce((out, part, i) => out + part + (i < v.length ? String(v[i]).replace(/</g, "&lt;") : ""), "");
const o = { name: "n", tag(s) { return this.name + s[0]; } };
return [tag`a${1}\n${"b"}\u{41}`, tag`\unicode and \xerxes`.cooked, html`<b>${"<i>"}</b>${`${1 + 1}`}`, o.tag`!`, String.raw`C:\new\${1}`, `multi
line`, `${[1, 2]}${{}}${null}`, ((s) => s.raw[0])`\``, (() => (s) => s[0])()`chained`, `\
joined`, `${(() => { try { return `${Symbol("x")}`; } catch (e) { return e.name; } })()}`, new (class { [`k${1}`] = 1 })().k1];

// Where in the plugin's file an error was, read from the stack that the browser made.

// scriptName is how the browser calls a script of the plugin.
export const scriptName = (n) => `imjoy-script-${n}.js`;

// place is where a line and column of a script are in the file. scripts are those of the
// host's order: their text, and for each line its line and column in the file. Of one that
// was rewritten it is where these words come from.
export function place(scripts, block, ranLine, ranColumn) {
  const script = scripts[block] || {};
  const { content, places } = script;
  const [line, column] = script.maps ? written(script, ranLine, ranColumn) : [ranLine, ranColumn];
  if (!places || line < 1 || 2 * line > places.length) return null;
  const before = content.split("\n")[line - 1].slice(0, Math.max(column - 1, 0));
  return { line: places[2 * line - 2], column: places[2 * line - 1] + [...before].length, block };
}

// written finds a place of a script's code in its text, by its source map; line 0 is nowhere.
function written({ maps, source }, line, column) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const at = [0, 0, 0, 0]; // column of the code; source, line and column of the text
  let found = [0, 0];
  for (const [i, ran] of maps.split(";").entries()) {
    at[0] = 0;
    for (const segment of ran ? ran.split(",") : []) {
      let field = 0, value = 0, shift = 0;
      for (const c of segment) {
        const digit = digits.indexOf(c);
        value |= (digit & 31) << shift;
        shift += 5;
        if (digit & 32) continue;
        if (field < 4) at[field] += value & 1 ? -(value >> 1) : value >> 1;
        field++;
        value = shift = 0;
      }
      if (i + 1 !== line || at[0] >= column || field < 4) continue;
      found = at[1] === source ? [at[2] + 1, at[3] + 1] : [0, 0];
    }
    if (i + 1 === line) break;
  }
  return found;
}

// refused is the error of a script that cannot be made into one that runs here.
export function refused(scripts, block, { name, message, line, column }) {
  const located = line ? place([{ ...scripts[block], maps: "" }], 0, line, column) : null;
  return Object.assign(new Error(message), { name, located: located && { ...located, block, function: "" } });
}

const MAX_STACK = 50;

// placesOf reads a stack, innermost first: frames of the plugin's scripts, and of scripts
// that it loaded, without those of the library between.
export function placesOf(stack, scripts, remote) {
  const out = [];
  for (const line of String(stack || "").split("\n")) {
    const name = /^\s*at (?:async )?(?:new )?(.+?) \(/.exec(line) || /^(.*?)@/.exec(line) || ["", ""];
    const found = name[1] === "eval" ? "" : name[1].replace(/^Object\./, "");
    const own = /imjoy-script-(\d+)\.js:(\d+):(\d+)/.exec(line);
    const other = /\/remote\/(https?)\/(\S+?):(\d+):(\d+)\)?$/.exec(line);
    if (own) {
      const at = place(scripts, +own[1], +own[2], +own[3]);
      if (at) out.push({ ...at, function: found });
    } else if (other && remote) {
      out.push({ line: +other[3], column: +other[4], function: found, block: 0, file: `${other[1]}://${other[2]}` });
    }
    if (out.length === MAX_STACK) break;
  }
  return out;
}

// excerpt shows the line of the file where an error was, with the one before.
export function excerpt(at, scripts, file) {
  const { content, places } = scripts[at.block];
  const lines = content.split("\n");
  const index = lines.findIndex((_, i) => places[2 * i] === at.line);
  if (index < 0) return "";
  const width = String(at.line).length;
  const number = (n) => String(n).padStart(width);
  const shown = [`${file}:${at.line}:${at.column}`];
  if (index > 0) shown.push(`${number(at.line - 1)} | ${lines[index - 1]}`);
  shown.push(`${number(at.line)} | ${lines[index]}`);
  const before = [...lines[index]].slice(0, at.column - places[2 * index + 1]).join("").replace(/[^\t]/g, " ");
  shown.push(`${" ".repeat(width)} | ${before}^`);
  return shown.join("\n");
}

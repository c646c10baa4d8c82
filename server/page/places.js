// Where in the plugin's file an error was, read from the stack that the browser made.

// scriptName is how the browser calls a script of the plugin.
export const scriptName = (n) => `imjoy-script-${n}.js`;

// place is where a line and column of a script are in the file. scripts are those of the
// host's order: their text, and for each line its line and column in the file.
export function place(scripts, block, line, column) {
  const { content, places } = scripts[block] || {};
  if (!places || line < 1 || 2 * line > places.length) return null;
  const before = content.split("\n")[line - 1].slice(0, Math.max(column - 1, 0));
  return { line: places[2 * line - 2], column: places[2 * line - 1] + [...before].length, block };
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

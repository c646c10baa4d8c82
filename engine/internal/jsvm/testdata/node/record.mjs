// Records what node answers to the expressions of *.js.txt, one a line, into *.json, and
// to the bodies of functions in scripts/, one a file, into scripts.json:
//
//     node record.mjs
//
// The test of the package asks the same of a plugin. Empty lines and lines that begin with
// "//" are skipped.
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const here = path.dirname(new URL(import.meta.url).pathname);
vm.runInThisContext(fs.readFileSync(path.join(here, "show.js"), "utf8"));
for (const name of fs.readdirSync(here).filter((n) => n.endsWith(".js.txt"))) {
  const answers = {};
  for (const line of fs.readFileSync(path.join(here, name), "utf8").split("\n")) {
    if (!line.trim() || line.startsWith("//")) continue;
    answers[line] = await answer(line);
  }
  fs.writeFileSync(path.join(here, name.replace(".js.txt", ".json")), JSON.stringify(answers, null, 1) + "\n");
  console.log(name, Object.keys(answers).length);
}

const bodies = {};
for (const name of fs.readdirSync(path.join(here, "scripts"))) bodies[name] = await answer(fs.readFileSync(path.join(here, "scripts", name), "utf8"));
fs.writeFileSync(path.join(here, "scripts.json"), JSON.stringify(bodies, null, 1) + "\n");
console.log("scripts", Object.keys(bodies).length);

async function answer(body) {
  try {
    const f = vm.runInThisContext("(async function () {" + (/\breturn\b/.test(body) ? body : "return (" + body + "\n)") + "\n})");
    return show(await f());
  } catch (e) {
    return "throws " + (e && e.name);
  }
}

// Records what node answers to the expressions of *.js.txt, one a line, into *.json:
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

async function answer(line) {
  try {
    const f = vm.runInThisContext("(async () => {" + (/\breturn\b/.test(line) ? line : "return (" + line + "\n)") + "})");
    return show(await f());
  } catch (e) {
    return "throws " + (e && e.name);
  }
}

// The peer: what somebody gets who checks plugins with the parts ImJoy itself has. It
// splits each file with ImJoy's parser, reads the config, and validates it by a compiled
// schema; with "syntax" it also compiles each JavaScript.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import Ajv from "ajv";
import { parseComponent } from "./parser.mjs";

const [folder, syntax] = process.argv.slice(2);
const validate = new Ajv({ allErrors: true, schemaId: "auto", unknownFormats: "ignore", logger: false })
  .compile(JSON.parse(readFileSync("config.schema.json", "utf8")));
let files = 0, faults = 0;
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith(".imjoy.html") || name.includes("node_modules")) continue;
  files++;
  const blocks = parseComponent(readFileSync(join(folder, name), "utf8"));
  try {
    if (!validate(JSON.parse(blocks.config[0].content))) faults += validate.errors.length;
  } catch { faults++; }
  if (!syntax) continue;
  for (const script of blocks.script) {
    if (script.attrs.lang !== "javascript" || script.attrs.type === "module") continue;
    try { new vm.Script(script.content); } catch { faults++; }
  }
}
console.log(`${files} files, ${faults} faults`);

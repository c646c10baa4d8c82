// The plugin of examples/hello in node, as a person would run it without imjoy: the peer of
// `imjoy run examples/hello.imjoy.html`.
import fs from "node:fs";
import vm from "node:vm";

const text = fs.readFileSync(process.argv[2], "utf8");
const script = /<script[^>]*>([^]*?)<\/script>/.exec(text)[1];
let exported;
const api = new Proxy({ export: (o) => (exported = o) }, { get: (t, k) => t[k] || (async () => null) });
vm.runInNewContext(script, { api, console });
if (exported.setup) await exported.setup();
console.log(JSON.stringify(await exported.run({ config: {}, data: {} })));

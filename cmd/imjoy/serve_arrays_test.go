package main

import (
	"os/exec"
	"strconv"
	"testing"
)

// tensorFlow is what TensorFlow.js does with arrays of a type, and with others.
const tensorFlow = `
class Tensor { constructor(data, shape, dtype) { Object.assign(this, {data, shape, dtype}) } dataSync() { return this.data } }
window.tf = {Tensor, tensor(data, shape, dtype) {
  if (!["float32", "int32", "bool"].includes(dtype)) throw new Error("Unknown dtype " + dtype);
  return new Tensor(data, shape, dtype);
}};
`

// Arrays of every type reach a window, also one with TensorFlow.js: with the same numbers,
// or as an error that says what to do.
func TestArraysOfAllTypesReachWindows(t *testing.T) {
	needsLong(t)
	if out, err := exec.Command("python3", "-c", "import numpy").CombinedOutput(); err != nil {
		t.Skipf("python3 with numpy is not here: %s", out)
	}
	window := func(name, script string) string {
		return `<config lang="json">
{"name": "` + name + `", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">` + script + `
const kind = (v) => v === null ? "null" : v.constructor.name;
const told = (v) => kind(v) + " " + (v.dtype || v._rdtype) + " " + (v.shape || v._rshape || v.length) + " " + [...(v.data || v._rvalue && new Uint8Array(v._rvalue) || v)].join(" ");
api.export({setup() {}, async show(v) { return told(v) },
  async ask(kind) { const made = await api.getPlugin("Arrays"); return told(await made.array(kind)) },
  async run() { return "ran" }});
</script>
`
	}
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"plain.imjoy.html":  window("Plain", ""),
		"tensor.imjoy.html": window("Tensors", tensorFlow),
		"nj.imjoy.html":     window("NumJs", `window.nj = {array(data, dtype) { return {data, dtype, reshape(shape) { return {data, dtype, shape} }} }};`),
		"arrays.imjoy.html": `<config lang="json">
{"name": "Arrays", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="python">
import numpy as np
def array(kind):
    name, _, how = kind.partition(" ")
    values = {"": [0, 1], "large": [0, 2**40], "exact": [0.5, float("nan")], "third": [1 / 3, 2.0], "many": [3000000000, 1]}[how]
    return np.array(values).astype(name)
class Arrays:
    array = staticmethod(array)
    async def run(self, ctx):
        out = {}
        for name in ["Plain", "Tensors", "NumJs"]:
            w = await api.createWindow({"type": name, "name": name})
            for kind in ["bool", "uint8", "int8", "uint16", "int16", "int32", "uint32", "float32", "float64", "float64 exact", "float64 third", "int64", "int64 large", "uint32 many", "uint64", "float16"]:
                said = []
                for way in ["show", "ask"]:
                    try:
                        said.append(await (w.show([{"in": array(kind)}["in"]][0]) if way == "show" else w.ask(kind)))
                    except Exception as e:
                        said.append("error: " + str(e))
                out[name + " " + kind] = said[0] if said[0] == said[1] else said
        return "\n".join("%s: %s" % (k, out[k]) for k in out)
api.export(Arrays())
</script>
`,
	}), "."))
	openPlugin(t, tab, "Arrays")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run:not(.working)")?.innerText.includes("NumJs float16:")`)
	const change = "would change its numbers as a tensor: TensorFlow.js has float32, int32 and bool. Send it as one of these, x.astype("
	for _, want := range []string{
		"Plain bool: Object bool 2 0 1", "Plain int64: Object int64 2 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0",
		"Tensors bool: Tensor bool 2 0 1", "Tensors uint8: Tensor int32 2 0 1", "Tensors int8: Tensor int32 2 0 1", "Tensors uint16: Tensor int32 2 0 1",
		"Tensors int16: Tensor int32 2 0 1", "Tensors int32: Tensor int32 2 0 1", "Tensors uint32: Tensor int32 2 0 1", "Tensors float32: Tensor float32 2 0 1",
		"Tensors float64: Tensor float32 2 0 1", "Tensors float64 exact: Tensor float32 2 0.5 NaN",
		"Tensors int64: Tensor int32 2 0 1", "Tensors uint64: Tensor int32 2 0 1",
		"NumJs bool: Object uint8 2 0 1", "NumJs uint8: Object uint8 2 0 1", "NumJs float64 third: Object float64 2 0.3333333333333333 2",
	} {
		until(t, tab, "document.querySelector('.run').innerText.split('\\n').includes("+strconv.Quote(want)+")")
	}
	for _, want := range []string{
		"Tensors float64 third: error: an array of float64 " + change + `"float32")`, "Tensors int64 large: error: an array of int64 " + change + `"int32")`,
		"Tensors uint32 many: error: an array of uint32 " + change + `"int32")`,
		"Tensors float16: error: an array of float16 cannot be read in a page", "NumJs float16: error: an array of float16 cannot be read in a page",
	} {
		until(t, tab, "document.querySelector('.run').innerText.includes("+strconv.Quote(want)+")")
	}
}

// Calls that a window makes one after the other without waiting arrive like that, whatever
// they carry.
func TestWindowsCallInOrder(t *testing.T) {
	needsLong(t)
	tab := browse(t, serve(t, servedFolder(t, map[string]string{
		"calls.imjoy.html": `<config lang="json">
{"name": "Calls", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<window><div>x</div></window>
<script lang="javascript">
api.export({setup() {}, async run() {
  const list = await api.getPlugin("List");
  const large = new Blob([new Uint8Array(1 << 18)]);
  for (let i = 0; i < 30; i += 3) {
    list.add(i, {a: {b: {c: [{d: [i]}]}}});
    list.add(i + 1, large);
    list.add(i + 2);
  }
  return (await list.all()).join(",");
}});
</script>
`,
		"list.imjoy.html": `<config lang="json">
{"name": "List", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}
</config>
<script lang="javascript">
const heard = [];
api.export({setup() {}, add(i) { heard.push(i) }, all() { return heard }});
</script>
`,
	}), "."))
	openPlugin(t, tab, "Calls")
	do(t, tab, press)
	until(t, tab, `document.querySelector(".run")?.innerText.includes("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29")`)
}

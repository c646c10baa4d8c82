package pyproc

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// The shim reads and writes the vectors that the Go side reads and writes. The
// script prints one line per complaint.
const vectorScript = `
import json, sys
sys.path.insert(0, sys.argv[1])
import types
package = types.ModuleType("_imjoy"); package.__path__ = [sys.argv[1]]; sys.modules["_imjoy"] = package
from _imjoy import values
import_numpy = sys.argv[3] == "numpy"
if not import_numpy:
    values.numpy.missing = True

class Given:
    def bind(self, ref): self.ref = ref
    def __call__(self): pass

def decode(wire, buffers):
    text = json.dumps({"functions": [], "result": wire})
    return values.Decoder(Given).header(text, [bytearray.fromhex(b) for b in buffers])["result"]

def encode(v):
    e = values.Encoder()
    return json.loads(e.text(v)), [bytes(memoryview(b).cast("B") if memoryview(b).nbytes else b"").hex() for b in e.buffers]

def same(a, b):
    if isinstance(a, dict) and a.get("_rtype") == "set" == b.get("_rtype"):
        return sorted(map(repr, a["_rvalue"])) == sorted(map(repr, b["_rvalue"]))
    return a == b and json.dumps(a) == json.dumps(b) if not isinstance(a, dict) else a == b

count = 0
for v in json.load(open(sys.argv[2] + "/values.json", encoding="utf-8")):
    wire, buffers = v["wire"], v.get("buffers", [])
    try:
        value = decode(wire, buffers)
        got, gave = encode(value)
    except Exception as e:
        print("%s: %s: %s" % (v["name"], type(e).__name__, e)); continue
    count += 1
    if v.get("decode_only"):
        continue
    if isinstance(wire, dict) and wire.get("_rtype") == "typedarray":
        # Python has no typed arrays: they come back with a shape.
        wire = dict(wire, _rtype="ndarray", _rshape=[len(bytes.fromhex(buffers[0])) // values.DTYPES[wire["_rdtype"]][1]])
    if isinstance(wire, dict) and wire.get("_rtype") == "number" and wire["_rvalue"] == "-0":
        wire = -0.0
    if isinstance(wire, dict) and wire.get("_rtype") == "interface":
        wire = dict(wire, _rid=got.get("_rid") if wire["_rid"] == "" else wire["_rid"])
    if not same(got, wire) or gave != buffers:
        print("%s: %s %s, want %s %s" % (v["name"], got, gave, wire, buffers))
for v in json.load(open(sys.argv[2] + "/malformed.json", encoding="utf-8")):
    try:
        value = decode(v["wire"], v.get("buffers", []))
    except (ValueError, TypeError):
        count += 1
    else:
        print("%s: accepted as %r" % (v["name"], value))
print("checked" if count > 40 else "too few vectors: %d" % count)
`

func TestValueVectors(t *testing.T) {
	run := func(t *testing.T, python, numpy string) {
		t.Helper()
		cmd := exec.Command(python, "-I", "-B", "-c", vectorScript, "shim", "../../testdata/wire", numpy)
		out, err := cmd.CombinedOutput()
		if err != nil || string(bytes.TrimSpace(out)) != "checked" {
			t.Errorf("%v\n%s", err, out)
		}
	}
	onPython(t, func(t *testing.T, python string) { run(t, python, "without") })
	t.Run("numpy", func(t *testing.T) { run(t, numpyPython(t), "numpy") })
}

func TestFrameVectorsAreReadAlike(t *testing.T) {
	const script = `
import json, sys, io, types, threading, os, socket
package = types.ModuleType("_imjoy"); package.__path__ = [sys.argv[1]]; sys.modules["_imjoy"] = package
from _imjoy import peer, reading
for v in json.load(open(sys.argv[2] + "/frames.json", encoding="utf-8")):
    p = peer.Peer.__new__(peer.Peer)
    ours, theirs = socket.socketpair()
    p.input = reading.Input(theirs.detach())
    ours.sendall(bytes.fromhex(v["bytes"]))
    ours.close()
    try:
        header, buffers = p.frame()
        header = json.loads(header)
    except EOFError:
        header, buffers = None, []
    if header != v.get("header"):
        print(v["name"], header)
    elif header is not None and [bytes(b).hex() for b in buffers] != v.get("buffers", []):
        print(v["name"], buffers)
print("checked")
`
	onPython(t, func(t *testing.T, python string) {
		cmd := exec.Command(python, "-I", "-B", "-c", script, "shim", "../../testdata/wire")
		out, err := cmd.CombinedOutput()
		if err != nil || string(bytes.TrimSpace(out)) != "checked" {
			t.Errorf("%v\n%s", err, out)
		}
	})
	if text, err := os.ReadFile("../../testdata/wire/frames.json"); err != nil || !json.Valid(text) {
		t.Fatal("the vectors are not there:", err)
	}
}

package pyproc

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// A plugin that tells how often it had to ask for memory, which is how often data was
// copied into it.
const arrays = `
import numpy
from imjoy import api
kept = []
def keep(x): kept.append(x); return x
def change(): kept[0][:] = 9
def first(): return int(kept[0].flat[0])
async def later(x): return x
def inplace(x):
    x += 1
    return x
class Ctx:
    def run(self, ctx): return {"data": ctx.data[1:3, ::1], "name": "rows"}
api.export({
    "echo": lambda x: x, "later": later, "keep": keep, "change": change, "first": first, "new": lambda x: x + 1, "inplace": inplace,
    "rows": Ctx().run, "twice": lambda x: [x, x[1:]], "columns": lambda x: x[:, 1], "raw": lambda x: x.tobytes(),
    "asked": lambda: api._peer.memory.requests, "pieces": lambda: len(api._peer.memory.segments),
})`

func TestArraysLieInSharedMemory(t *testing.T) {
	h := plugin(t, numpyPython(t), arrays)
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i % 251 % 16 << 2)
	}
	a, err := ndarray.Wrap(ndarray.Uint8, []int{1024, 1024}, data)
	if err != nil {
		t.Fatal(err)
	}
	plus := bytes.Clone(data)
	for i := range plus {
		plus[i]++
	}
	columns := make([]byte, 1024)
	for i := range columns {
		columns[i] = data[1024*i+1]
	}
	asked := 0.0
	for _, test := range []struct {
		method string
		copies float64 // into shared memory, by the plugin
		want   []byte
	}{
		{"echo", 0, data},
		{"later", 0, data},
		{"inplace", 0, plus},
		{"new", 1, plus},
		{"keep", 1, data},
		{"columns", 0, columns}, // small: it goes as bytes
	} {
		got := h.call(t, test.method, a).(*ndarray.Array)
		if !bytes.Equal(got.Data, test.want) {
			t.Errorf("%s: wrong bytes", test.method)
		}
		now := h.call(t, "asked").(float64)
		if now-asked != test.copies {
			t.Errorf("%s: %v copies, want %v", test.method, now-asked, test.copies)
		}
		asked = now
	}
	if got := h.call(t, "raw", a).([]byte); !bytes.Equal(got, data) {
		t.Error("raw: wrong bytes")
	}
	two := h.call(t, "twice", a).([]any)
	if !bytes.Equal(two[0].(*ndarray.Array).Data, data) || !bytes.Equal(two[1].(*ndarray.Array).Data, data[1024:]) {
		t.Error("twice: wrong bytes")
	}
	// What the plugin kept is its own, and what it sent is the caller's.
	got := h.call(t, "keep", a).(*ndarray.Array)
	h.call(t, "change")
	if !bytes.Equal(got.Data, data) || !bytes.Equal(a.Data, data) || h.call(t, "first") != 9.0 {
		t.Error("the caller's array and the plugin's are the same")
	}
}

// A thousand arrays do not take memory a thousand times.
func TestSharedMemoryIsReused(t *testing.T) {
	t.Parallel()
	h := plugin(t, numpyPython(t), arrays)
	a, err := ndarray.Wrap(ndarray.Float32, []int{512, 512}, make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		h.call(t, []string{"echo", "new", "later"}[i%3], a)
		runtime.GC()
	}
	if n := h.call(t, "pieces").(float64); n > 8 {
		t.Errorf("100 calls took %v pieces", n)
	}
}

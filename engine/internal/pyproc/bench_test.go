package pyproc

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

func benchCall(b *testing.B, h *host, method string, args ...value.Value) {
	b.Helper()
	payload, err := wire.Encode(args...)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	fastest := time.Hour // what a busy machine does not blur
	for b.Loop() {
		begin := time.Now()
		if _, err := h.Peer.Call(context.Background(), "plugin."+method, payload); err != nil {
			b.Fatal(err)
		}
		fastest = min(fastest, time.Since(begin))
	}
	b.ReportMetric(float64(fastest.Nanoseconds()), "fastest-ns")
}

// A small call there and back; "async" goes through asyncio's loop.
func BenchmarkCall(b *testing.B) {
	for _, i := range pythons() {
		b.Run(fmt.Sprintf("sync/3.%d", i.Minor), func(b *testing.B) {
			benchCall(b, plugin(b, i.Path, "def echo(x): return x\napi.export({'echo': echo})"), "echo", 1)
		})
		b.Run(fmt.Sprintf("async/3.%d", i.Minor), func(b *testing.B) {
			benchCall(b, plugin(b, i.Path, "async def echo(x): return x\napi.export({'echo': echo})"), "echo", 1)
		})
	}
}

// 64 MiB to the child and back, beside one copy of it in memory.
func BenchmarkArray64MiB(b *testing.B) {
	const size = 64 << 20
	a, err := ndarray.Wrap(ndarray.Float32, []int{4096, 4096}, make([]byte, size))
	if err != nil {
		b.Fatal(err)
	}
	for _, method := range []string{"there", "echo", "twice"} {
		b.Run(method, func(b *testing.B) {
			h := plugin(b, numpyPython(b), "import numpy\nfrom imjoy import api\ndef echo(x): return x\ndef there(x): return x.shape[0]\ndef twice(x): return numpy.add(x, x)\napi.export({'echo': echo, 'there': there, 'twice': twice})")
			b.SetBytes(size)
			benchCall(b, h, method, a)
		})
	}
	b.Run("memcpy", func(b *testing.B) {
		dst := make([]byte, size)
		b.SetBytes(size)
		fastest := time.Hour
		for b.Loop() {
			begin := time.Now()
			copy(dst, a.Data)
			fastest = min(fastest, time.Since(begin))
		}
		b.ReportMetric(float64(fastest.Nanoseconds()), "fastest-ns")
	})
}

// From nothing to an exported function that was called.
func BenchmarkStart(b *testing.B) {
	for name, script := range map[string]string{
		"sync":    "def run(ctx): return 1\napi.export({'run': run})",
		"asyncio": "async def run(ctx): return 1\napi.export({'run': run})",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				h := plugin(b, pythons()[len(pythons())-1].Path, script)
				h.call(b, "run", nil)
				h.process.Kill()
			}
		})
	}
	b.Run("python alone", func(b *testing.B) {
		for b.Loop() {
			c, err := confine.Start(context.Background(), confine.Command{Path: pythons()[len(pythons())-1].Path, Args: []string{"-I", "-B", "-c", "pass"}}, confine.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			c.Wait()
		}
	})
}

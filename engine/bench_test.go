package engine_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

// How to read them: bench/engine/README.md.

func benchmarked(b *testing.B, run func(b *testing.B, rt engine.Runtime, text string)) {
	const script = "api.export({echo: x => x, size: a => a.length})"
	for name, rt := range runtimes() {
		b.Run(name, func(b *testing.B) { run(b, rt, js(script)) })
	}
	b.Run("python", func(b *testing.B) {
		run(b, pythonRuntime(b), plugin("native-python", "python", "\napi.export({'echo': lambda x: x, 'size': lambda a: a.nbytes if hasattr(a, 'nbytes') else 0})\n"))
	})
}

// fastest also reports the fastest round, which a busy machine does not blur.
func fastest(b *testing.B, round func()) {
	best := time.Hour
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		round()
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(best.Nanoseconds())/1000, "fastest-µs")
}

func BenchmarkOpen(b *testing.B) {
	benchmarked(b, func(b *testing.B, rt engine.Runtime, text string) {
		plan := planOf(b, text)
		fastest(b, func() {
			p, err := engine.Open(context.Background(), plan, engine.Options{Runtimes: []engine.Runtime{rt}})
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	})
	// What a worker cannot go below: this program started as one, and its end.
	b.Run("program alone", func(b *testing.B) {
		fastest(b, func() { _ = exec.Command(os.Args[0], "__worker").Run() })
	})
}

func BenchmarkCall(b *testing.B) {
	benchmarked(b, func(b *testing.B, rt engine.Runtime, text string) {
		p := mustOpen(b, text, engine.Options{Runtimes: []engine.Runtime{rt}})
		fastest(b, func() {
			if _, err := p.Call(context.Background(), "echo", 1.0); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// There ("size"), and there and back ("echo"), beside one copy in memory.
func BenchmarkArrayOf64MiB(b *testing.B) {
	a, err := ndarray.New(ndarray.Float32, 16<<20)
	if err != nil {
		b.Fatal(err)
	}
	a.Typed = true
	for _, method := range []string{"size", "echo"} {
		b.Run(method, func(b *testing.B) {
			benchmarked(b, func(b *testing.B, rt engine.Runtime, text string) {
				p := mustOpen(b, text, engine.Options{Runtimes: []engine.Runtime{rt}})
				b.SetBytes(int64(len(a.Data)))
				fastest(b, func() {
					if _, err := p.Call(context.Background(), method, a); err != nil {
						var ended *engine.Ended
						if errors.As(err, &ended) {
							b.Log(ended.Tail)
						}
						b.Fatal(err)
					}
				})
			})
		})
	}
	b.Run("memcpy", func(b *testing.B) {
		dst := make([]byte, len(a.Data))
		b.SetBytes(int64(len(a.Data)))
		fastest(b, func() { copy(dst, a.Data) })
	})
}

package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
)

func benchmarked(b *testing.B, run func(b *testing.B, rt engine.Runtime, text string)) {
	const script = "api.export({echo: x => x, size: a => a.length})"
	for name, rt := range runtimes() {
		b.Run(name, func(b *testing.B) { run(b, rt, js(script)) })
	}
	b.Run("python", func(b *testing.B) {
		run(b, pythonRuntime(b), plugin("native-python", "python", "\napi.export({'echo': lambda x: x, 'size': lambda a: a.nbytes if hasattr(a, 'nbytes') else 0})\n"))
	})
}

func BenchmarkOpen(b *testing.B) {
	benchmarked(b, func(b *testing.B, rt engine.Runtime, text string) {
		plan := planOf(b, text)
		b.ReportAllocs()
		for b.Loop() {
			p, err := engine.Open(context.Background(), plan, engine.Options{Runtimes: []engine.Runtime{rt}})
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCall(b *testing.B) {
	benchmarked(b, func(b *testing.B, rt engine.Runtime, text string) {
		p := mustOpen(b, text, engine.Options{Runtimes: []engine.Runtime{rt}})
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Call(context.Background(), "echo", 1.0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

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
				for b.Loop() {
					if _, err := p.Call(context.Background(), method, a); err != nil {
						var ended *engine.Ended
						if errors.As(err, &ended) {
							b.Log(ended.Tail)
						}
						b.Fatal(err)
					}
				}
			})
		})
	}
}

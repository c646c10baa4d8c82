package jsvm

import (
	"strings"
	"testing"
)

// longScript has 140 functions, 12 kB: longer than most plugins.
func longScript(newer bool) string {
	text := strings.Repeat("function f(a, b) { const o = {a, b: [b]}; return o.a > 1 ? o.b.map(x => x * 2) : null }\n", 140)
	if newer {
		text += "async function* g() { yield 1 }\n"
	}
	return text
}

func TestCompiledOncePerContent(t *testing.T) {
	first, err := compileText("a.js", longScript(true), false)
	if err != nil || first.lowered == nil {
		t.Fatal("it must be lowered", err)
	}
	again, _ := compileText("a.js", longScript(true), false)
	other, _ := compileText("b.js", longScript(true), false)
	if again != first || other == first {
		t.Error("a program belongs to its content and name")
	}
	full := &programCache{known: map[[32]byte]*code{}}
	full.put([32]byte{1}, first, maxCachedText)
	full.put([32]byte{2}, first, 1)
	if _, ok := full.get([32]byte{1}); ok {
		t.Error("a full cache must forget")
	}
	if _, ok := full.get([32]byte{2}); !ok {
		t.Error("what filled it must stay")
	}
}

// What the cache saves: a miss, a miss that esbuild must rewrite, a hit.
func BenchmarkCompile(b *testing.B) {
	for _, c := range []struct {
		name  string
		newer bool
		hit   bool
	}{{"miss", false, false}, {"miss, rewritten", true, false}, {"hit", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			text := longScript(c.newer)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if !c.hit {
					programs = &programCache{known: map[[32]byte]*code{}}
				}
				if _, err := compileText("a.js", text, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

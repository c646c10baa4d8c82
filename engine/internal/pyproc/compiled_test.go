package pyproc

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// The second start uses what was compiled at the first; a file that is not what was
// written is not run.
func TestShimIsCompiledOnce(t *testing.T) {
	onPython(t, func(t *testing.T, python string) {
		cache := filepath.Join(t.TempDir(), "cache")
		hello := func() {
			t.Helper()
			h := &host{}
			p, err := Start(t.Context(), Options{Python: python, Cache: cache, Log: h.log})
			if err != nil {
				t.Fatal(err)
			}
			h.process, h.Peer = p, wire.NewPeer(p, h)
			defer p.Kill()
			if _, err := h.begin(t, "<script>\napi.export({'run': lambda ctx: 7})\n</script>"); err != nil {
				t.Fatal(err)
			}
			if v := h.call(t, "run", nil); v != 7.0 {
				t.Error(v)
			}
		}
		hello()
		file, ok := compiledFile(python, cache)
		until := func(done func() bool) { // it is compiled beside the plugin's work
			for range 1000 {
				if done() {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
		until(func() bool { return compiled(python, cache) != nil })
		code, err := os.ReadFile(file)
		if !ok || err != nil || compiled(python, cache) == nil {
			t.Fatal("nothing was compiled", err)
		}
		hello()
		code[len(code)-1]++
		if err := os.WriteFile(file, code, 0o600); err != nil {
			t.Fatal(err)
		}
		if compiled(python, cache) != nil {
			t.Error("a changed file is used")
		}
		hello()
		if until(func() bool { return compiled(python, cache) != nil }); compiled(python, cache) == nil {
			t.Error("a changed file is not compiled anew")
		}
	})
}

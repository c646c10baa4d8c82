package pyproc

import (
	"context"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// TestWhoReads: the main thread reads, hands reading on when it is busy, and takes it back;
// whoever it is, every call is answered and nothing waits for long.
func TestWhoReads(t *testing.T) {
	onPython(t, func(t *testing.T, python string) {
		h := plugin(t, python, `
import threading, time
said = []
def echo(x): return x
def busy(): # whole numbers hold the interpreter, so that only its own rules let others in
    end = time.monotonic() + 10
    answer = api.echo("while it is busy")
    while time.monotonic() < end and not answer.done(): pass
    return answer.done()
def later(): # a thread that speaks when the main thread has nothing to do
    threading.Timer(0.05, lambda: api.echo("late").then(said.append)).start()
def heard(): return said
def nested(n): return n if n == 0 else api.again(n - 1).result() + 1
api.export({"echo": echo, "busy": busy, "later": later, "heard": heard, "nested": nested})`)
		h.api["api.again"] = func(ctx context.Context, args []value.Value) (value.Value, error) {
			payload, err := wire.Encode(args...)
			if err != nil {
				return nil, err
			}
			result, err := h.Peer.Call(ctx, "plugin.nested", payload)
			if err != nil {
				return nil, err
			}
			return result.Result()
		}
		for round := range 3 {
			if got := h.call(t, "echo", float64(round)); got != float64(round) {
				t.Errorf("echo %v", got)
			}
			if got := h.call(t, "busy"); got != true {
				t.Error("no answer arrives while the main thread is busy")
			}
			if got := h.call(t, "nested", 20.0); got != 20.0 {
				t.Errorf("nested: %v", got)
			}
			h.call(t, "later")
			time.Sleep(400 * time.Millisecond) // nobody looks any more
		}
		if got := text(t, h.call(t, "heard")); got != `["late","late","late"]` {
			t.Errorf("heard %s", got)
		}
	})
}

package jsvm

import (
	"context"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// faulty is a host with a fault of its own.
type faulty struct{ *recorder }

func (faulty) Begin(context.Context, string, []value.Value) func() (value.Value, error) {
	var list []int
	return func() (value.Value, error) { return float64(list[len(list)]), nil }
}

// A fault of this program is an error of that call: a script sees it, and both go on.
func TestOurFaultsEndNothing(t *testing.T) {
	vm, err := New(Options{Host: faulty{&recorder{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close(); <-vm.Done() })
	if err := vm.Start(t.Context(), []Script{script("api.export({run() { try { importScripts('https://a/b.js') } catch (e) { return e.message } }, fine: () => 1})")}); err != nil {
		t.Fatal(err)
	}
	if v, err := vm.Call(t.Context(), "run", nil); err != nil || !strings.Contains(v.(string), "this is a bug in imjoy") {
		t.Errorf("in a function of ours: %v %v", v, err)
	}
	if _, err := vm.wait(t.Context(), "test", func(*waiter) { panic("lost") }); err == nil || !strings.Contains(err.Error(), "this is a bug in imjoy: lost") {
		t.Errorf("beside a script: %v", err)
	}
	if v, err := vm.Call(t.Context(), "fine", nil); err != nil || v != 1.0 {
		t.Errorf("afterwards: %v %v", v, err)
	}
}

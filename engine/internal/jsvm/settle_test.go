package jsvm

import (
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// Whatever a function returns is awaited as JavaScript does it.
func TestSettledResults(t *testing.T) {
	host := &recorder{}
	vm, err := open(t, host, script(`let asked = 0;
class Own extends Promise {}
api.export({
  plain: () => ({then: 1, x: 2}), settled: async () => 3, nested: async () => Promise.resolve({y: 4}), pending: async () => { await null; return 5 },
  thenable: () => ({then(ok) { ok({then: (ok) => ok(6)}) }}), own: () => Own.resolve(7), proxy: () => new Proxy({z: 8}, {}),
  rejected: async () => { throw new RangeError("no") }, thrower: () => ({get then() { asked++; throw new TypeError("then " + asked) }}),
  thenRejects: () => ({then(_, no) { no(new Error("refused")) }}),
})`))
	if err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]string{"plain": `{"then":1,"x":2}`, "settled": "3", "nested": `{"y":4}`, "pending": "5", "thenable": "6", "own": "7", "proxy": `{"z":8}`} {
		got, err := vm.Call(t.Context(), method, nil)
		if text, _ := value.JSON(got); err != nil || string(text) != want {
			t.Errorf("%s: %s, %v; want %s", method, text, err, want)
		}
	}
	for method, want := range map[string]string{"rejected": "RangeError: no", "thrower": "TypeError: then ", "thenRejects": "refused"} {
		if _, err := vm.Call(t.Context(), method, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", method, err, want)
		}
	}
	if vm.Rest(t.Context()); len(host.unhandled) > 0 {
		t.Errorf("reported as unhandled: %v", host.unhandled)
	}
}

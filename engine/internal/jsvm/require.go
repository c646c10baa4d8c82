package jsvm

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// Require runs scripts by their addresses, in order, before the plugin's own. The
// host provides their text as the asset of that address.
func (vm *VM) Require(ctx context.Context, addresses []string) error {
	for _, address := range addresses {
		_, err := vm.wait(ctx, "require", func(w *waiter) { w.answer(nil, vm.load(ctx, address)) })
		if err != nil {
			fault := &wire.Fault{Name: "RequirementError", Message: "the plugin requires " + address + ": " + err.Error()}
			return fault
		}
	}
	return nil
}

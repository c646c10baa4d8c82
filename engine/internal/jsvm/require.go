package jsvm

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// Require runs scripts by their addresses, in order, before the plugin's own. The
// host provides their text as the asset of that address.
func (vm *VM) Require(ctx context.Context, addresses []string) error {
	for _, address := range addresses {
		_, err := vm.wait(ctx, "require", func(w *waiter) { w.answer(nil, vm.load(ctx, address)) })
		if err != nil {
			return &wire.Fault{Name: "RequirementError", Message: "the plugin needs " + address + " before it starts: " + reason(err)}
		}
	}
	return nil
}

// reason is an error without its name: the name of the fault around it counts.
func reason(err error) string {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Message
	}
	return err.Error()
}

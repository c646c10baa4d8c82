package workspace

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// ReadForm reads a ui that a script made, for a dialog or an op: text or a list, as in a
// config. No ui, nil or "", is an empty form.
func ReadForm(ui value.Value) (*form.Form, error) {
	written, err := node(ui)
	if err != nil {
		return nil, fmt.Errorf("read the ui: %w", err)
	}
	f, faults := form.Parse(written)
	for _, d := range faults {
		if d.Severity == source.Error {
			return nil, fmt.Errorf("read the ui: %s", d.Message)
		}
	}
	return f, nil
}

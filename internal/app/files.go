package app

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/findings"
)

// Files is what a plugin can give to a person without a browser: files for the
// folder of --output, and addresses to read. A plugin that asks for files gets those
// that were named in the command.
type Files struct {
	Out    *Output
	Chosen []*value.File
	Say    func(format string, args ...any)
}

var _ engine.Files = (*Files)(nil)

// Export saves a file in the folder. A name that does not do is changed, one that is
// taken gets a number.
func (f *Files) Export(_ context.Context, name string, data []byte) error {
	if f.Out.Folder == "" {
		return errors.New("there is no folder for files: say where with --output FOLDER")
	}
	path, err := f.Out.write(lastName(name), data)
	if err == nil {
		f.Say("saved %s", path)
	}
	return err
}

// Choose answers with the files of the command.
func (f *Files) Choose(context.Context, *value.Object) ([]*value.File, error) {
	return f.Chosen, nil
}

// OpenURL shows the address; nothing is opened by a plugin's word.
func (f *Files) OpenURL(_ context.Context, address string) error {
	f.Say("the plugin asks you to open %s", findings.Clean(address))
	return nil
}

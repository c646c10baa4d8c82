package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// maxKept is how much of a run is kept on disk, in bytes of JSON; of larger ones only
// the line of the history is.
const maxKept = 8 << 20

var errTooLarge = errors.New("the run is too large to be kept")

// keep writes what a run got and answered beside the history, and says whether it did. Of
// a workflow that is too large with the answers of all steps it is the last.
func (h *history) keep(id int64, run *value.Object) bool {
	text, err := keptText(run)
	if err != nil && run.Get("steps") != nil {
		run.Set("steps", nil)
		text, err = keptText(run)
	}
	return err == nil && h.path != "" && replaceFile(h.file(id), text) == nil
}

// kept reads a run again.
func (h *history) kept(id int64) (*value.Object, error) {
	text, err := os.ReadFile(h.file(id))
	if err != nil {
		return nil, fmt.Errorf("what this run got and answered is not kept any more: %w", err)
	}
	v, err := value.FromJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read run %d: %w", id, err)
	}
	run, _ := v.(*value.Object)
	if run == nil {
		return nil, fmt.Errorf("read run %d: it is no object", id)
	}
	return run, nil
}

// forget removes what was kept of a run that leaves the history.
func (h *history) forget(id int64) {
	if h.path != "" && id != 0 {
		_ = os.Remove(h.file(id)) // what stays is only unused
		_ = os.Remove(h.dataFile(id))
	}
}

// keepData writes what a run worked on for the command that repeats it, and returns where;
// "" when it could not.
func (h *history) keepData(id int64, data []byte) string {
	if h.path == "" || replaceFile(h.dataFile(id), data) != nil {
		return ""
	}
	return h.dataFile(id)
}

func (h *history) dataFile(id int64) string {
	return filepath.Join(h.path+".runs", strconv.FormatInt(id, 10)+".data.json")
}

func (h *history) file(id int64) string {
	return filepath.Join(h.path+".runs", strconv.FormatInt(id, 10)+".json")
}

// keptText is JSON that value.FromJSON reads, or an error as soon as it grows too long.
func keptText(v value.Value) ([]byte, error) {
	bytes := func(dst, data []byte) ([]byte, error) {
		if len(data) > maxKept {
			return nil, errTooLarge
		}
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), data), '"'), nil
	}
	e := value.Encoder{
		Bytes: bytes, Limit: maxKept,
		Array:    func(dst []byte, a *ndarray.Array) ([]byte, error) { return bytes(dst, a.Data) },
		Function: func(dst []byte, f *value.Function) ([]byte, error) { return value.AppendString(dst, f.Name), nil },
	}
	text, err := e.Append(nil, v)
	if err == nil && len(text) > maxKept {
		err = errTooLarge
	}
	return text, err
}

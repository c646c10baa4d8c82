package pyproc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/imjoy-tools/imjoy/internal/confine"
)

// Interpreter is a Python that was asked who it is.
type Interpreter struct {
	Path         string // of the program itself, not of a version manager's stand-in
	Major, Minor int
}

// MinVersion is the oldest Python that runs plugins: 3.8.
var MinVersion = [2]int{3, 8}

const whoAreYou = `import sys, json; print(json.dumps([sys.executable, sys.version_info[0], sys.version_info[1]]))`

// Resolve asks an interpreter for its real path and version. A stand-in of pyenv or
// asdf costs tens of milliseconds at each start, so callers resolve once and keep the
// answer. A Python that is too old is an error.
func Resolve(ctx context.Context, python string, env []string) (Interpreter, error) {
	var out bytes.Buffer
	child, err := confine.Start(ctx, confine.Command{
		Path: python, Args: []string{"-I", "-B", "-c", whoAreYou}, Env: env, Stdout: &out,
	}, confine.Limits{})
	if err != nil {
		return Interpreter{}, fmt.Errorf("find python: %w", err)
	}
	if exit := child.Wait(); exit.Code != 0 {
		return Interpreter{}, fmt.Errorf("ask %s for its version: %v: %s", python, exit, bytes.TrimSpace([]byte(child.Tail())))
	}
	var i Interpreter
	if err := json.Unmarshal(out.Bytes(), &[]any{&i.Path, &i.Major, &i.Minor}); err != nil || i.Path == "" {
		return Interpreter{}, fmt.Errorf("ask %s for its version: it says %q", python, out.Bytes())
	}
	if i.Major != MinVersion[0] || i.Minor < MinVersion[1] {
		return Interpreter{}, fmt.Errorf("%s is Python %d.%d; plugins need %d.%d or newer", python, i.Major, i.Minor, MinVersion[0], MinVersion[1])
	}
	return i, nil
}

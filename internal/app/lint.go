package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/lint/analysis"
)

// Limits of the helper that reads Python. It parses what others wrote, and Python's
// parser needs much memory for a hostile text.
const (
	readerMemory = 2 << 30
	readerTime   = 60 * time.Second
	readerOutput = 256 << 20
)

// PythonReader returns what reads Python scripts for lint: a child of the given
// interpreter, which parses and never executes them. An interpreter that cannot be
// started is an error of the first reading. What kept has, which may be nil, is not
// read again.
func (a *App) PythonReader(interpreter string, kept analysis.Kept) analysis.Python {
	return analysis.KeptPython(kept, func(ctx context.Context, program string, input []byte) ([]byte, error) {
		output := &limitedBuffer{limit: readerOutput}
		child, err := confine.Start(ctx, confine.Command{
			Path:  interpreter,
			Args:  []string{"-I", "-S", "-c", program},
			Env:   confine.Environment(a.Env, "", "", "PYTHONDONTWRITEBYTECODE=1"),
			Stdin: bytes.NewReader(input), Stdout: output,
		}, confine.Limits{Memory: readerMemory, CPU: readerTime})
		if err != nil {
			return nil, err
		}
		if exit := child.Wait(); exit.Code != 0 || exit.Err != nil {
			return nil, errors.Join(fmt.Errorf("%s ended with %s: %s", interpreter, exit, lastLine(child.Tail())), exit.Err, ctx.Err())
		}
		return output.Bytes(), nil
	})
}

func lastLine(text string) string {
	lines := bytes.Split(bytes.TrimSpace([]byte(text)), []byte("\n"))
	return string(lines[len(lines)-1])
}

// limitedBuffer refuses more than limit bytes.
type limitedBuffer struct {
	bytes.Buffer
	limit int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, errors.New("the answer is too long")
	}
	return b.Buffer.Write(p)
}

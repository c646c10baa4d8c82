package pyproc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/confine"
)

// compileWithin is how long an interpreter may take to compile the shim.
const compileWithin = 30 * time.Second

// compiler is run by an interpreter that runs nothing of a plugin: what it writes is
// run by plugins later.
const compiler = `
import json, marshal, sys
modules = json.loads(sys.stdin.buffer.read())
code = [[name, compile(text, "<imjoy:%s>" % name, "exec")] for name, text in modules]
sys.stdout.buffer.write(marshal.dumps(code))
`

// compiling keeps starts at the same moment from compiling the same thing.
var compiling sync.Map

// compiled returns the shim as an interpreter compiled it, nil when nobody has done
// that yet: it is done then, for the next start.
func compiled(python, cache string) []byte {
	if cache == "" {
		return nil
	}
	file, ok := compiledFile(python, cache)
	if !ok {
		return nil
	}
	if code, err := os.ReadFile(file); err == nil && len(code) > sha256.Size {
		if sum := sha256.Sum256(code[sha256.Size:]); bytes.Equal(sum[:], code[:sha256.Size]) {
			return code[sha256.Size:]
		}
	}
	if _, busy := compiling.LoadOrStore(file, true); !busy {
		go func() {
			_ = compile(python, file) // starts are slower, and nothing else
			compiling.Delete(file)
		}()
	}
	return nil
}

// compiledFile names the shim of this program for this very interpreter.
func compiledFile(python, cache string) (string, bool) {
	real, err := filepath.EvalSymlinks(python)
	if err != nil {
		return "", false
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", false
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%d\x00", real, info.Size(), info.ModTime().UnixNano())
	h.Write(payload())
	return filepath.Join(cache, "python-"+hex.EncodeToString(h.Sum(nil))[:32]), true
}

// compile lets the interpreter compile the shim, and keeps what it says.
func compile(python, file string) error {
	text, err := json.Marshal(texts())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), compileWithin)
	defer cancel()
	var out bytes.Buffer
	child, err := confine.Start(ctx, confine.Command{
		Path: python, Args: []string{"-I", "-S", "-B", "-c", compiler}, Env: []string{}, Stdin: bytes.NewReader(text), Stdout: &out,
	}, confine.Limits{})
	if err != nil {
		return err
	}
	if exit := child.Wait(); exit.Code != 0 {
		return fmt.Errorf("compile the shim: %v: %s", exit, child.Tail())
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".python-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	sum := sha256.Sum256(out.Bytes())
	_, err = temp.Write(append(sum[:], out.Bytes()...))
	if e := temp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}

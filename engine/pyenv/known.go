package pyenv

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// known is the answer of an interpreter in a file, so that a run need not start Python
// twice. It is worthless when the program, or what it links to, changed.
type known struct {
	file string
	sign string // path, size and time of the program
}

// known returns nil for a program that cannot be told by its file: a script that
// stands in for Python decides anew each time.
func (e *Environments) known(path string) *known {
	real := realPath(path)
	info, err := os.Stat(real)
	if err != nil || isScript(real) {
		return nil
	}
	sign := fmt.Sprintf("%s\n%s\n%d\n%d", path, real, info.Size(), info.ModTime().UnixNano())
	if config, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(path)), "pyvenv.cfg")); err == nil {
		sign += fmt.Sprintf("\n%d", config.ModTime().UnixNano())
	}
	sum := sha256.Sum256([]byte(path))
	return &known{file: filepath.Join(e.o.Dir, ".interpreters", hex.EncodeToString(sum[:8])+".json"), sign: sign}
}

func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 2)
	n, _ := f.Read(head)
	return n < 2 || string(head) == "#!"
}

type keptAnswer struct {
	Sign        string      `json:"sign"`
	Interpreter Interpreter `json:"interpreter"`
}

func (k *known) recall() (Interpreter, bool) {
	text, err := readSmall(k.file)
	var kept keptAnswer
	if err != nil || json.Unmarshal(text, &kept) != nil || kept.Sign != k.sign || !exists(kept.Interpreter.Path) {
		return Interpreter{}, false
	}
	return kept.Interpreter, true
}

// keep is a favour to the next run: it may fail.
func (k *known) keep(i Interpreter) {
	text, err := json.Marshal(keptAnswer{k.sign, i})
	if err == nil && os.MkdirAll(filepath.Dir(k.file), 0o700) == nil {
		_ = writeFile(k.file, text, false)
	}
}

package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// dataText reads --data.
func (a *App) dataText(given Arguments) (value.Value, error) {
	return a.jsonOf("--data", given.Data, given.Stdin, "text needs quotes: '\"text\"'")
}

// ArgumentList reads --args: the arguments of a call as a JSON list.
func (a *App) ArgumentList(text string, stdin io.Reader) ([]value.Value, error) {
	const hint = "a list has brackets: '[1, \"text\"]'"
	v, err := a.jsonOf("--args", text, stdin, hint)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, &ArgumentError{"--args", errors.New("it is no list of arguments"), hint}
	}
	return append([]value.Value{}, list...), nil // none is not nil
}

// jsonOf reads the JSON that a flag gives: itself, @FILE, or - for standard input.
func (a *App) jsonOf(flag, given string, stdin io.Reader, hint string) (value.Value, error) {
	text := []byte(given)
	var err error
	if given == "-" {
		text, err = readAll(stdin, maxDataText)
	} else if path, ok := strings.CutPrefix(given, "@"); ok {
		if text, err = a.readFile(path, maxDataText); err != nil {
			return nil, unreadable(path, err)
		}
	}
	if err != nil {
		return nil, &FileError{Err: fmt.Errorf("read %s: %w", flag, err)}
	}
	v, err := value.FromJSON(text)
	if err != nil {
		return nil, &ArgumentError{flag, err, "give JSON, @FILE with JSON, or - for standard input; " + hint}
	}
	return v, nil
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return data, err
}

func (a *App) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Dir, name)
}

func (a *App) readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(a.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// fullDisk is a stdout that takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestNothingIsLostUnnoticed: what cannot be written is a failure, help and the results of
// tests included.
func TestNothingIsLostUnnoticed(t *testing.T) {
	dir, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, words := range []string{
		"help", "run --help", "--version", "version", "explain api-unknown", "schema config", "plan hello.imjoy.html",
		"run hello.imjoy.html", "test hello.imjoy.html", "new X -o -", "completion fish",
	} {
		t.Run(words, func(t *testing.T) {
			var said bytes.Buffer
			a := &app.App{
				Stdin: strings.NewReader(""), Stdout: fullDisk{}, Stderr: &said, Dir: dir, Now: time.Now,
				Env: func(name string) string { return map[string]string{"IMJOY_HOME": home}[name] },
			}
			if code := run(context.Background(), a, strings.Fields(words)); code == exitFine || strings.Count(said.String(), "no space left") != 1 {
				t.Errorf("exit code %d, said %q", code, said.String())
			}
		})
	}
}

//go:build unix

package app

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

func TestLookingForPython(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	python3, python := write("bin/python3", "\x7fELF"), write("bin/python", "\x7fELF")
	own := write("env/bin/python", "\x7fELF")
	only := write("only/python", "\x7fELF")
	a := &App{Dir: dir, Env: func(string) string { return "" }}
	for _, test := range []struct{ wanted, path, found string }{
		{"", bin, python3},
		{"python", bin, python},
		{"", filepath.Dir(only), only},
		{"env/bin/python", bin, own},
		{own, "", own},
		{"", filepath.Join(dir, "empty"), ""},
		{"python9", bin, ""},
		{"./env/none", bin, ""},
	} {
		t.Setenv("PATH", test.path)
		command, err := a.python(test.wanted)(context.Background(), nil)
		var missing *PythonError
		if command.Python != test.found || (test.found == "") != errors.As(err, &missing) {
			t.Errorf("%q on %s: %q %v, want %q", test.wanted, test.path, command.Python, err, test.found)
		}
	}
}

// A plugin's process sees what it needs to work, and what it declares: no secrets.
func TestPythonSeesAShortEnvironment(t *testing.T) {
	env := map[string]string{"HOME": "/home/a", "LANG": "C.UTF-8", "GH_TOKEN": "secret", "AWS_SECRET_ACCESS_KEY": "secret", "PYTHONPATH": "/evil"}
	a := &App{Env: func(name string) string { return env[name] }}
	got := strings.Join(a.pythonEnv(&requirement.Declaration{Variables: []requirement.Variable{{Name: "THREADS", Value: "2"}}}), "\n")
	for _, want := range []string{"THREADS=2", "LANG=C.UTF-8"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "secret") || strings.Contains(got, "/evil") {
		t.Errorf("it sees %s", got)
	}
}

func TestStandIns(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"script": "#!/bin/sh\n", "program": "\x7fELF", "empty": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		if got, want := standIn(path), name != "program"; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A version is found on PATH without being the name of a program.
func TestPythonOfAVersion(t *testing.T) {
	home := t.TempDir()
	env := map[string]string{"HOME": home, "PATH": os.Getenv("PATH")}
	a := &App{Dir: home, Env: func(name string) string { return env[name] }, Now: time.Now}
	out, err := exec.Command("python3", "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	if err != nil {
		t.Skip("python3 is not installed: ", err)
	}
	version := strings.TrimSpace(string(out))
	command, err := a.python(version)(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err = exec.Command(command.Python, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	if got := strings.TrimSpace(string(out)); got != version || err != nil {
		t.Errorf("%s is %s: %v", command.Python, got, err)
	}
	var missing *PythonError
	if _, err := a.python("3.99")(t.Context(), nil); !errors.As(err, &missing) {
		t.Errorf("3.99: %v", err)
	}
}

package app

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// pyenvTree is a folder as pyenv has it, with two versions.
func pyenvTree(t *testing.T) (root, shim string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("pyenv is for other systems")
	}
	root = t.TempDir()
	for name, text := range map[string]string{
		"shims/python3":               "#!/usr/bin/env bash\nexec pyenv exec python3\n",
		"versions/3.11.7/bin/python3": "\x7fELF one",
		"versions/3.12.1/bin/python3": "\x7fELF another",
		"version":                     "3.11.7\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return root, filepath.Join(root, "shims", "python3")
}

func TestTheInterpreterThatPyenvWouldStart(t *testing.T) {
	root, shim := pyenvTree(t)
	project := t.TempDir()
	below := filepath.Join(project, "a", "b")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, env, local, global, want string }{
		{"its own file", "", "", "3.11.7\n", "3.11.7"},
		{"a folder above", "", "3.12.1\n3.11.7\n", "3.11.7\n", "3.12.1"},
		{"the environment", "3.11.7:3.12.1", "3.12.1\n", "", "3.11.7"},
		{"a version that is not there", "", "3.9.9\n", "3.11.7\n", ""},
		{"that of the system", "system", "", "3.11.7\n", ""},
		{"a comment", "", "# ours\n3.12.1\n", "3.11.7\n", ""},
		{"a path", "../../x", "", "3.11.7\n", ""},
		{"nothing said", "", "", "", ""},
	} {
		write := func(path, text string) {
			_ = os.Remove(path)
			if text != "" {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		write(filepath.Join(project, ".python-version"), test.local)
		write(filepath.Join(root, "version"), test.global)
		a := &App{Dir: below, Env: func(name string) string { return map[string]string{"PYENV_VERSION": test.env}[name] }}
		found, err := a.FindReadingPython(shim)
		if err != nil {
			t.Fatal(err)
		}
		if test.want == "" {
			if found.Path != shim || found.Identity != "" {
				t.Errorf("%s: %+v, not the script of pyenv itself", test.name, found)
			}
			continue
		}
		if want := filepath.Join(root, "versions", test.want, "bin", "python3"); found.Path != want || found.Identity == "" {
			t.Errorf("%s: %+v, want %s", test.name, found, want)
		}
	}
}

// An interpreter that was replaced has another identity; what may be several has none.
func TestIdentityOfAnInterpreter(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "python3.99")
	write := func(path, text string, at time.Time) {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	write(file, "\x7fELF", then)
	first := identity(file)
	if !strings.Contains(first, "python3.99") {
		t.Fatalf("identity %q", first)
	}
	write(file, "\x7fELF", then.Add(time.Nanosecond*1000))
	if second := identity(file); second == first || second == "" {
		t.Errorf("another time: %q", second)
	}
	write(file, "\x7fELF2", then)
	if second := identity(file); second == first || second == "" {
		t.Errorf("another size: %q", second)
	}
	tool := filepath.Join(dir, "mise") // one program behind the names of many
	write(tool, "\x7fELF", then)
	link := filepath.Join(dir, "python3")
	if err := os.Symlink(tool, link); err == nil && identity(link) != "" {
		t.Error("a program that stands in for an interpreter has an identity")
	}
	write(file, "#!/bin/sh\n", then)
	if got := identity(file); got != "" {
		t.Errorf("a script has the identity %q", got)
	}
}

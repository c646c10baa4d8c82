//go:build unix

package pyenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// interpreter writes a program that answers as a Python of some version would.
func (w *world) interpreter(path, version string) string {
	w.t.Helper()
	path = filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\necho '{\"path\": %q, \"version\": %q, \"platform\": \"linux-x86_64\"}'\n", path, version)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func TestChoosingAPython(t *testing.T) {
	w := newWorld(t)
	w.link("sh")
	for path, version := range map[string]string{
		"bin/python3": "3.11.2", "bin/python3.9": "3.9.1", "bin/python3.13": "3.13.0", "home/.pyenv/versions/3.6.15/bin/python": "3.6.15",
		"home/.pyenv/versions/3.12.1/bin/python": "3.12.1", "home/.local/share/uv/python/cpython-3.10/bin/python3": "3.10.4", "own/bin/python": "3.8.1", "old/python": "3.7.1",
	} {
		w.interpreter(path, version)
	}
	if err := os.WriteFile(filepath.Join(w.vars["PATH"], "python3.14"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	all, err := w.open().Interpreters(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, i := range all {
		versions = append(versions, i.Version)
	}
	if diff := cmp.Diff([]string{"3.6.15", "3.9.1", "3.10.4", "3.11.2", "3.12.1", "3.13.0"}, versions); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct{ env, python, want, nearest string }{
		{"", "", "3.11.2", ""},
		{"python", "", "3.11.2", ""},
		{"python>=3.8", "", "3.11.2", ""}, // the one on PATH does
		{"python=3.12", "", "3.12.1", ""},
		{"python=3.10", "", "3.10.4", ""},
		{"python>=3.12", "", "3.13.0", ""}, // the newest that does
		{"python=3.9.1", "", "3.9.1", ""},
		{"python=3.9.7", "", "", "3.9.1"},
		{"python=3.6", "", "", "3.9.1"}, // it is here, but too old for plugins
		{"python=2.7", "", "", "3.9.1"},
		{"python=3.99", "", "", "3.13.0"},
		{"python=3.6", "3.12", "3.12.1", ""}, // a person may choose
		{"", "python3.9", "3.9.1", ""},
		{"", "own/bin/python", "3.8.1", ""},
		{"", "old/python", "", ""},
		{"", "none/python", "", ""},
		{"", "nothing", "", ""},
		{"", "3.7", "", "3.9.1"},
	} {
		config := "{}"
		if test.env != "" {
			config = fmt.Sprintf(`{"env": "conda create -n x %s"}`, test.env)
		}
		e := w.open(func(o *Options) { o.Python = test.python; o.Backend = Venv })
		s, err := e.Spec(context.Background(), declare(t, config), nil)
		var missing *PythonError
		switch {
		case test.want != "":
			if err != nil || s.Python.Version != test.want {
				t.Errorf("%+v: %+v, %v", test, s, err)
			}
		case !errors.As(err, &missing):
			t.Errorf("%+v: %+v, %v", test, s, err)
		case (missing.Nearest == nil) != (test.nearest == "") || missing.Nearest != nil && missing.Nearest.Version != test.nearest:
			t.Errorf("%+v: the nearest is %+v", test, missing.Nearest)
		case test.python == "" && !missing.Item.Place.Known():
			t.Errorf("%+v has no place", test)
		}
	}
}

func TestShimsOfPyenv(t *testing.T) {
	w := newWorld(t)
	w.vars["PATH"] = filepath.Join(w.dir, "home/.pyenv/shims")
	shim := w.interpreter("home/.pyenv/shims/python3", "9.9.9") // must not be asked
	w.interpreter("home/.pyenv/versions/3.11.7/bin/python3", "3.11.7")
	w.interpreter("home/.pyenv/versions/3.11.12/bin/python3", "3.11.12")
	w.interpreter("home/.pyenv/versions/3.9.18/bin/python3", "3.9.18")
	write := func(path, text string) {
		if err := os.WriteFile(filepath.Join(w.dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what, version string) {
		t.Helper()
		if got, err := w.open().Default(context.Background()); err != nil || got.Version != version {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	write("home/.pyenv/version", "3.9.18\n")
	want("for all folders", "3.9.18")
	write(".python-version", "# mine\n3.11\n")
	want("for this folder, by its beginning", "3.11.12")
	w.vars["PYENV_VERSION"] = "3.11.7:3.9.18"
	want("by variable", "3.11.7")
	w.vars["PYENV_VERSION"] = "../../../../bin"
	if got := w.open().behind(shim); got != shim {
		t.Errorf("a version outside of pyenv: %s", got)
	}
}

func TestSatisfied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3")
	e := w.open()
	python, err := e.Default(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if versions, err := e.versions(context.Background(), python, []string{"numpy", "no-such-thing"}); err != nil || versions["numpy"] == "" || len(versions) != 1 {
		t.Fatalf("%v, %v; this test wants a python3 with numpy", versions, err)
	}
	for config, want := range map[string]bool{
		`{}`:                                                         true,
		`{"env": "export A=1"}`:                                      true,
		`{"requirements": "numpy"}`:                                  true,
		`{"requirements": "NumPy>=1"}`:                               true,
		`{"requirements": "conda: numpy"}`:                           true,
		`{"requirements": "numpy>=99"}`:                              false,
		`{"requirements": ["numpy", "nope"]}`:                        false,
		`{"requirements": "numpy; python_version < '3'"}`:            false,
		`{"requirements": "conda: affogato"}`:                        false,
		`{"requirements": "repo: https://h.example/x"}`:              false,
		`{"requirements": "cmd: make"}`:                              false,
		`{"env": "conda create -n x python=3.6"}`:                    false,
		`{"env": "conda create -n x python>=3.8"}`:                   true,
		`{"requirements": "https://h.example/numpy-1-py3-none.whl"}`: false,
	} {
		if got, _, err := e.Satisfied(context.Background(), python, declare(t, config)); got != want || err != nil {
			t.Errorf("%s: %v, %v", config, got, err)
		}
	}
	all, implied, err := e.Satisfied(context.Background(), python, declareAs(t, `{}`, "web-python"))
	if !all || implied != nil || err != nil {
		t.Errorf("web-python with numpy: %v %v %v", all, implied, err)
	}
	d := declareAs(t, `{}`, "web-python")
	d.Pip = append(d.Pip, requirement.Package{Name: "nope", Implied: true})
	if all, implied, err = e.Satisfied(context.Background(), python, d); !all || len(implied) != 1 || err != nil {
		t.Errorf("web-python without: %v %v %v", all, implied, err)
	}
}

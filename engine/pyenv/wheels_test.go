package pyenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWheels downloads what a declaration needs, and installs from nothing but that.
func TestWheels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "python3")
	w.wheel("cells", "1.0", "count = 1")
	w.wheel("cells", "2.0", "count = 2")
	w.wheel("counter", "0.5", "import cells", "cells<2")
	dir := t.TempDir()
	d := declare(t, `{"env": "conda create -n x affogato", "requirements": ["counter", "git+https://h.example/a/b", "repo: https://h.example/c/d"]}`)
	got, err := w.open().Wheels(context.Background(), d, nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cells-1.0-py3-none-any.whl", "counter-0.5-py3-none-any.whl"}, got.Files); diff != "" {
		t.Errorf("files: %s", diff)
	}
	if len(got.Left) != 3 || len(got.Resolved.Packages) != 2 {
		t.Errorf("left %+v, resolved %+v", got.Left, got.Resolved)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder has %v", entries)
	}

	// Another file under the name and version that is locked.
	w.wheel("cells", "1.0", "count = 'stolen'")
	_, err = w.open().Wheels(context.Background(), declare(t, `{"requirements": ["counter"]}`), got.Resolved, t.TempDir())
	var failed *BuildError
	if !errors.As(err, &failed) || !strings.Contains(strings.ToLower(failed.Tail), "hash") || !exists(failed.Log) {
		t.Errorf("a changed wheel: %v %+v", err, failed)
	}
	if scraps, _ := filepath.Glob(filepath.Join(w.dir, "envs", ".wheels-*")); len(scraps) > 0 {
		t.Errorf("left behind: %v", scraps)
	}

	w.vars["PIP_FIND_LINKS"] = dir // the index is what was downloaded
	env := mustMake(t, w.open(func(o *Options) { o.Backend = Venv }), declare(t, `{"requirements": ["counter"]}`), got.Resolved)
	if said := w.python(env, "import counter, cells; print(cells.count)"); said != "1" {
		t.Errorf("it says %q", said)
	}
}

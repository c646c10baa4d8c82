package pyenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// onBackends runs a test with uv and with venv and pip, both real.
func onBackends(t *testing.T, test func(t *testing.T, w *world, backend string)) {
	onEach(t, []string{UV, Venv}, test)
}

// onBackendsLong leaves pip, which takes ten times as long, to the long suites.
func onBackendsLong(t *testing.T, test func(t *testing.T, w *world, backend string)) {
	backends := []string{UV}
	if os.Getenv("IMJOY_LONG") != "" {
		backends = append(backends, Venv)
	}
	onEach(t, backends, test)
}

func onEach(t *testing.T, backends []string, test func(t *testing.T, w *world, backend string)) {
	for _, backend := range backends {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "python3")
			if backend == UV {
				needUV(t)
				w.link("uv")
			}
			test(t, w, backend)
		})
	}
}

func mustMake(t *testing.T, e *Environments, d *requirement.Declaration, locked *requirement.Resolved) *Environment {
	t.Helper()
	env, err := e.Make(context.Background(), d, locked, "Test")
	if err != nil {
		failed := &BuildError{}
		if errors.As(err, &failed) {
			t.Log(failed.Tail)
		}
		t.Fatal(err)
	}
	t.Cleanup(env.Release)
	return env
}

func TestMake(t *testing.T) {
	onBackends(t, func(t *testing.T, w *world, backend string) {
		w.wheel("cells", "1.0", "count = 1")
		w.wheel("cells", "2.0", "count = 2")
		w.wheel("counter", "0.5", "import cells\ndef main(): print('counted', cells.count)", "cells<2")
		var said []string
		e := w.open(func(o *Options) { o.Progress = func(ev Event) { said = append(said, ev.Text) } })
		d := declare(t, `{"requirements": ["pip: counter", "cells"]}`)
		env := mustMake(t, e, d, nil)
		if got := w.python(env, "import counter, cells, sys; print(cells.count, sys.prefix)"); got != "1 "+filepath.Join(env.Dir, "python") {
			t.Errorf("it says %q", got)
		}
		var got []string
		for _, p := range env.Resolved.Packages {
			if len(p.Hashes) != 1 || !strings.HasPrefix(p.Hashes[0], "sha256:") {
				t.Errorf("hashes of %s: %q", p.Name, p.Hashes)
			}
			got = append(got, p.Name+" "+p.Version)
		}
		if diff := cmp.Diff([]string{"cells 1.0", "counter 0.5"}, got); diff != "" {
			t.Errorf("resolved: %s", diff)
		}
		if env.Backend != backend || env.For != "Test" || len(said) < 3 {
			t.Errorf("%+v, %q", env.Info, said)
		}
		tool, err := os.ReadFile(filepath.Join(env.BinDir(), "counter-tool"))
		if err != nil || !strings.Contains(string(tool), env.Interpreter()) {
			t.Errorf("the script of a package: %.80q, %v", tool, err)
		}
		if info, err := os.Stat(filepath.Join(env.Dir, "python", "lib")); err != nil || info.Mode().Perm()&0o222 != 0 {
			t.Errorf("can be written to: %v, %v", info.Mode(), err)
		}

		said = nil
		again := mustMake(t, w.open(func(o *Options) { o.Offline = true; o.Progress = func(ev Event) { said = append(said, ev.Text) } }), declare(t, `{"env": "conda create -n x", "requirements": ["cells", "counter"]}`), nil)
		if again.Hash != env.Hash || len(said) != 0 {
			t.Errorf("an equal declaration got %s after %q, want %s", again.Hash, said, env.Hash)
		}
		other := mustMake(t, e, declare(t, `{"env": "conda create -n x", "requirements": ["cells"]}`), nil)
		if other.Hash == env.Hash || w.python(other, "import cells; print(cells.count)") != "2" {
			t.Errorf("another declaration got the same environment, or another version")
		}
	})
}

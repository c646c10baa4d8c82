package pyenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// TestLocksAreHonoured resolves once, and then wants the same on a machine where newer
// packages appeared, others changed, and Python is another.
func TestLocksAreHonoured(t *testing.T) {
	t.Parallel()
	onBackendsLong(t, func(t *testing.T, w *world, backend string) {
		w.wheel("cells", "1.0", "count = 1")
		d := declare(t, `{"requirements": "cells"}`)
		first := mustMake(t, w.open(), d, nil)
		text := first.Resolved.Encode()
		locked, err := requirement.ParseResolved(text)
		if err != nil {
			t.Fatal(err)
		}
		w.wheel("cells", "2.0", "count = 2")
		elsewhere := func(o *Options) {
			o.Dir = filepath.Join(w.dir, "elsewhere")
			_ = os.MkdirAll(o.Dir, 0o700)
			_ = os.Symlink(tools, filepath.Join(o.Dir, ".tools"))
		}
		second := mustMake(t, w.open(elsewhere), d, locked)
		if got := w.python(second, "import cells; print(cells.count)"); got != "1" || second.Resolved.Hash() != locked.Hash() {
			t.Errorf("version %s, resolved %s", got, second.Resolved.Encode())
		}
		if again := mustMake(t, w.open(), d, locked); again.Hash != first.Hash {
			t.Error("what is locked is there already, and was made again")
		}
		if fresh := mustMake(t, w.open(elsewhere), d, nil); w.python(fresh, "import cells; print(cells.count)") != "2" {
			t.Error("without a lock the newest is not taken")
		}

		// Another file under the same name and version.
		w.wheel("cells", "1.0", "count = 'stolen'")
		_ = removeTree(filepath.Join(w.dir, "elsewhere"))
		_ = os.RemoveAll(filepath.Join(w.dir, "cache"))
		_, err = w.open(elsewhere).Make(context.Background(), d, locked, "Test")
		var failed *BuildError
		if !errors.As(err, &failed) || !strings.Contains(strings.ToLower(failed.Tail), "hash") || failed.Item.Text != "cells" {
			t.Errorf("a changed wheel: %v\n%+v", err, failed)
		}
	})
}

func TestLocksThatDoNotFit(t *testing.T) {
	w := newWorld(t, "python3")
	e := w.open(func(o *Options) { o.Frozen = true; o.Backend = Venv })
	d := declare(t, `{"requirements": "cells>=1"}`)
	s, err := e.Spec(context.Background(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := requirement.Resolved{Backend: Venv, Python: s.Python.Version, Platform: s.Python.Platform, Packages: []requirement.ResolvedPackage{{Name: "cells", Version: "1.0"}}}
	for name, change := range map[string]func(*requirement.Resolved){
		"":         func(*requirement.Resolved) {},
		"platform": func(r *requirement.Resolved) { r.Platform = "win-amd64" },
		"tool":     func(r *requirement.Resolved) { r.Backend = Conda },
		"package":  func(r *requirement.Resolved) { r.Packages = nil },
		"version": func(r *requirement.Resolved) {
			r.Packages = []requirement.ResolvedPackage{{Name: "cells", Version: "0.9"}}
		},
		"another tool": func(r *requirement.Resolved) { r.Backend = UV }, // the same wheels
	} {
		locked := good
		change(&locked)
		_, err := e.Spec(context.Background(), d, &locked)
		var unfit *LockError
		if wrong := name != "" && name != "another tool"; errors.As(err, &unfit) != wrong {
			t.Errorf("%s: %v", name, err)
		}
		s, err := w.open(func(o *Options) { o.Backend = Venv }).Spec(context.Background(), d, &locked)
		if err != nil || (s.locked != nil) != (name == "" || name == "another tool") {
			t.Errorf("%s, not frozen: %v", name, err)
		}
	}
	for _, text := range []string{"", "{}", `{"version":2}`, `{"version":1,"packages":[{"name":"--index-url=https://evil.example"}]}`,
		`{"version":1,"packages":[{"name":"a","package_version":"1\n--index-url https://evil.example"}]}`,
		`{"version":1,"packages":[{"name":"a","url":"file:///etc"}]}`, `{"version":1,"packages":[{"name":"a","package_version":"1","hashes":["sha256:x --pre"]}]}`,
		`{"version":1,"packages":[{"name":"a","package_version":"1","marker":"x; y\n"}]}`, `{"version":1,"conda":["https://c.example/a\n--x"]}`,
		`{"version":1,"repos":[{"url":"https://h.example/x","dir":"../..","commit":"0123456789012345678901234567890123456789"}]}`} {
		if _, err := requirement.ParseResolved([]byte(text)); err == nil {
			t.Errorf("%s is taken for a lock", text)
		}
	}
}

func TestReadingWhatInstallersSay(t *testing.T) {
	list, err := readCompiled("# comment\nnumpy==2.1.0 ; python_version >= '3.9' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nx @ https://h.example/x.whl \\\n    --hash=sha256:cc\ny[all] @ git+https://h.example/y@0123\n")
	if err != nil || len(list) != 3 || list[0].Version != "2.1.0" || list[0].Marker != "python_version >= '3.9'" || len(list[0].Hashes) != 2 || list[1].URL != "https://h.example/x.whl" || list[2].Name != "y" || list[2].URL != "git+https://h.example/y@0123" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := readCompiled("-e ./x\n"); err == nil {
		t.Error("an editable package is taken for exact")
	}
	list, err = readPipReport([]byte(`{"install": [
		{"is_direct": false, "download_info": {"url": "https://f.example/Six-1.whl", "archive_info": {"hash": "sha256=aa"}}, "metadata": {"name": "Six", "version": "1"}},
		{"is_direct": true, "download_info": {"url": "https://h.example/x", "vcs_info": {"vcs": "git", "commit_id": "0123"}, "subdirectory": "py"}, "metadata": {"name": "x", "version": "2"}}]}`))
	if err != nil || len(list) != 2 || list[0].Name != "six" || list[0].Hashes[0] != "sha256:aa" || list[0].URL != "" || list[1].URL != "git+https://h.example/x@0123#subdirectory=py" || list[1].Version != "" {
		t.Errorf("%+v, %v", list, err)
	}
}

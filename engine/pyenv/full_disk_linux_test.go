package pyenv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFullDiskLeavesNothingHalf makes environments while the system refuses to make, to
// rename or to keep files from some call on, to this program and to uv alike: either the
// environment is whole, or there is none and somebody is told; and the next build is whole.
func TestFullDiskLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not on PATH: it refuses system calls")
	}
	calls := map[string]string{
		"mkdir,mkdirat": "ENOSPC", "rename,renameat,renameat2": "ENOSPC", "fsync,fdatasync": "EIO", "symlink,symlinkat,link,linkat": "EROFS",
		"ftruncate,fallocate,copy_file_range,pwrite64,sendfile": "ENOSPC", "fchmod,fchmodat,chmod": "EIO",
	}
	moments := []int{1}
	if os.Getenv("IMJOY_LONG") != "" {
		moments = []int{1, 2, 3, 4, 6, 9, 14, 21, 32}
	}
	w := newWorld(t, "python3")
	needUV(t)
	w.link("uv")
	w.wheel("cells", "1.0", "count = 1")
	failed := 0
	for call, code := range calls {
		for _, n := range moments {
			_ = removeTree(filepath.Join(w.dir, "envs"))
			_ = removeTree(filepath.Join(w.dir, "cache"))
			build := w.another()
			cmd := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d+", call, code, n), build.Path)
			cmd.Env = build.Env
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			e := w.open(func(o *Options) { o.Backend = UV })
			list, listErr := e.List()
			if listErr != nil {
				t.Error(listErr)
			}
			switch python := strings.TrimSpace(stdout.String()); {
			case err == nil:
				if out, err := exec.Command(python, "-I", "-c", "import cells; print(cells.count)").CombinedOutput(); err != nil || string(out) != "1\n" {
					t.Errorf("%s from call %d on: it says it made an environment, but %v %s", call, n, err, out)
				}
			case strings.Contains(stderr.String(), "panic") || strings.TrimSpace(stderr.String()) == "":
				t.Errorf("%s from call %d on: %v, and says %q", call, n, err, &stderr)
			default:
				failed++
			}
			for _, l := range list { // what counts as one is one
				if out, err := exec.Command(l.Interpreter(), "-I", "-c", "import cells; print(cells.count)").CombinedOutput(); err != nil || string(out) != "1\n" {
					t.Errorf("%s from call %d on: half an environment is one: %v %s", call, n, err, out)
				}
			}
			env := mustMake(t, e, declare(t, `{"requirements": "cells"}`), nil)
			if got := w.python(env, "import cells; print(cells.count)"); got != "1" {
				t.Errorf("%s from call %d on: the next one says %q", call, n, got)
			}
			env.Release()
		}
	}
	if failed < len(calls)/2 {
		t.Errorf("only %d builds failed: the test says nothing", failed)
	}
}

package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// What a Python plugin reaches follows from what it was granted; package confine
// tests the ways around it.
func TestPythonReachesWhatItWasGranted(t *testing.T) {
	if s := confine.Describe(); !s.Files || !s.Network {
		t.Skip("this kernel has no Landlock, or no filters of system calls")
	}
	secrets, work, home := t.TempDir(), t.TempDir(), t.TempDir()
	for name, folder := range map[string]string{"secret": secrets, "image": work} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	find := foundPython(t)
	find.Env = append(find.Env, "HOME="+home)
	code := plugin("native-python", "python", `
import os, subprocess, socket, tempfile
def read(path): return open(path).read()
def write(path): open(path, "w").close(); return "yes"
def run(*words): return subprocess.run(words, stdout=subprocess.PIPE).stdout.decode()
def network(): socket.socket().close(); return "yes"
def own():
    with tempfile.NamedTemporaryFile("w+") as f: f.write("x")
    open(os.path.expanduser("~/notes"), "w").close()
    return os.path.expanduser("~")
api.export({"read": read, "write": write, "run": run, "network": network, "own": own})
`)
	for _, test := range []struct {
		granted string // words, "!" denies
		call    string
		args    []any
		works   bool
	}{
		{"", "read", []any{filepath.Join(secrets, "secret")}, false},
		{"read:" + secrets, "read", []any{filepath.Join(secrets, "secret")}, true},
		{"read:" + home, "read", []any{filepath.Join(secrets, "secret")}, false},
		{"write:" + home, "write", []any{filepath.Join(secrets, "new")}, false},
		{"read", "read", []any{filepath.Join(secrets, "secret")}, true},
		{"read !read:" + secrets, "read", []any{filepath.Join(secrets, "secret")}, false},
		{"write:" + secrets, "read", []any{filepath.Join(secrets, "secret")}, true},
		{"", "read", []any{"image"}, true}, // in the folder people work in
		{"", "write", []any{"result"}, false},
		{"read", "write", []any{"result"}, false},
		{"write:" + work, "write", []any{"result"}, true},
		{"write", "write", []any{filepath.Join(secrets, "new")}, true},
		{"", "run", []any{"/bin/echo", "x"}, false},
		{"run:echo", "run", []any{"echo", "x"}, true},
		{"run:echo", "run", []any{"ls", "x"}, false},
		{"run", "run", []any{"/bin/echo", "x"}, true},
		{"", "network", nil, false},
		{"net:example.org", "network", nil, true},
		{"net read run write", "network", nil, true},
		{"all", "write", []any{filepath.Join(secrets, "other")}, true},
		{"all !net", "network", nil, false},
		{"all !net", "read", []any{filepath.Join(secrets, "secret")}, true},
		{"", "own", nil, true},
	} {
		t.Run(test.granted+" "+test.call, func(t *testing.T) {
			p := mustOpen(t, code, engine.Options{
				Runtimes: []engine.Runtime{engine.Python(found(engine.Command{Python: find.Python, Env: find.Env, Dir: work}))},
				Granted:  set(t, test.granted), WorkDir: work,
			})
			v, err := p.Call(t.Context(), test.call, test.args...)
			if (err == nil) != test.works {
				t.Errorf("%v %v", v, err)
			}
			if flag := "--allow-" + strings.Replace(test.call, "network", "net", 1); err != nil && !strings.Contains(err.Error(), flag) {
				t.Errorf("%v does not name %s", err, flag)
			}
			if test.call == "own" {
				if v == home {
					t.Error("it writes into the home folder")
				}
				p.Close(t.Context())
				if _, err := os.Stat(v.(string)); err == nil {
					t.Error("its own folder is still there")
				}
			}
			if test.granted == "" && !p.Contained() {
				t.Error("it is not contained")
			}
		})
	}
}

// A plugin without a grant can fill neither the disk nor its folder, in the background
// as little as before people's eyes.
func TestPythonCannotFillTheDisk(t *testing.T) {
	filling := `
import os, tempfile, time
def one():
    with tempfile.TemporaryFile() as f: f.truncate(2 << 30)
def many():
    for i in range(5):
        with open(os.path.expanduser("~/%d" % i), "wb") as f: f.truncate(900 << 20)
    time.sleep(60)
api.export({"one": one, "many": many})
`
	for name, rt := range map[string]engine.Runtime{"attached": pythonRuntime(t), "in the background": engine.Lasting(found(foundPython(t)), background(t, time.Minute))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := mustOpen(t, lasting(filling), engine.Options{Runtimes: []engine.Runtime{rt}})
			if _, err := p.Call(t.Context(), "one"); err == nil || !strings.Contains(err.Error(), "OSError") {
				t.Errorf("one file: %v", err)
			}
			var ended *engine.Ended
			if _, err := p.Call(t.Context(), "many"); !errors.As(err, &ended) || ended.Reason != engine.Killed || !strings.Contains(err.Error(), "temporary folder") {
				t.Errorf("many files: %v", err)
			}
		})
	}
}

func set(t *testing.T, words string) permission.Set {
	t.Helper()
	var s permission.Set
	for _, word := range strings.Fields(words) {
		word, denied := strings.CutPrefix(word, "!")
		if word == "all" {
			s = permission.All()
			continue
		}
		p, err := permission.Parse(word)
		if err != nil {
			t.Fatal(err)
		}
		if denied {
			s = s.Deny(p)
		} else {
			s = s.Union(permission.NewSet(p))
		}
	}
	return s
}

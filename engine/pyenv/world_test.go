package pyenv

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// world is a machine of its own for one test: a home, a folder of environments, a
// folder of wheels that is the only index, and a PATH.
type world struct {
	t      *testing.T
	dir    string
	wheels string
	vars   map[string]string
}

// tools is where all worlds have their pip.
var tools string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pyenv-tools-")
	if err != nil {
		panic(err)
	}
	tools = dir
	code := m.Run()
	_ = removeTree(dir)
	os.Exit(code)
}

// newWorld has python3, git and, when wanted, uv on PATH.
func newWorld(t *testing.T, programs ...string) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, dir: dir, wheels: filepath.Join(dir, "wheels")}
	bin := filepath.Join(dir, "bin")
	for _, d := range []string{bin, w.wheels, filepath.Join(dir, "home")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.vars = map[string]string{
		"PATH": bin, "HOME": filepath.Join(dir, "home"), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": w.wheels, "UV_CACHE_DIR": filepath.Join(dir, "cache"),
	}
	for _, name := range programs {
		w.link(name)
	}
	// pip is made ready once for all tests: it takes seconds.
	if err := os.MkdirAll(filepath.Join(dir, "envs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tools, filepath.Join(dir, "envs", ".tools")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = removeTree(dir) })
	return w
}

// needUV is the path of a real uv.
func needUV(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("uv")
	if err != nil {
		t.Skip("uv is not on PATH: pip install uv")
	}
	return path
}

// link puts a program of this machine on the world's PATH.
func (w *world) link(name string) {
	w.t.Helper()
	path := "/usr/bin/" + name
	if _, err := os.Stat(path); err != nil {
		if path, err = exec.LookPath(name); err != nil {
			w.t.Fatalf("%s is needed: %v", name, err)
		}
	}
	if err := os.Symlink(path, filepath.Join(w.vars["PATH"], name)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) open(change ...func(*Options)) *Environments {
	w.t.Helper()
	o := Options{Dir: filepath.Join(w.dir, "envs"), Env: func(name string) string { return w.vars[name] }, WorkDir: w.dir}
	for _, f := range change {
		f(&o)
	}
	e, err := Open(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// wheel writes a wheel with one module; needs are its own requirements.
func (w *world) wheel(name, version, module string, needs ...string) {
	w.t.Helper()
	info := fmt.Sprintf("%s-%s.dist-info/", name, version)
	metadata := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", name, version)
	for _, n := range needs {
		metadata += "Requires-Dist: " + n + "\n"
	}
	files := [][2]string{
		{name + ".py", module},
		{info + "METADATA", metadata},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "entry_points.txt", fmt.Sprintf("[console_scripts]\n%s-tool = %s:main\n", name, name)},
	}
	record := ""
	for _, f := range files {
		sum := sha256.Sum256([]byte(f[1]))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", f[0], base64.RawURLEncoding.EncodeToString(sum[:]), len(f[1]))
	}
	files = append(files, [2]string{info + "RECORD", record + info + "RECORD,,\n"})
	out, err := os.Create(filepath.Join(w.wheels, fmt.Sprintf("%s-%s-py3-none-any.whl", name, version)))
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, f := range files {
		if part, err := z.Create(f[0]); err != nil {
			w.t.Fatal(err)
		} else if _, err := part.Write([]byte(f[1])); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// declare reads a config as a native-python plugin's.
func declare(t *testing.T, config string) *requirement.Declaration {
	t.Helper()
	return declareAs(t, config, "native-python")
}

func declareAs(t *testing.T, config, kind string) *requirement.Declaration {
	t.Helper()
	text := source.New("test.imjoy.html", []byte(config))
	root, found := conf.Parse("json", source.Whole(text, text.All()))
	for _, f := range found {
		t.Fatalf("%s: %s", config, f.Message)
	}
	d, _ := requirement.Parse(root.Get("env"), root.Get("requirements"), root.Get("cmd"), kind)
	return d
}

// python runs code in an environment and returns what it prints.
func (w *world) python(env *Environment, code string) string {
	w.t.Helper()
	out, err := exec.CommandContext(context.Background(), env.Interpreter(), "-I", "-c", code).CombinedOutput()
	if err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

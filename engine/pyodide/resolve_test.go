package pyodide

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// pypi is an index: wheels by name, and what the versions require.
type pypi struct {
	requires map[string][]string // by "name/version"
	wheels   map[string]string   // content by file name
	python   map[string]string   // requires_python by file name
}

// wheel makes a wheel that says what it needs.
func wheel(t *testing.T, content string, needs []string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	metadata := "Metadata-Version: 2.1\n"
	for _, need := range needs {
		metadata += "Requires-Dist: " + need + "\n"
	}
	for name, text := range map[string]string{"p/__init__.py": content, "p-1.dist-info/METADATA": metadata + "\nRequires-Dist: of a description\n"} {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func (p pypi) get(_ context.Context, url string) ([]byte, error) {
	if name, ok := strings.CutPrefix(url, "https://files/"); ok {
		return []byte(p.wheels[name]), nil
	}
	if name, ok := strings.CutPrefix(url, releasePage); ok {
		if text, ok := p.wheels[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	name := strings.TrimSuffix(strings.TrimPrefix(url, index), "/json")
	files := map[string][]map[string]any{}
	for wheel, text := range p.wheels {
		words := strings.Split(wheel, "-")
		if words[0] == name {
			files[words[1]] = append(files[words[1]], map[string]any{
				"filename": wheel, "url": "https://files/" + wheel, "digests": map[string]string{"sha256": sum(text)}, "requires_python": p.python[wheel],
			})
		}
	}
	if len(files) == 0 {
		return nil, fs.ErrNotExist
	}
	return json.Marshal(map[string]any{"releases": files})
}

func needs(lines ...string) *requirement.Declaration {
	list, err := requires(lines, nil)
	if err != nil {
		panic(err)
	}
	return &requirement.Declaration{Pip: list}
}

func TestResolve(t *testing.T) {
	index := pypi{
		wheels: map[string]string{
			"app-1.0-py3-none-any.whl": "a1", "app-2.0-py3-none-any.whl": "a2", "app-3.0a1-py3-none-any.whl": "a3",
			"app-2.5-py3-none-any.whl": "needs a newer Python", "lib-1.0-py2.py3-none-any.whl": "l1", "lib-2.0-py3-none-any.whl": "l2",
			"old-1.0-py2-none-any.whl": "py2", "built-1.0-cp314-cp314-manylinux_2_17_x86_64.whl": "linux",
			"native-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl": "n", "extra-1.0-py3-none-any.whl": "e", "fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl": "f",
		},
		python: map[string]string{"app-2.5-py3-none-any.whl": ">=3.15"},
		requires: map[string][]string{
			"app/2.0": {"lib", "extra; extra == 'more'", "pywin32; sys_platform == 'win32'"}, "app/1.0": {"lib (<2)"},
			"needy/1.0": {"lib<2"},
		},
	}
	index.wheels["needy-1.0-py3-none-any.whl"] = "needy"
	for name, content := range index.wheels {
		words := strings.Split(name, "-")
		index.wheels[name] = wheel(t, content, index.requires[words[0]+"/"+words[1]])
	}
	release := `{"packages": {"fast": {"file_name": "fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", "sha256": "` + sum(index.wheels["fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"]) + `", "version": "1.0", "package_type": "package", "depends": ["lib"]},
		"changed": {"file_name": "native-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", "sha256": "` + sum("other") + `", "version": "1.0", "package_type": "package"}}}`
	get := func(ctx context.Context, url string) ([]byte, error) {
		if strings.HasPrefix(url, "https://pypi.org/pypi/fast") {
			return nil, fs.ErrNotExist
		}
		return index.get(ctx, url)
	}
	locked := &requirement.Resolved{Packages: []requirement.ResolvedPackage{{Name: "App", Version: "1.0"}}}
	for name, test := range map[string]struct {
		needs  *requirement.Declaration
		locked *requirement.Resolved
		want   string
		err    string
	}{
		"the newest that fits this Python": {needs: needs("app"), want: "app-2.0-py3-none-any.whl lib-2.0-py3-none-any.whl"},
		"an extra":                         {needs: needs("app[more]"), want: "app-2.0-py3-none-any.whl lib-2.0-py3-none-any.whl extra-1.0-py3-none-any.whl"},
		"what the lock says":               {needs: needs("app"), locked: locked, want: "app-1.0-py3-none-any.whl lib-1.0-py2.py3-none-any.whl"},
		"a later need rules one out":       {needs: needs("lib", "needy"), want: "lib-1.0-py2.py3-none-any.whl needy-1.0-py3-none-any.whl"},
		"built for Pyodide, in the index":  {needs: needs("native"), want: "native-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"},
		"built for Pyodide, beside it":     {needs: needs("fast"), want: "fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl lib-2.0-py3-none-any.whl"},
		"a marker that does not hold":      {needs: needs("old; sys_platform == 'linux'"), want: ""},
		"for another Python":               {needs: needs("old"), err: "no old for Python in a page: no version has a wheel"},
		"for another machine":              {needs: needs("built"), err: "no built for Python in a page"},
		"no such package":                  {needs: needs("absent"), err: "no absent for Python in a page"},
		"contradictions":                   {needs: needs("lib>=2", "needy"), err: "no lib for Python in a page"},
		"a changed file of the release":    {needs: needs("changed"), err: "is not what it was"},
	} {
		t.Run(name, func(t *testing.T) {
			wheels, left, err := Resolve(t.Context(), test.needs, Options{Get: get, Locked: test.locked, Release: []byte(release)})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want %q", err, test.err)
				}
				return
			}
			if err != nil || len(left) > 0 {
				t.Fatal(err, left)
			}
			var names []string
			for _, w := range wheels {
				names = append(names, w.Name)
				if string(w.Data) != index.wheels[w.Name] {
					t.Errorf("%s holds %q", w.Name, w.Data)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	implied := needs("absent", "app")
	implied.Pip[0].Implied = true
	wheels, left, err := Resolve(t.Context(), implied, Options{Get: get, Release: []byte(release)})
	if err != nil || len(wheels) != 2 || len(left) != 1 || left[0].Package != "absent" {
		t.Errorf("a package that nobody wrote: %v, %v, %v", wheels, left, err)
	}
}

func TestMarkers(t *testing.T) {
	for marker, want := range map[string]string{
		`python_version >= "3.9"`: "true", `python_version < "3.9"`: "false", `python_full_version >= "3.14.2"`: "true",
		`sys_platform == "emscripten"`: "true", `sys_platform != "win32" and os_name == "posix"`: "true", `"wasm" in platform_machine`: "true",
		`platform_machine not in "x86_64 arm64"`: "true", `extra == 'more'`: "true", `extra == 'other'`: "false", `extra != 'other'`: "true",
		`(python_version < "3" or os_name == "posix") and extra == "more"`: "true", `"3.9" <= python_version`: "true",
		`python_version ~= "3.1"`: "true", `implementation_name == "pypy"`: "false",
		``: "error", `nonsense == "1"`: "error", `python_version >=`: "error", `os_name == "posix" garbage`: "error", `(((os_name == "posix")`: "error", `os_name $ "x"`: "error",
		strings.Repeat("(", 50) + `os_name == "posix"` + strings.Repeat(")", 50): "error",
	} {
		got, err := holds(marker, []string{"more"})
		if text := fmt.Sprint(got); (err != nil) != (want == "error") || err == nil && text != want {
			t.Errorf("%.60s: %v, %v, want %s", marker, got, err, want)
		}
	}
}

func TestCheck(t *testing.T) {
	var changed *ChangedError
	if err := Check("pyodide.mjs", []byte("alert(1)")); !errors.As(err, &changed) {
		t.Errorf("a changed part: %v", err)
	}
	if err := Check("console.html", nil); err == nil || errors.As(err, &changed) {
		t.Errorf("a part that no page loads: %v", err)
	}
}

// FuzzMarker holds that no text makes reading it fail in another way than by an error.
func FuzzMarker(f *testing.F) {
	for _, seed := range []string{`python_version >= "3.9" and (os_name == 'nt' or extra == "x")`, `'a' not in "b"`, "((", "in in in"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, marker string) { _, _ = holds(marker, []string{"x"}) })
}

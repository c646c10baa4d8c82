package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
)

func TestResultsBecomeFiles(t *testing.T) {
	picture := &ndarray.Array{DType: ndarray.Uint8, Shape: []int{64, 64}, Data: make([]byte, 64*64)}
	numbers := &ndarray.Array{DType: ndarray.Float32, Shape: []int{2000}, Data: make([]byte, 8000)}
	few := &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2}, Data: []byte{1, 2}}
	large := bytes.Repeat([]byte("x"), 70_000)
	dir := t.TempDir()
	out := &app.Output{Folder: "out", Dir: dir}
	text, err := out.JSON(value.NewObject(
		"image", picture, "list", []any{numbers, few}, "raw", large,
		"blob", &value.Blob{Type: "text/plain", Data: []byte("b")},
		"file", &value.File{Name: "a.txt", Data: []byte("f")},
		"set", &value.Set{Items: []any{large}}, "map", &value.Map{Pairs: [][2]any{{"k", numbers}}},
		"f", &value.Function{Name: "f"}, "here", &value.File{Name: "in.csv", Path: "/in.csv", Size: 3},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"out/result-image.png", "out/result-list-0.npy", "out/result-raw.bin", "out/result-blob.txt", "out/a.txt", "out/result-set-0.bin", "out/result-map-0-1.npy"}
	if diff := cmp.Diff(want, out.Wrote); diff != "" || out.Left != 0 || out.Alive != 1 {
		t.Errorf("%s%d left, %d alive", diff, out.Left, out.Alive)
	}
	for _, path := range want {
		if !strings.Contains(string(text), `"path":"`+path+`"`) {
			t.Errorf("no %s in %s", path, text)
		}
	}
	if strings.Contains(string(text), dir) {
		t.Errorf("paths are not as typed: %s", text)
	}
	data, err := os.ReadFile(filepath.Join(dir, "out", "result-list-0.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if array, err := app.ReadArray(data); err != nil || array.DType != ndarray.Float32 || array.Len() != 2000 {
		t.Errorf("%v %v", array, err)
	}

	described := &app.Output{}
	text, err = described.JSON([]any{numbers, large, few})
	if err != nil || described.Left != 2 || !strings.HasPrefix(string(text), `[{"_rtype":"ndarray","_rdtype":"float32","_rshape":[2000],"min":0,"max":0,"mean":0},{"_rtype":"bytes","_rsize":70000},{"_rtype":"ndarray","_rvalue":[1,2]`) {
		t.Errorf("%s %v, %d left", text, err, described.Left)
	}
}

// TestHostileNames: whatever a key or a file is called, one new file is made in the
// folder, and nothing that was there changes.
func TestHostileNames(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 70_000)
	names := []string{
		"..", ".", "../../evil", "/etc/passwd", `..\..\evil`, `C:\evil`, "a/b", "CON", "nul.txt", "-rf", "--force", "~", ".bashrc", "a\x00b", "\x1b[2J", "x\ny", "\u202etxt.exe",
		strings.Repeat("n", 400), strings.Repeat("é", 300), "", " ", "a." + strings.Repeat("e", 300), "name.", "*", "?", "é", "result", "…",
	}
	for _, as := range []string{"key", "file"} {
		root := t.TempDir()
		dir := filepath.Join(root, "out")
		for _, name := range names {
			v := value.Value(value.NewObject(name, large))
			if as == "file" {
				v = &value.File{Name: name, Data: large}
			}
			out := &app.Output{Folder: dir}
			if _, err := out.JSON(v); err != nil || len(out.Wrote) != 1 {
				t.Errorf("%s %q: %v", as, name, err)
				continue
			}
			base := filepath.Base(out.Wrote[0])
			if filepath.Dir(out.Wrote[0]) != dir || len(base) > 140 || strings.ContainsAny(base, "\x00\x1b\n\u202e\\/:*?\" ") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "-") || strings.HasSuffix(base, ".") {
				t.Errorf("%s %q becomes %q", as, name, out.Wrote[0])
			}
			if info, err := os.Lstat(out.Wrote[0]); err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(large)) {
				t.Errorf("%s %q: %v %v", as, name, info, err)
			}
		}
		inside, err := os.ReadDir(dir)
		if err != nil || len(inside) != len(names) {
			t.Errorf("%d files for %d names: one was replaced", len(inside), len(names))
		}
		if outside, err := os.ReadDir(root); err != nil || len(outside) != 1 {
			t.Errorf("a file outside of the folder: %v %v", outside, err)
		}
	}
}

func TestNothingIsReplaced(t *testing.T) {
	dir := t.TempDir()
	canary := filepath.Join(dir, "canary")
	for _, name := range []string{"result.bin", "canary"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(canary, filepath.Join(dir, "result-2.bin")); err != nil {
		t.Skip("links cannot be made here")
	}
	out := &app.Output{Folder: dir}
	if _, err := out.JSON(make([]byte, 70_000)); err != nil || filepath.Base(out.Wrote[0]) != "result-3.bin" {
		t.Errorf("%v %v", out.Wrote, err)
	}
	for _, name := range []string{"result.bin", "canary"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); string(text) != "old" {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
}

func TestResultsWithoutEnd(t *testing.T) {
	circle := value.NewObject()
	circle.Set("self", []any{circle})
	deep := value.Value(1.0)
	for range 2000 {
		deep = []any{deep}
	}
	for name, v := range map[string]value.Value{"circle": circle, "deep": deep} {
		if _, err := (&app.Output{}).JSON(v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

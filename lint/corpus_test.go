package lint

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// corpus returns the texts of the public corpus by name, or skips.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	dir := os.Getenv("IMJOY_CORPUS")
	if dir == "" {
		t.Skip("IMJOY_CORPUS is not set: the findings in the public corpus are not checked")
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// python3 starts an interpreter for the facts of Python, or skips.
func python3(t testing.TB) analysis.Python {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not on the PATH: Python scripts cannot be checked")
	}
	return analysis.PythonVia(func(ctx context.Context, program string, input []byte) ([]byte, error) {
		cmd := exec.CommandContext(ctx, path, "-I", "-S", "-c", program)
		cmd.Stdin = bytes.NewReader(input)
		return cmd.Output()
	})
}

// lintAll lints texts together, with Python.
func lintAll(t testing.TB, files map[string][]byte) map[string][]source.Diagnostic {
	t.Helper()
	var all []*analysis.Facts
	for name, text := range files {
		doc, found := pluginfile.Parse(name, text)
		all = append(all, analysis.Of(doc, found, nil))
	}
	if err := analysis.WithPython(t.Context(), python3(t), nil, all...); err != nil {
		t.Fatal(err)
	}
	found := map[string][]source.Diagnostic{}
	for _, f := range all {
		found[f.Document.Source.Name] = Run(f, Options{})
	}
	return found
}

package vendored

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var plain bytes.Buffer
	w := tar.NewWriter(&plain)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return compress(plain.Bytes())
}

func TestUnpack(t *testing.T) {
	packed := archive(t, map[string]string{"dist/a.js": "one //# map", "fonts/f.woff2": "f", "fonts/f.ttf": "t", "LICENSE": "free", "other": "x"})
	sum := sha512.Sum512(packed)
	p := Package{
		Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
		Files:     map[string]string{"dist/a.js": "a.js.gz", "LICENSE": "LICENSE.a"},
		Folder:    "fonts/", Suffix: ".woff2", Into: "fonts",
		Change: func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(" //# map"), nil) },
	}
	dir := t.TempDir()
	if err := p.unpack(dir, packed); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pattern := range []string{"*", "fonts/*"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range found {
			names = append(names, filepath.Base(name))
		}
	}
	if got := strings.Join(names, " "); got != "LICENSE.a a.js.gz fonts f.woff2" {
		t.Errorf("files %s", got)
	}
	text, err := os.ReadFile(filepath.Join(dir, "a.js.gz"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(plain); err != nil || string(body) != "one" {
		t.Errorf("%q, %v", body, err)
	}

	absent := p
	absent.Files = map[string]string{"gone.js": "gone.js"}
	if err := absent.unpack(t.TempDir(), packed); err == nil || !strings.Contains(err.Error(), "gone.js") {
		t.Errorf("a file that is gone: %v", err)
	}
	p.Integrity = "sha512-other"
	empty := t.TempDir()
	if err := p.unpack(empty, packed); err == nil {
		t.Error("a changed package was taken")
	}
	if left, _ := os.ReadDir(empty); len(left) > 0 {
		t.Error("something of a changed package was written")
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/repository/lock"
)

// The lock of a project, or of one file, pins what plugins leave open; a lock of other
// files, or one that somebody changed, does not.
func TestLintPinsFromTheLock(t *testing.T) {
	const open, pinned = `"pip: numpy"`, `"pip: numpy==1.26.4"`
	plugin := strings.Replace(printingPlugin("P", "print('x')"), `"api_version"`, `"requirements": [`+open+`], "api_version"`, 1)
	encoded := func(address string) string {
		sum := strings.Repeat("0", 64)
		python := json.RawMessage(`{"version":1,"backend":"uv","python":"3.11.7","platform":"linux-x86_64","packages":[{"name":"numpy","package_version":"1.26.4","hashes":["sha256:` + sum + `"]}]}`)
		f := &lock.File{Plugins: []lock.Plugin{{Name: "P", Origin: address, Address: address, URL: address, Size: 1, SHA256: sum, Config: sum, Requested: true, Local: true, Python: python}}}
		text, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, test := range []struct {
		name, file, text string
		pins             bool
	}{
		{"of the project", "imjoy.lock", encoded("./p.imjoy.html"), true},
		{"of the file", "p.lock", encoded("./p.imjoy.html"), true},
		{"of another file", "imjoy.lock", encoded("./q.imjoy.html"), false},
		{"changed by hand", "imjoy.lock", strings.Replace(encoded("./p.imjoy.html"), "1.26.4", "1.26.5", 1), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCached(t, map[string]string{"p.imjoy.html": plugin, test.file: test.text})
			for range 2 { // the second time nothing is left
				said := c.lint("--unsafe-fixes", "--select", "requirement-unversioned", "--no-python")
				if test.name == "changed by hand" && !strings.Contains(said, "nothing is pinned by the lock: ") {
					t.Errorf("a broken lock is not told: %s", said)
				}
			}
			got, err := os.ReadFile(filepath.Join(c.dir, "p.imjoy.html"))
			if err != nil {
				t.Fatal(err)
			}
			want := plugin
			if test.pins {
				want = strings.Replace(plugin, open, pinned, 1)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("(-want +fixed):\n%s", diff)
			}
		})
	}
}

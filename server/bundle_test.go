package server

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/imjoy-tools/imjoy/server/page"
)

// What is embedded is what the sources make: `go generate ./server` writes it.
func TestBundleIsUpToDate(t *testing.T) {
	files, err := page.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("built", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("built/%s is not what its sources make: run `go generate ./server`", name)
		}
	}
	entries, err := os.ReadDir("built")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := files[e.Name()]; !ok {
			t.Errorf("built/%s is made of nothing", e.Name())
		}
	}
}

// The whole page stays small: what a browser loads before the first window, unpacked,
// and what the program carries.
func TestPageIsSmall(t *testing.T) {
	packed, plain := 0, 0
	for _, f := range pageFiles {
		body, err := built.ReadFile("built/" + f.name)
		if err != nil {
			t.Fatal(err)
		}
		packed += len(body)
		plain += len(part(f.name))
	}
	t.Logf("the page: %d bytes, %d packed; a frame loads %d more", plain, packed, len(part("imjoy-rpc.js.gz"))+len(part("frame.js.gz")))
	if plain > 120_000 {
		t.Errorf("the page has %d bytes", plain)
	}
}

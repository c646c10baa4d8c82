package app_test

import (
	"path/filepath"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/app"
)

// TestMIMEType: what the bytes say counts, and the name where they say little.
func TestMIMEType(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"one line.csv", "a,b\n", "text/csv"},
		{"table.CSV", "a,b\n1,2\n3,4\n", "text/csv"},
		{"table.tsv", "a\tb\n", "text/tab-separated-values"},
		{"number.json", "12", "application/json"},
		{"object.json", `{"a": 1}`, "application/json"},
		{"readme.md", "# Title\n", "text/markdown"},
		{"part.html", "some text", "text/html"},
		{"script.js", "let a = 1\n", "text/javascript"},
		{"script.py", "a = 1\n", "text/x-python"},
		{"genes.fasta", ">a\nACGT\n", "text/x-fasta"},
		{"genes.fa", ">a\nACGT\n", "text/x-fasta"},
		{"array.npy", "\x93NUMPY\x01\x00", "application/x-npy"},
		{"data.xml", "<a/>", "text/xml"},
		{"notes.txt", "words\n", "text/plain"},
		{"notes", "words\n", "text/plain"},
		{"noise.bin", "\x00\x01\xfe", "application/octet-stream"},
		{"an image.csv", "\x89PNG\r\n\x1a\n", "image/png"},
	} {
		a := here(t, map[string]string{test.name: test.text})
		if got, err := app.MIMEType(filepath.Join(a.Dir, test.name)); err != nil || got != test.want {
			t.Errorf("%s: %q, %v; want %s", test.name, got, err, test.want)
		}
	}
	if got, err := app.MIMEType(t.TempDir()); err != nil || got != "inode/directory" {
		t.Errorf("a folder: %q, %v", got, err)
	}
	if got, err := app.MIMEType(filepath.Join(t.TempDir(), "none.csv")); err == nil {
		t.Errorf("no file: %q", got)
	}
}

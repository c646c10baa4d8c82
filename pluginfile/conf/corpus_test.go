package conf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// corpusConfigs returns the config texts of the public plugins, as excerpts.
func corpusConfigs(t testing.TB) []*source.Excerpt {
	dir := os.Getenv("IMJOY_CORPUS")
	if dir == "" {
		t.Skip("IMJOY_CORPUS is not set: it names a folder with the public plugins")
	}
	var list []*source.Excerpt
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".imjoy.html") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		start := bytes.Index(text, []byte("<config"))
		if start < 0 {
			return nil
		}
		start += bytes.IndexByte(text[start:], '>') + 1
		end := start + bytes.Index(text[start:], []byte("</config>"))
		list = append(list, source.Whole(source.New(path, text), source.Span{Start: start, End: end}))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

package conf

import (
	"bytes"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// corpusConfigs returns the config texts of the public plugins, as excerpts.
func corpusConfigs(t testing.TB) (list []*source.Excerpt) {
	t.Helper()
	for _, file := range corpus.Files(t) {
		start := bytes.Index(file.Text, []byte("<config"))
		if start < 0 {
			continue
		}
		start += bytes.IndexByte(file.Text[start:], '>') + 1
		end := start + bytes.Index(file.Text[start:], []byte("</config>"))
		list = append(list, source.Whole(source.New(file.Name, file.Text), source.Span{Start: start, End: end}))
	}
	return list
}

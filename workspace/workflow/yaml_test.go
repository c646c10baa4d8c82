package workflow_test

import (
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// plainYAML is what a text says, as a schema sees it.
func plainYAML(t *testing.T, text string) any {
	t.Helper()
	s := source.New("w.yaml", []byte(text))
	n, found := conf.ParseYAML(source.Whole(s, s.All()))
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	return n.Plain()
}

package pyproc

import (
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// StartArguments returns the argument of worker.start: the scripts with the places
// they have in the document, the name under which tracebacks mention it, and the
// constants of the api (TAG, WORKSPACE, config, ...).
func StartArguments(file string, scripts []*source.Excerpt, constants *value.Object) *value.Object {
	list := make([]any, len(scripts))
	for i, body := range scripts {
		list[i] = script(i, body)
	}
	return value.NewObject("file", file, "scripts", list, "config", constants)
}

// script tells where each line of a body starts in its document: the number of its
// first line, and for each line how many characters stand before it. The last
// number holds for the lines that follow.
func script(block int, body *source.Excerpt) *value.Object {
	first := 0
	var columns []any
	for at := 0; ; {
		place := body.Outer(source.Span{Start: at, End: at})
		position := body.Source.Position(place.Start, source.Runes)
		if first == 0 {
			first = position.Line
		}
		columns = append(columns, position.Column-1)
		next := strings.IndexByte(body.Text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	for len(columns) > 1 && columns[len(columns)-1] == columns[len(columns)-2] {
		columns = columns[:len(columns)-1]
	}
	return value.NewObject("block", block, "text", body.Text, "line", first, "columns", columns)
}

package bundle

import (
	"fmt"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Error is a module that cannot be bundled.
type Error struct {
	Message string
	Module  string // the address of the module, or the name of the entry; "" when it is about all
	Entry   bool   // the module is the entry
	Line    int    // 1-based, 0 when not known
	Column  int    // 1-based, in bytes
	More    int    // how many further errors there are
	Err     error  // why a module could not be had, nil for errors of the text itself
}

func (e *Error) Error() string {
	text := e.Message
	if e.Module != "" && !e.Entry {
		text = fmt.Sprintf("%s (in %s, line %d)", e.Message, e.Module, e.Line)
	}
	if e.More > 0 {
		text += fmt.Sprintf(" (and %d more)", e.More)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// inEntry reports whether a place is in the entry. Some messages have the namespace in
// the name of the file only.
func inEntry(at *api.Location) bool {
	return at != nil && (at.Namespace == entrySpace || strings.HasPrefix(at.File, entrySpace+":"))
}

// failure makes one error of esbuild's list: the first in the entry counts most, as its
// author is the reader.
func (g *graph) failure(list []api.Message) error {
	if fatal := g.fatal(); fatal != nil {
		return fatal
	}
	if len(list) == 0 {
		return nil
	}
	first := list[0]
	for _, m := range list {
		if inEntry(m.Location) {
			first = m
			break
		}
	}
	e := &Error{Message: strings.ReplaceAll(first.Text, `"`+moduleSpace+":", `"`), More: min(len(list)-1, maxErrors)}
	if err, ok := first.Detail.(error); ok {
		e.Err = err
	}
	if at := first.Location; at != nil {
		e.Entry = inEntry(at)
		e.Module, e.Line, e.Column = sourceName(at.File), at.Line, at.Column+1
	}
	return e
}

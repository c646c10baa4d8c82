package analysis

import (
	"cmp"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Code is what is known of one text in a programming language. It is immutable and
// may be shared. Spans are offsets into the text.
type Code struct {
	// Read reports whether the text was understood. If it is false, only Faults,
	// Late and Reason mean something.
	Read   bool
	Reason string  // why an error-free text was not read, for people; may be empty
	Faults []Fault // syntax errors

	Exports []Export
	// Late reports that the text seems to export, though it could not be read.
	Late bool
	// Escapes reports that `api` itself is handed to something else, or used with
	// computed names: what is not seen here may happen there.
	Escapes bool

	Uses     []Use     // members of api, in order
	Imports  []Literal // modules and scripts loaded by name or URL
	URLs     []Literal // string literals that begin as a URL does
	Settings []Literal // names read from ctx.config

	Undeclared []Assignment // JavaScript: assignments to names nobody declares
	Globals    []string     // names the text declares or sets for all scripts
	Misnamed   []Member     // JavaScript: properties that a built-in does not have
	ModuleOnly *Literal     // an import or export statement outside a module
}

// Fault is a syntax error.
type Fault struct {
	Span    source.Span
	Message string // lower case, no period
	Hint    string
	Notes   []FaultNote
}

// FaultNote explains a fault at a second place.
type FaultNote struct {
	Span    source.Span
	Message string
}

// Use is one use of a member of `api`.
type Use struct {
	Path string      // without "api.": "alert", "utils.sleep"
	Span source.Span // of the member's name: what follows the last dot
	Call bool        // it is called; otherwise read, or handed on
	// First is the first argument where that is a literal text.
	First *Literal
}

// Literal is a text written in the code, or a name.
type Literal struct {
	Text string
	Span source.Span
}

// Export is one call of api.export or api.init.
type Export struct {
	Span source.Span // of the callee: `api.export`
	Init bool        // api.init
	What ExportKind
	// Members are the exported names where the code shows them: methods and
	// properties, private ones included. Complete reports that there are no others.
	Members  []Literal
	Complete bool
}

// ExportKind tells what is handed to api.export.
type ExportKind int

// The kinds: something the code does not show, an instance or object as it should
// be, a class itself (which cannot be exported), nothing at all.
const (
	ExportsUnknown ExportKind = iota
	ExportsObject
	ExportsClass
	ExportsNothing
)

// Has reports whether the export has a member of that name; sure is false if the
// code does not show all members.
func (e *Export) Has(name string) (has, sure bool) {
	for _, m := range e.Members {
		if m.Text == name {
			return true, true
		}
	}
	return false, e.Complete
}

// Assignment sets a variable that is declared nowhere in its script.
type Assignment struct {
	Literal
	Throws bool // in strict code, or the old value is read first
}

// Member is a property of a built-in object.
type Member struct {
	Object string // "Number"
	Literal
	Meant string // the nearest property it has, or ""
}

// Used reports whether a member of api is used.
func (c *Code) Used(path string) bool {
	for _, u := range c.Uses {
		if u.Path == path {
			return true
		}
	}
	return false
}

// sort puts the facts of each kind into the order of the text.
func (c *Code) sort() {
	byPlace := func(a, b Literal) int { return cmp.Compare(a.Span.Start, b.Span.Start) }
	slices.SortStableFunc(c.Uses, func(a, b Use) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	slices.SortStableFunc(c.Undeclared, func(a, b Assignment) int { return byPlace(a.Literal, b.Literal) })
	slices.SortStableFunc(c.Misnamed, func(a, b Member) int { return byPlace(a.Literal, b.Literal) })
	slices.SortStableFunc(c.Imports, byPlace)
	slices.SortStableFunc(c.URLs, byPlace)
	slices.SortStableFunc(c.Settings, byPlace)
}

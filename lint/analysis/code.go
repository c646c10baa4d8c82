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
	Optional []Literal // names read from ctx.config where they may be absent: `get("x", 1)`

	Undeclared []Assignment // JavaScript: assignments to names nobody declares
	Globals    []string     // names the text declares or sets for all scripts
	Classes    []Literal    // names of classes at the top that have a setup or run
	Misnamed   []Member     // properties that a built-in, or the class around, does not have
	Constants  []Literal    // JavaScript: assignments to what is declared with const
	Mistakes   []Mistake    // what cannot do what it seems to
	Slips      []Slip       // JavaScript: names that nothing declares, one letter away from one that exists
	ModuleOnly *Literal     // an import or export statement outside a module

	Free      []Literal     // names that nothing in the text declares, each at its first use
	Elements  []Literal     // ids of elements that are looked for in the page
	Regexps   []Literal     // JavaScript: regular expressions as written
	Debuggers []source.Span // JavaScript: debugger statements
	Unawaited []Unawaited   // promises that nobody awaited, used as values
	Dated     []Dated       // Python: what only Python 2 has
	Newer     []Newer       // Python: what older versions of it do not have
	Undefined []Undefined   // Python: names that nothing gives a value, each once
	Bare      []Literal     // Python: imported modules that come with it, where they must be there
	Paths     []Literal     // texts that are paths in the folder of one person
	Needs     []Literal     // Python: imported modules that are not its own, where they must be there
}

// Unawaited is the use of a promise as if it were what it stands for.
type Unawaited struct {
	Literal // the member that is taken of it; otherwise the promise itself, as written
	As      PromiseUse
	Path    string // what answers with the promise: a member of api ("createWindow"), or a function of the script
	Own     bool   // Path is a function of the script
	// Call is the call that answers with the promise. Awaitable reports that `await` may
	// be written before it.
	Call      source.Span
	Awaitable bool
}

// PromiseUse tells what is done with a promise.
type PromiseUse int

// The uses: a member is taken, which promises do not have; it is calculated with, looped
// over, taken apart or converted; it stands for a condition; nothing at all, which in
// Python means that the function never runs; it answers a method that asks about each
// element of an array, which is Path; it is given a member, which its result does not get.
const (
	TakesMember PromiseUse = iota
	TakesValue
	TakesTruth
	TakesNothing
	AsksPromise
	SetsMember
)

// Dated is something that only an older version of the language has.
type Dated struct {
	Literal
	Hint string
}

// Newer is something that older versions of Python do not have.
type Newer struct {
	Literal        // a word for it
	Since   string // the first version that has it: "3.10"
}

// Undefined is a name that a script reads and nothing gives a value.
type Undefined struct {
	Literal
	Hint string // what was probably meant, "" where that is not known
}

// Argument is what the code shows of one argument of a call.
type Argument struct {
	Kind ArgumentKind
	Text string // of a text, number or constant
	Keys []Literal
	// Values are the literal texts of an object's keys, by key.
	Values map[string]Literal
	Span   source.Span
}

// ArgumentKind tells what an argument is.
type ArgumentKind int

// The kinds of arguments.
const (
	OtherArgument ArgumentKind = iota
	TextArgument
	NumberArgument
	ObjectArgument // an object literal, all of whose keys are known
	FunctionArgument
	ListArgument
	ConstantArgument // true or false, as JavaScript writes them in Text
)

// Fault is a syntax error.
type Fault struct {
	Span    source.Span
	Message string // lower case, no period
	Hint    string
	Notes   []FaultNote
	// Since is the version of Python that may know what Reader, the one that was asked,
	// does not: "3.12"; "" where no version does.
	Since, Reader string
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
	// Arguments are those of a call; nil when a spread or keywords hide them.
	Arguments []Argument
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
	// Conditional reports that other code decides whether it runs: it stands in a
	// function, a branch or a loop.
	Conditional bool
	What        ExportKind
	// Members are the exported names where the code shows them: methods and
	// properties, private ones included. Complete reports that there are no others.
	Members  []Literal
	Complete bool
	// Made tells how an instance of a Python class is made; nil where that is not shown.
	Made *Made
	// Arity tells of Python's functions how many arguments they can be called with.
	Arity map[string]Arity
	Run   *Run // what the exported run gives back; nil where the code does not show it
}

// Run is what the code shows of the exported function run.
type Run struct {
	// Returns are the keys of the objects that it returns or yields, each at its first
	// place. Complete reports that it gives nothing else.
	Returns  []Literal
	Complete bool
	Yields   bool      // it is a generator
	Keeps    []Literal // what it sets on its plugin, or globally, for the next time
}

// Made is a call of a class: how many arguments it gives, and how many __init__ takes.
type Made struct {
	Class string
	Given int
	Arity // of __init__; its span is that of the call
}

// Arity is how many arguments a function takes, self not counted.
type Arity struct {
	Least, Most int // Most is -1 without a limit
	Span        source.Span
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

// Mistake is code that cannot do what it seems to.
type Mistake struct {
	Span  source.Span
	What  string // for people
	Meant string // what to write in the place of Span, "" where that is not known
	Hint  string // what to do about it otherwise
}

// Member is a property that an object does not have.
type Member struct {
	Object string // "Number", "this", "self", or "" for any object
	Literal
	Meant string // the nearest property it has, or ""
}

// Slip is a name that nothing in the text declares, at its first use, and that is one
// letter away from another.
type Slip struct {
	Literal
	Meant    string // the name that it is near to
	Declared bool   // Meant is declared in the text; otherwise it is a global of every page or worker
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
	slices.SortStableFunc(c.Constants, byPlace)
	slices.SortStableFunc(c.Mistakes, func(a, b Mistake) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	slices.SortStableFunc(c.Slips, func(a, b Slip) int { return byPlace(a.Literal, b.Literal) })
	slices.SortStableFunc(c.Imports, byPlace)
	slices.SortStableFunc(c.URLs, byPlace)
	slices.SortStableFunc(c.Settings, byPlace)
	slices.SortStableFunc(c.Optional, byPlace)
	slices.SortStableFunc(c.Free, byPlace)
	slices.SortStableFunc(c.Elements, byPlace)
	slices.SortStableFunc(c.Regexps, byPlace)
	slices.SortStableFunc(c.Unawaited, func(a, b Unawaited) int { return byPlace(a.Literal, b.Literal) })
	slices.SortStableFunc(c.Undefined, func(a, b Undefined) int { return byPlace(a.Literal, b.Literal) })
	slices.SortStableFunc(c.Dated, func(a, b Dated) int { return byPlace(a.Literal, b.Literal) })
}

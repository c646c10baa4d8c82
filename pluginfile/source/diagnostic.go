package source

import (
	"cmp"
	"slices"
)

// Place is a span in a particular source. The zero Place means "nowhere in
// particular": the whole run, or a file that could not be read.
type Place struct {
	*Source
	Span
}

// Known reports whether the place points into a text.
func (p Place) Known() bool { return p.Source != nil }

// Start and end of the place for people, in Unicode code points.
func (p Place) Range() (start, end Position) {
	if p.Source == nil {
		return Position{}, Position{}
	}
	return p.Source.Position(p.Span.Start, Runes), p.Source.Position(p.Span.End, Runes)
}

// Severity tells how much a diagnostic matters.
type Severity int

// Error: it will fail, or means something else than written. Warning: a silent
// surprise. Info: worth knowing. None switches a rule off.
const (
	None Severity = iota
	Info
	Warning
	Error
)

var severityNames = [...]string{"none", "info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Diagnostic is one fact about a text that its author should know. Its Code is
// the code of a [Rule], whichever package reports it.
type Diagnostic struct {
	Code     string
	Severity Severity
	Place    Place
	Message  string // what is wrong: one sentence, lower case start allowed, no period
	Hint     string // what to do about it; may be empty
	Related  []Note // other places that explain this one, possibly in other files
	Fixes    []Fix  // ready changes; the first is the best
}

// Note explains a diagnostic at a second place: "first declared here".
type Note struct {
	Place   Place
	Message string
}

// Fix is a change that would settle a diagnostic.
type Fix struct {
	Title string // imperative: "remove the duplicate key"
	Safe  bool   // the plugin means the same afterwards, but for the fault
	Edits []Edit // all in the diagnostic's source
}

// Rule documents one diagnostic code. Every code that any package reports has one.
type Rule struct {
	Code     string   // stable slug: "config-duplicate-key"
	Severity Severity // default severity
	Summary  string   // one line
	Doc      string   // Markdown: why it matters, what to do
	Bad      string   // a small plugin, or part of one, that has the fault
	Good     string   // the same without it
}

// Diagnostic returns a diagnostic of this rule with its default severity.
func (r *Rule) Diagnostic(place Place, message, hint string) Diagnostic {
	return Diagnostic{Code: r.Code, Severity: r.Severity, Place: place, Message: message, Hint: hint}
}

// Sort orders diagnostics by file name, place, code and message, so that the same
// input always gives the same output.
func Sort(list []Diagnostic) {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Place.name(), b.Place.name()),
			cmp.Compare(a.Place.Span.Start, b.Place.Span.Start),
			cmp.Compare(a.Place.Span.End, b.Place.Span.End),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// Worst returns the highest severity in the list, None when it is empty.
func Worst(list []Diagnostic) Severity {
	worst := None
	for _, d := range list {
		worst = max(worst, d.Severity)
	}
	return worst
}

func (p Place) name() string {
	if p.Source == nil {
		return ""
	}
	return p.Source.Name
}

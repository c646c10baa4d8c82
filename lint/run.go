package lint

import (
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
)

// Options choose what [Run] tells. The zero value tells everything.
type Options struct {
	Select   []string                   // codes or families ("javascript") to tell; empty means all
	Ignore   []string                   // codes or families to leave out; stronger than Select
	Severity map[string]source.Severity // other severities than the default, by code
	// Extra are findings of others about the same document, such as those of [Others].
	// They are suppressed and filtered like all.
	Extra []source.Diagnostic
	// Locked is what a lock has of the plugin, from which some fixes are made; nil for
	// none.
	Locked *Locked
	// Violations is what the published schema says about a config, for callers that may
	// know it from before; nil asks the schema.
	Violations func(*pluginfile.Config) []schema.Violation
}

// Others are other linters whose findings may come with [Options.Extra]: their codes
// begin with these names.
var Others = []string{"ruff", "pyright", "biome", "oxlint"}

// check is one rule of this package with the function that finds its faults.
type check struct {
	*source.Rule
	run func(*pass)
}

// subject is a document with what several rules want to know of it.
type subject struct {
	*analysis.Facts
	suppressions []suppression
	violations   func(*pluginfile.Config) []schema.Violation
	codes        func() []string // of the catalogue, which rules cannot name themselves
	code         func() []link   // addresses of everything that is loaded and run
	links        func() []link   // all addresses
	docsText     func() string   // text of the docs without its code
}

func newSubject(facts *analysis.Facts) *subject {
	s := &subject{Facts: facts, suppressions: suppressions(facts.Document), codes: codes, violations: Violations}
	s.code = sync.OnceValue(func() []link { return codeLinks(facts) })
	s.docsText = sync.OnceValue(func() string {
		if b := pluginfile.First(facts.Document.Recovered, pluginfile.DocsBlock); b != nil {
			return withoutCode(b.Body().Text)
		}
		return ""
	})
	s.links = sync.OnceValue(func() []link { return allLinks(facts, s.code()) })
	return s
}

// pass is one rule looking at a subject.
type pass struct {
	*subject
	rule  *source.Rule
	found *[]source.Diagnostic
}

// report adds a finding and returns it to be completed.
func (p *pass) report(place source.Place, message, hint string) *source.Diagnostic {
	*p.found = append(*p.found, p.rule.Diagnostic(place, message, hint))
	return &(*p.found)[len(*p.found)-1]
}

// Run returns everything there is to say about a document.
func Run(facts *analysis.Facts, o Options) []source.Diagnostic {
	found := given(facts)
	s := newSubject(facts)
	if o.Violations != nil {
		s.violations = o.Violations
	}
	for _, c := range checks {
		if o.wants(c.Code) {
			c.run(&pass{s, c.Rule, &found})
		}
	}
	found = inDialect(facts.Document, found)
	found = suppress(s.suppressions, o, append(found, o.Extra...))
	addFixes(s, found)
	addPins(s, o.Locked, found)
	return Filter(found, o)
}

// Filter applies options to diagnostics of any package, such as those of a manifest:
// it drops what is not to be told, and sorts the rest. It reuses the list.
func Filter(found []source.Diagnostic, o Options) []source.Diagnostic {
	kept := found[:0]
	for _, d := range found {
		if severity, ok := o.Severity[d.Code]; ok {
			d.Severity = severity
		}
		if d.Severity != source.None && o.wants(d.Code) {
			kept = append(kept, d)
		}
	}
	source.Sort(kept)
	return once(kept)
}

// given returns what reading, planning and compiling its schemas found, without what follows from another
// finding or is told better by a check of this package.
func given(facts *analysis.Facts) (kept []source.Diagnostic) {
	doc := facts.Document
	cut := slices.ContainsFunc(facts.Parsed, func(d source.Diagnostic) bool { return d.Code == "config-limit" })
	for _, d := range slices.Concat(facts.Parsed, facts.Planned, ownSchemas(facts)) {
		switch d.Code {
		case ruleHole.Code: // told for all tags at once, see tag.go
			continue
		case "type-missing", "script-missing":
			// Without a config nothing has a type, and one that cannot be read or is too
			// much may have it further on; where blocks are lost, a script that is there
			// may seem not to be.
			if doc.Config.Block == nil || (cut || !doc.Config.Root.Map()) && d.Code == "type-missing" || doc.Ambiguous() && d.Code == "script-missing" {
				continue
			}
		}
		kept = append(kept, d)
	}
	return kept
}

// wants reports whether a code is to be told.
func (o Options) wants(code string) bool {
	return (len(o.Select) == 0 || matches(o.Select, code)) && !matches(o.Ignore, code)
}

// matches reports whether a list has a code, or the family it belongs to: the words
// it begins with.
func matches(list []string, code string) bool {
	for _, name := range list {
		if rest, ok := strings.CutPrefix(code, name); ok && (rest == "" || rest[0] == '-') {
			return true
		}
	}
	return false
}

// once drops findings that say the same about the same place.
func once(sorted []source.Diagnostic) []source.Diagnostic {
	kept := sorted[:0]
	for _, d := range sorted {
		if n := len(kept); n > 0 && kept[n-1].Code == d.Code && kept[n-1].Place == d.Place && kept[n-1].Message == d.Message {
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

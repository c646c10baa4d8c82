package lint

import (
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Options choose what [Run] tells. The zero value tells everything.
type Options struct {
	Select   []string                   // codes or families ("javascript") to tell; empty means all
	Ignore   []string                   // codes or families to leave out; stronger than Select
	Severity map[string]source.Severity // other severities than the default, by code
}

// check is one rule of this package with the function that finds its faults.
type check struct {
	*source.Rule
	run func(*pass)
}

// pass is one rule looking at the facts of one document.
type pass struct {
	*analysis.Facts
	rule  *source.Rule
	found *[]source.Diagnostic
	codes func() []string // all codes of the catalogue, which rules cannot name themselves
}

// report adds a finding and returns it to be completed.
func (p *pass) report(place source.Place, message, hint string) *source.Diagnostic {
	*p.found = append(*p.found, p.rule.Diagnostic(place, message, hint))
	return &(*p.found)[len(*p.found)-1]
}

// Run returns everything there is to say about a document.
func Run(facts *analysis.Facts, o Options) []source.Diagnostic {
	found := append([]source.Diagnostic(nil), facts.Parsed...)
	found = append(found, planned(facts)...)
	for _, c := range checks {
		if o.wants(c.Code) {
			c.run(&pass{facts, c.Rule, &found, codes})
		}
	}
	found = suppress(facts.Document, o, found)
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

// planned returns what the plans found, without what is told better here: values
// that are missing for a tag, which have a check of their own. Where blocks are lost,
// a plan may also miss a script that is there.
func planned(facts *analysis.Facts) []source.Diagnostic {
	var kept []source.Diagnostic
	for _, d := range facts.Planned {
		if d.Code != ruleHole.Code && !(d.Code == "script-missing" && facts.Document.Ambiguous()) {
			kept = append(kept, d)
		}
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

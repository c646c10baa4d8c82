package permission

import (
	"errors"
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules are the rules this package reports.
var Rules = []*source.Rule{ruleShape, ruleUnknown, ruleSpelling}

var ruleShape = &source.Rule{
	Code: "permissions-shape", Severity: source.Error,
	Summary: "permissions is not a list of words",
	Doc:     "`permissions` is a list of strings, one permission each. It cannot differ by tag: a person grants it once for the whole plugin.",
	Bad:     `{"permissions": {"camera": true}}`,
	Good:    `{"permissions": ["camera"]}`,
}

var ruleUnknown = &source.Rule{
	Code: "permission-unknown", Severity: source.Error,
	Summary: "a permission that nobody can grant",
	Doc: "ImJoy ignores words it does not know, so a misspelled permission is silently missing. The words are ImJoy's own " +
		"(`camera`, `midi`, `geolocation`, `microphone`, `encrypted-media`, `full-screen`, `payment-request`) and `net:host[:port]`, " +
		"`read:path`, `write:path`, `run:program`, `env:NAME`, `python`, `build`, `storage`.",
	Bad:  `{"permissions": ["webcam"]}`,
	Good: `{"permissions": ["camera", "net:api.example.org"]}`,
}

var ruleSpelling = &source.Rule{
	Code: "permission-spelling", Severity: source.Warning,
	Summary: "another spelling of a permission",
	Doc:     "ImJoy's documentation misspells `encrypted-media`, and browsers call some permissions otherwise. The meaning is clear, so the word is accepted, but ImJoy itself ignores it.",
	Bad:     `{"permissions": ["encryted-media"]}`,
	Good:    `{"permissions": ["encrypted-media"]}`,
}

// FromConfig reads the field permissions of a config: one want for each word that
// can be read, in the order written.
func FromConfig(n *conf.Node) (declared []Want, diagnostics []source.Diagnostic) {
	if n.Empty() {
		return nil, nil
	}
	items := n.Items
	switch n.Kind {
	case conf.String:
		items = []*conf.Node{n}
	case conf.List:
	default:
		return nil, []source.Diagnostic{ruleShape.Diagnostic(n.Place, "permissions is "+article(n.Kind)+", not a list of words", `write ["camera", ...]`)}
	}
	for _, item := range items {
		word, ok := item.Str()
		if !ok {
			diagnostics = append(diagnostics, ruleShape.Diagnostic(item.Place, "a permission is a word, not "+article(item.Kind), "write it in quotes"))
			continue
		}
		p, err := Parse(word)
		if err != nil {
			diagnostics = append(diagnostics, unknown(item, err))
			continue
		}
		if alias, ok := aliases[word]; ok {
			diagnostics = append(diagnostics, misspelled(item, word, alias))
		}
		declared = append(declared, Want{Permission: p, Declared: true, Reasons: []Reason{{"declared in permissions", item.Place}}})
	}
	return declared, diagnostics
}

func unknown(item *conf.Node, err error) source.Diagnostic {
	d := ruleUnknown.Diagnostic(item.Place, err.Error(), "ImJoy ignores it; the words are in `imjoy explain permission-unknown`")
	if u := (*UnknownError)(nil); errors.As(err, &u) && u.Suggestion != "" {
		d.Message = fmt.Sprintf("%q is not a permission", u.Word)
		d.Hint = fmt.Sprintf("did you mean %q?", u.Suggestion)
	}
	return d
}

func misspelled(item *conf.Node, word string, kind Kind) source.Diagnostic {
	d := ruleSpelling.Diagnostic(item.Place, fmt.Sprintf("%q is read as %q, but ImJoy ignores it", word, kind), fmt.Sprintf("write %q", kind))
	d.Fixes = []source.Fix{{
		Title: fmt.Sprintf("write %q", kind), Safe: true,
		Edits: []source.Edit{{Span: item.Within(0, len(word)).Span, New: string(kind)}},
	}}
	return d
}

func article(k conf.Kind) string {
	if k == conf.Null || k == conf.Invalid {
		return k.String()
	}
	if k == conf.Map {
		return "an " + k.String()
	}
	return "a " + k.String()
}

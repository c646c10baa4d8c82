package requirement

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Parse reads the three fields as they stand for one tag. Any of them may be nil.
//
// language decides what a requirement means, and is a plugin's type or the language
// of its scripts: "native-python" and "python" read packages, "web-python" those of
// a browser's Python, "web-worker" what a worker can load, everything else what a
// page can load.
func Parse(env, requirements, cmd *conf.Node, language string) (*Declaration, []source.Diagnostic) {
	p := &parser{d: &Declaration{}}
	var read func()
	switch language {
	case "native-python", "python":
		p.readEnv(env)
		p.readProgram(cmd)
		read = p.python
	case "web-python":
		p.ignored("env", env)
		p.ignored("cmd", cmd)
		read = p.webPython
	case "web-worker":
		p.ignored("env", env)
		p.ignored("cmd", cmd)
		read = p.workerScript
	default:
		p.ignored("env", env)
		p.ignored("cmd", cmd)
		read = p.pageScript
	}
	p.each("requirements", requirements, read)
	p.finish(language)
	source.Sort(p.diagnostics)
	return p.d, p.diagnostics
}

// parser collects a declaration. While it reads one string, offsets are bytes of
// that string's value.
type parser struct {
	d           *Declaration
	diagnostics []source.Diagnostic

	node *conf.Node // the string being read
	text string     // its value
	bad  bool       // it had an error
}

// each reads the strings of a list, or the one string that stands for a list.
func (p *parser) each(field string, n *conf.Node, read func()) {
	if n.Empty() {
		return // absent, or the config's own parser has said what is wrong
	}
	items := n.Items
	switch n.Kind {
	case conf.String:
		items = []*conf.Node{n}
	case conf.List:
	default:
		p.add(ruleShape.Diagnostic(n.Place, field+" is "+kindText(n.Kind)+", not a list of strings", "write a list of strings"))
		return
	}
	if len(items) > maxItems {
		p.add(ruleShape.Diagnostic(n.Place, fmt.Sprintf("%s has %d entries; %d are the most", field, len(items), maxItems), ""))
		return
	}
	for _, item := range items {
		p.read(field, item, read)
	}
}

// read reads one entry. An entry with an error adds nothing to the declaration but
// itself to Refused: half of a line is not what the author meant.
func (p *parser) read(field string, item *conf.Node, read func()) {
	text, ok := item.Str()
	if !ok {
		if item.Kind != conf.Invalid {
			p.add(notText(field, item))
		}
		p.d.Refused = append(p.d.Refused, Item{Text: written(item), Place: item.Place})
		return
	}
	before := *p.d
	p.node, p.text, p.bad = item, text, false
	switch {
	case strings.TrimSpace(text) == "":
		p.report(ruleEmpty, 0, len(text), "the entry is empty", "remove it; ImJoy runs a bare `pip install` for it")
	case len(text) > maxText:
		p.report(ruleSyntax, 0, len(text), fmt.Sprintf("the entry has %d bytes; %d are the most", len(text), maxText), "")
	default:
		read()
	}
	if p.bad {
		*p.d = before
		p.d.Refused = append(p.d.Refused, Item{Text: text, Place: item.Place})
	}
}

// written is a value as it stands in the file, "" for one that no file holds.
func written(n *conf.Node) string {
	if n == nil || !n.Place.Known() {
		return ""
	}
	return string(n.Place.Slice(n.Place.Span))
}

// notText reports an entry that is no string. In YAML an entry such as
//
//   - pip: numpy
//
// is an object with one key, which hardly anybody means.
func notText(field string, item *conf.Node) source.Diagnostic {
	d := ruleShape.Diagnostic(item.Place, "an entry of "+field+" is "+kindText(item.Kind)+", not a string", "write it in quotes")
	if !item.Map() || len(item.Members) != 1 {
		return d
	}
	m := item.Members[0]
	value, ok := m.Value.Scalar()
	if !ok || strings.ContainsAny(value, "\r\n") || strings.Contains(written(item), "{") {
		return d
	}
	quoted := conf.Quote(m.Key + ": " + value)
	d.Message = fmt.Sprintf("an entry of %s is an object: YAML reads the colon in it", field)
	d.Hint = "write " + quoted
	d.Fixes = []source.Fix{{Title: "write it in quotes", Edits: []source.Edit{{Span: item.Place.Span, New: quoted}}}}
	return d
}

// ignored tells that a field has no effect for the plugin's type.
func (p *parser) ignored(field string, n *conf.Node) {
	if !n.Empty() {
		p.add(ruleIgnoredField.Diagnostic(n.Place, field+" is only read for native-python plugins", "remove it"))
	}
}

// finish checks what only shows when everything is read.
func (p *parser) finish(language string) {
	p.checkPaths()
	if language == "web-python" {
		p.implyNumpy()
	}
}

func (p *parser) add(d source.Diagnostic) { p.diagnostics = append(p.diagnostics, d) }

// item is a part of the string being read.
func (p *parser) item(start, end int) Item {
	return Item{Text: p.text[start:end], Place: p.node.Within(start, end)}
}

// report says something about a part of the string being read. An error refuses
// the string.
func (p *parser) report(rule *source.Rule, start, end int, message, hint string) {
	p.bad = p.bad || rule.Severity == source.Error
	p.add(rule.Diagnostic(p.node.Within(start, end), message, hint))
}

func kindText(k conf.Kind) string {
	switch k {
	case conf.Null, conf.Invalid:
		return k.String()
	case conf.Map:
		return "an " + k.String()
	}
	return "a " + k.String()
}

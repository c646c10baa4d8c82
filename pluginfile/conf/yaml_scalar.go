package conf

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// scalar makes the node of a scalar that begins at start, its tag and anchor
// skipped.
func (r *yamlReader) scalar(y *yaml.Node, start int) (n *Node, end int) {
	end = r.scalarEnd(y, start)
	n = r.node(String, start, end)
	n.Text = y.Value
	if y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
		n.form = blockForm
	}
	tag := ""
	if y.Style&yaml.TaggedStyle != 0 {
		tag = y.ShortTag()
	}
	plain := y.Style&^yaml.TaggedStyle == 0
	switch {
	case tag == "" && plain && !r.nonSpecific(start):
		n.Kind = plainKind(y.Value)
		r.checkAmbiguous(y.Value, start, end)
	case tag == "" || tag == "!!str" || tag == "!!timestamp":
		return n, end
	default:
		n.Kind = r.taggedKind(y, tag, start, end)
	}
	if n.Kind == Number {
		r.checkYAMLRange(n.Text, start, end)
	}
	return n, end
}

// nonSpecific reports whether the tag "!" stands before the value at start, which
// makes it text.
func (r *yamlReader) nonSpecific(start int) bool {
	before := strings.TrimRight(r.src[:start], " \t")
	return len(before) < start && strings.HasSuffix(before, "!")
}

var (
	yamlInt         = lazily(`^[-+]?(0[xX][0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)$`)
	yamlFloat       = lazily(`^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$`)
	yamlInfinite    = lazily(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
	yamlSexagesimal = lazily(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)
	yamlOctal       = lazily(`^[-+]?0[0-7_]*[1-7][0-7_]*$`)
)

// plainKind resolves a scalar without quotes by the core schema.
func plainKind(value string) Kind {
	switch value {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	if c := value[0]; !isDigit(c) && c != '-' && c != '+' && c != '.' {
		return String
	}
	if yamlInt().MatchString(value) || yamlFloat().MatchString(value) || yamlInfinite().MatchString(value) {
		return Number
	}
	return String
}

func (r *yamlReader) checkAmbiguous(value string, start, end int) {
	if value == "" || !isDigit(value[0]) && value[0] != '-' && value[0] != '+' {
		return
	}
	switch {
	case yamlSexagesimal().MatchString(value):
		r.report(ruleYAMLAmbiguous, start, end, fmt.Sprintf("%s is text here, but a number in base 60 to other readers", value), "put it in quotes").
			Fixes = r.replace("put it in quotes", true, start, end, Quote(value))
	case yamlOctal().MatchString(value):
		r.report(ruleYAMLAmbiguous, start, end, fmt.Sprintf("%s is a decimal number here, but an octal one to other readers", value), "remove the leading zero, or put it in quotes")
	}
}

// taggedKind resolves a scalar with an explicit tag.
func (r *yamlReader) taggedKind(y *yaml.Node, tag string, start, end int) Kind {
	kind := plainKind(y.Value)
	ok := true
	switch tag {
	case "!!int":
		ok = kind == Number && yamlInt().MatchString(y.Value)
	case "!!float":
		ok = kind == Number
	case "!!bool":
		ok = kind == Bool
	case "!!null":
		ok = kind == Null
	case "!!merge":
		return String
	default:
		r.checkTag(y, start)
		return Invalid
	}
	if !ok {
		r.report(ruleYAMLTag, start, end, fmt.Sprintf("%s is no %s", Quote(short(y.Value)), tag), "remove the tag, or write such a value")
		return Invalid
	}
	return kind
}

// checkTag refuses the tags that stand for more than plain data.
func (r *yamlReader) checkTag(y *yaml.Node, start int) {
	if y.Style&yaml.TaggedStyle == 0 {
		return
	}
	switch tag := y.ShortTag(); tag {
	case "!!map", "!!seq":
		fits := tag == "!!map" && y.Kind == yaml.MappingNode || tag == "!!seq" && y.Kind == yaml.SequenceNode
		if !fits {
			r.report(ruleYAMLTag, start, start, fmt.Sprintf("the tag %s does not fit this value", tag), "remove the tag")
		}
	default:
		at := r.lines.offset(y.Line, y.Column)
		r.report(ruleYAMLTag, at, max(at, start), fmt.Sprintf("the tag %s is not allowed", short(tag)), "write plain text, numbers, lists and maps")
	}
}

func (r *yamlReader) checkYAMLRange(number string, start, end int) {
	if yamlInfinite().MatchString(number) {
		r.report(ruleRange, start, end, fmt.Sprintf("a config has no number %s", number), "write a large number, or null")
		return
	}
	if text, ok := jsonNumber(number); ok {
		r.checkRange(text, start, end)
	}
}

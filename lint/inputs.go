package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about the schemas of data: where ImJoy reads them otherwise than it seems.

var inputChecks = []check{
	{ruleMime, fileMime},
	{ruleExt, fileExt},
	{ruleFileSize, fileSize},
	{ruleDType, arrayType},
	{rulePatternCost, patternCost},
	{rulePatternLength, patternLength},
}

// keyword calls f for every value of a keyword in inputs and outputs.
func (p *pass) keyword(name string, f func(n *conf.Node)) {
	for _, field := range []string{"inputs", "outputs"} {
		for pointer, n := range p.config().Get(field).All() {
			if strings.HasSuffix(pointer, "/"+name) {
				f(n)
			}
		}
	}
}

// textsOf returns the texts of a value that is one or a list of them.
func textsOf(n *conf.Node) (list []*conf.Node) {
	items := []*conf.Node{n}
	if n.List() {
		items = n.Items
	}
	return slices.DeleteFunc(slices.Clone(items), func(n *conf.Node) bool { return n == nil || n.Kind != conf.String })
}

var ruleMime = &source.Rule{
	Code: "inputs-mime", Severity: source.Warning,
	Summary: "a MIME type that ImJoy reads as a regular expression",
	Doc: "ImJoy looks for each entry of `mime` as a regular expression anywhere in the file's type. `image/*` works by accident, `image/svg+xml` never matches " +
		"because of its plus, `*/*` is no expression at all. Name files by `ext` where the type has such signs.",
	Bad:  `{"inputs": {"type": "object", "properties": {"image": {"file": {"mime": ["image/svg+xml"]}}}}}`,
	Good: `{"inputs": {"type": "object", "properties": {"image": {"file": {"ext": [".svg"]}}}}}`,
}

func fileMime(p *pass) {
	p.keyword("file", func(file *conf.Node) {
		for _, n := range textsOf(file.Get("mime")) {
			switch {
			case strings.HasPrefix(n.Text, "*"):
				p.report(n.Place, fmt.Sprintf("ImJoy cannot read %q: it takes it for a regular expression", n.Text), "leave mime away to take every file")
			case strings.Contains(n.Text, "+"):
				p.report(n.Place, fmt.Sprintf("%q never matches in ImJoy, which takes the plus for a repetition", n.Text), "name the files by ext")
			}
		}
	})
}

var ruleExt = &source.Rule{
	Code: "inputs-ext", Severity: source.Warning,
	Summary: "a file ending that matches more or less than it seems",
	Doc:     "ImJoy asks whether the name of the file ends with the text, letter by letter: `png` takes `a.apng` as well, `.PNG` does not take `a.png`, a space before it takes nothing. Write a dot and lower case, each ending once.",
	Bad:     `{"inputs": {"type": "object", "properties": {"image": {"file": {"ext": ["png"]}}}}}`,
	Good:    `{"inputs": {"type": "object", "properties": {"image": {"file": {"ext": [".png"]}}}}}`,
}

func fileExt(p *pass) {
	p.keyword("file", func(file *conf.Node) {
		seen := map[string]bool{}
		for _, n := range textsOf(file.Get("ext")) {
			want := "." + strings.TrimPrefix(strings.ToLower(strings.TrimSpace(n.Text)), ".")
			if strings.TrimSpace(n.Text) == "" {
				continue
			}
			again := seen[want]
			seen[want] = true
			if n.Text == want {
				if again {
					p.report(n.Place, fmt.Sprintf("the ending %q is there already", want), "remove it")
				}
				continue
			}
			d := p.report(n.Place, fmt.Sprintf("ImJoy compares the end of the name with %q letter by letter", n.Text), fmt.Sprintf("write %q", want))
			d.Fixes = []source.Fix{{Title: "write " + want, Edits: []source.Edit{{Span: n.Place.Span, New: conf.Quote(want)}}}}
		}
	})
}

var ruleFileSize = &source.Rule{
	Code: "inputs-size", Severity: source.Warning,
	Summary: "a list of file sizes, or a size alone, that ImJoy does not take",
	Doc:     "`size` with a list never matches in ImJoy, and a `file` without `mime` or `ext` does not compile there. Use `minSize` and `maxSize`, beside `ext`.",
	Bad:     `{"inputs": {"type": "object", "properties": {"image": {"file": {"ext": [".raw"], "size": [1024, 2048]}}}}}`,
	Good:    `{"inputs": {"type": "object", "properties": {"image": {"file": {"ext": [".raw"], "minSize": 1024, "maxSize": 2048}}}}}`,
}

func fileSize(p *pass) {
	p.keyword("file", func(file *conf.Node) {
		if !file.Map() {
			return
		}
		if n := file.Get("size"); n.List() {
			p.report(n.Place, "a list of sizes never matches in ImJoy", "use minSize and maxSize")
		}
		if len(file.Members) > 0 && file.Get("mime") == nil && file.Get("ext") == nil && (file.Get("size") != nil || file.Get("minSize") != nil || file.Get("maxSize") != nil) {
			p.report(file.Place, "ImJoy refuses a file that is described by its size alone", "add ext or mime")
		}
	})
}

var ruleDType = &source.Rule{
	Code: "inputs-dtype", Severity: source.Warning,
	Summary: "a type of array that ImJoy does not know",
	Doc:     "ImJoy knows int8, int16, int32, uint8, uint16, uint32, float32, float64 and array. A schema with another `dtype` does not compile there; imjoy itself takes int64, uint64, float16 and bool as well.",
	Bad:     `{"inputs": {"type": "object", "properties": {"image": {"ndarray": {"dtype": "int64"}}}}}`,
	Good:    `{"inputs": {"type": "object", "properties": {"image": {"ndarray": {"dtype": "int32"}}}}}`,
}

var portableTypes = []string{"int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64", "array"}

func arrayType(p *pass) {
	p.keyword("ndarray", func(array *conf.Node) {
		for _, n := range textsOf(array.Get("dtype")) {
			if name := strings.TrimSpace(n.Text); slices.Contains([]string{"int64", "uint64", "float16", "bool"}, name) {
				p.report(n.Place, fmt.Sprintf("ImJoy knows no arrays of %s, so it drops this schema", name), "convert to one of "+strings.Join(portableTypes, ", "))
			}
		}
	})
}

var rulePatternCost = &source.Rule{
	Code: "inputs-pattern-cost", Severity: source.Warning,
	Summary: "a pattern that may take forever",
	Doc:     "A pattern that repeats something that repeats itself, such as `(a+)+`, tries exponentially many ways on a text that does not match. Repeat only once, and give the text a `maxLength`.",
	Bad:     `{"inputs": {"type": "object", "properties": {"name": {"type": "string", "pattern": "^(\\w+\\s?)*$"}}}}`,
	Good:    `{"inputs": {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[\\w\\s]*$", "maxLength": 100}}}}`,
}

func patternCost(p *pass) {
	p.keyword("pattern", func(n *conf.Node) {
		if text, ok := n.Str(); ok && explosive(text) {
			p.report(n.Place, "this pattern repeats a repetition, which may take forever on a text that does not match", "repeat only once")
		}
	})
}

var rulePatternLength = &source.Rule{
	Code: "inputs-pattern-length", Severity: source.Info,
	Summary: "a pattern for texts of any length",
	Doc: "`inputs` are compared with whatever a person or a plugin offers, in the page itself: a pattern without `maxLength` is tried on texts of megabytes as well. " +
		"A file name has at most 255 characters.",
	Bad:  `{"inputs": {"type": "object", "properties": {"name": {"type": "string", "pattern": "\\.csv$"}}}}`,
	Good: `{"inputs": {"type": "object", "properties": {"name": {"type": "string", "pattern": "\\.csv$", "maxLength": 255}}}}`,
}

func patternLength(p *pass) {
	for _, n := range p.config().Get("inputs").All() {
		pattern, ok := n.Get("pattern").Str()
		if ok && n.Get("maxLength") == nil && unbounded(pattern) {
			p.report(n.Get("pattern").Place, "this pattern is tried on texts of any length", `add "maxLength" beside it: 255 for the name of a file`)
		}
	}
}

// unbounded reports whether a pattern repeats something without end, or looks for itself
// anywhere in a text: the others give up at a fixed length.
func unbounded(pattern string) bool {
	return !strings.HasPrefix(pattern, "^") || strings.ContainsAny(pattern, "*+")
}

package lint

import (
	"fmt"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
)

// What the published schema of the config says, and what is wrong with the schemas
// that a config holds itself.

var schemaChecks = []check{
	{ruleFieldType, fieldType},
}

var ruleFieldType = &source.Rule{
	Code: "config-field-type", Severity: source.Warning,
	Summary: "a field has a value of another type than it should",
	Doc: "ImJoy takes fields as they come, so that a number where text is expected, or text where a list is, shows up later as something odd. " +
		"A `name` that is not text makes it refuse the plugin. `imjoy schema config` prints the schema of a config.",
	Bad:  `{"runnable": "false"}`,
	Good: `{"runnable": false}`,
}

// fieldType tells what the published schema does not allow, but for what another
// rule has told already in its own words.
func fieldType(p *pass) {
	root := p.config()
	if root == nil {
		return
	}
	for _, v := range p.violations(p.Document.Config) {
		n := root.At(v.Pointer)
		field, _, _ := strings.Cut(strings.TrimPrefix(v.Pointer, "/"), "/")
		if v.Pointer == "" || n == nil || v.Keyword == "pattern" || v.Keyword == "minLength" || p.toldAbout(root.Get(field)) {
			continue
		}
		d := p.report(n.Place, fmt.Sprintf("%s: %s", pointerWords(v.Pointer), v.Message), v.Hint)
		if text, ok := n.Str(); ok && (text == "true" || text == "false") {
			d.Hint = "write " + text + " without quotes"
			d.Fixes = fix(d.Hint, false, source.Edit{Span: n.Place.Span, New: text})
		}
		if field == "name" || field == "api_version" {
			d.Severity = source.Error
		}
	}
}

// Violations is what the published schema says about a config.
func Violations(c *pluginfile.Config) []schema.Violation {
	return schema.Config().Validate(c.Root.Plain())
}

// toldAbout reports whether something was said about a value of the config.
func (p *pass) toldAbout(n *conf.Node) bool {
	for _, d := range *p.found {
		if d.Code != ruleFieldType.Code && n.Place.Span.Contains(d.Place.Span) {
			return true
		}
	}
	return false
}

// pointerWords writes a JSON pointer as people write a path: "defaults.w".
func pointerWords(pointer string) string {
	return strings.NewReplacer("~1", "/", "~0", "~", "/", ".").Replace(strings.TrimPrefix(pointer, "/"))
}

// ownSchemas returns what is wrong with the schemas of a config: of its data.
func ownSchemas(f *analysis.Facts) (found []source.Diagnostic) {
	for _, field := range []string{"inputs", "outputs"} {
		_, list := schema.CompileField(f.Document.Config.Field(field), field == "inputs")
		found = append(found, list...)
	}
	return found
}

// published lists the fields that the published schema knows.
var published = sync.OnceValue(func() []string {
	text := source.New("config.schema.json", schema.Published("config"))
	root, _ := conf.ParseJSON(source.Whole(text, text.All()))
	return root.Get("properties").Keys()
})

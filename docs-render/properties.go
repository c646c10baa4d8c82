package docsrender

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
)

// properties reads the field inputs or outputs aloud, a row for each property. What
// is wrong with the schema comes back as diagnostics; rows are of what is left.
func properties(p *plugin, field string) (*schemaView, []source.Diagnostic) {
	compiled, found := schema.CompileField(p.Document.Config.Field(field), field == "inputs")
	if compiled == nil {
		return nil, found
	}
	d := compiled.Describe()
	v := &schemaView{Summary: strings.TrimSuffix(d.Summary, ".")}
	for _, row := range d.Rows[:min(len(d.Rows), MaxRows)] {
		details := make([]string, 0, 2)
		for _, text := range []string{row.Title, row.Note} {
			if text, _ = cut(strings.TrimSpace(text), MaxValue); text != "" {
				details = append(details, text)
			}
		}
		text, _ := cut(row.Text, MaxValue)
		v.Defaults = v.Defaults || row.Default != ""
		v.Notes = v.Notes || len(details) > 0
		v.Rows = append(v.Rows, propertyView{
			Name: row.Name, Text: text, Note: strings.Join(details, ". "),
			Default: row.Default, Required: row.Required, Ref: ref(p, row.Place),
		})
	}
	return v, found
}

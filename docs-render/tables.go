package docsrender

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// grouped joins what is the same for several tags: it answers the tags of each group
// in words ("" when all are alike) and one plan of it.
func grouped(p *plugin, key func(*tags.Plan) string) (names []string, plans []*tags.Plan) {
	var keys []string
	for _, plan := range p.plans {
		k := key(plan)
		if i := slices.Index(keys, k); i >= 0 {
			names[i] += ", " + plan.Tag
			continue
		}
		keys, names, plans = append(keys, k), append(names, plan.Tag), append(plans, plan)
	}
	if len(names) == 1 {
		names[0] = ""
	}
	return names, plans
}

// forms shows the form of each tag as a table.
func forms(p *plugin) (list []taggedForm) {
	names, plans := grouped(p, func(plan *tags.Plan) string { return fmt.Sprint(formRows(plan.UI)) })
	for i, plan := range plans {
		if rows := formRows(plan.UI); len(rows) > 0 {
			list = append(list, taggedForm{names[i], rows})
		}
	}
	return list
}

func formRows(f *form.Form) (rows []fieldView) {
	keys := f.Keys()
	for i := range f.Fields[:min(len(f.Fields), MaxRows)] {
		field := &f.Fields[i]
		row := fieldView{Key: keys[i], Label: strings.TrimSpace(field.Label + " " + field.After), Type: field.Type}
		if row.Label == row.Key {
			row.Label = ""
		}
		if field.Default != nil {
			row.Default = short(field.Default)
		}
		row.Allowed = allowed(field)
		rows = append(rows, row)
	}
	return rows
}

// allowed says which values a field takes.
func allowed(f *form.Field) string {
	if len(f.Options) > 0 {
		var list []string
		for _, o := range f.Options[:min(len(f.Options), 40)] {
			value := short(o.Value)
			if o.Label != "" && o.Label != value && o.Label != fmt.Sprint(o.Value) {
				value += " (" + o.Label + ")"
			}
			list = append(list, value)
		}
		return strings.Join(list, ", ")
	}
	var parts []string
	if f.Min != nil {
		parts = append(parts, fmt.Sprintf("from %v", *f.Min))
	}
	if f.Max != nil {
		parts = append(parts, fmt.Sprintf("up to %v", *f.Max))
	}
	if f.Step != nil {
		parts = append(parts, fmt.Sprintf("in steps of %v", *f.Step))
	}
	return strings.Join(parts, " ")
}

// short writes a value in one line.
func short(v any) string {
	text, ok := v.(string)
	if !ok {
		encoded, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = string(encoded)
	}
	text, more := cut(text, 200)
	if more {
		text += "…"
	}
	return text
}

// matrix shows which values vary by tag; nil when there is nothing to compare.
func matrix(p *plugin) *matrixView {
	m := &matrixView{Tags: tags.Of(p.Document)}
	if len(m.Tags) == 0 || len(m.Tags) > 30 {
		return nil
	}
	for _, field := range tags.Configurable {
		value := p.Document.Config.Field(field)
		if !value.Map() || value.Empty() {
			continue
		}
		row := matrixRow{Field: field}
		for _, tag := range m.Tags {
			row.Cells = append(row.Cells, matrixCell{tag, cell(value.Get(tag))})
		}
		m.Rows = append(m.Rows, row)
	}
	scripts := matrixRow{Field: "scripts"}
	for _, tag := range m.Tags {
		for _, plan := range p.plans {
			if plan.Tag == tag {
				scripts.Cells = append(scripts.Cells, matrixCell{tag, scriptLines(plan.Scripts)})
			}
		}
	}
	if len(scripts.Cells) == len(m.Tags) {
		m.Rows = append(m.Rows, scripts)
	}
	return m
}

func scriptLines(scripts []*pluginfile.Block) string {
	var list []string
	for _, s := range scripts {
		list = append(list, lineRange(tags.Lines(s)))
	}
	return strings.Join(list, ", ")
}

// cell writes a value of the matrix: the items of a list one after the other.
func cell(n *conf.Node) string {
	if n == nil {
		return ""
	}
	if list, ok := n.Strings(); ok {
		text, more := cut(strings.Join(list, "\n"), MaxValue)
		if more {
			text += "…"
		}
		return text
	}
	return short(n.Plain())
}

// needs lists what has to be installed: what all tags need, then tag by tag what each
// needs besides.
func needs(p *plugin) (list []needView) {
	all := commonNeeds(p.plans)
	names, plans := grouped(p, func(plan *tags.Plan) string { return fmt.Sprint(needItems(plan)) })
	if len(plans) > 1 && len(all) > 0 {
		list = append(list, needView{All: true, Items: keepNeeds(needItems(plans[0]), all, true)})
	}
	for i, plan := range plans {
		items := needItems(plan)
		if len(plans) > 1 {
			items = keepNeeds(items, all, false)
		}
		if len(items) > 0 {
			list = append(list, needView{Tags: names[i], Items: items})
		}
	}
	return list
}

// need is one word of a kind.
type need struct {
	kind string
	word linkView
}

// commonNeeds is what every plan needs.
func commonNeeds(plans []*tags.Plan) map[need]bool {
	counts := map[need]int{}
	for _, plan := range plans {
		seen := map[need]bool{}
		for _, item := range needItems(plan) {
			for _, word := range item.Words {
				if n := (need{item.Kind, word}); !seen[n] {
					seen[n] = true
					counts[n]++
				}
			}
		}
	}
	common := map[need]bool{}
	for n, count := range counts {
		if count == len(plans) {
			common[n] = true
		}
	}
	return common
}

// keepNeeds keeps the words that are, or are not, in a set.
func keepNeeds(items []needItem, set map[need]bool, in bool) (kept []needItem) {
	for _, item := range items {
		words := slices.DeleteFunc(slices.Clone(item.Words), func(word linkView) bool { return set[need{item.Kind, word}] != in })
		if len(words) > 0 {
			kept = append(kept, needItem{item.Kind, words})
		}
	}
	return kept
}

func needItems(plan *tags.Plan) (items []needItem) {
	add := func(kind, text, href string) {
		if !outside(href) {
			href = ""
		}
		word := linkView{address.Redact(text), address.Redact(href)}
		if last := len(items) - 1; last >= 0 && items[last].Kind == kind {
			if len(items[last].Words) < MaxRows {
				items[last].Words = append(items[last].Words, word)
			}
			return
		}
		items = append(items, needItem{kind, []linkView{word}})
	}
	d := plan.Needs
	if d.Python != nil {
		add("Python", d.Python.Constraint, "")
	}
	if d.GPU != nil {
		add("hardware", "a graphics card", "")
	}
	for _, f := range d.EnvFiles {
		add("conda file", f.Path, "")
	}
	for _, c := range d.Channels {
		add("conda channel", c.Name, c.Name)
	}
	for _, c := range d.Conda {
		add("conda", c.CondaSpec(), "")
	}
	for _, c := range d.Pip {
		add("pip", c.String(), "")
	}
	for _, c := range d.Repos {
		add("repository", strings.TrimSuffix(c.URL+"@"+c.Ref, "@"), c.URL)
	}
	for _, s := range d.URLs {
		add(string(s.Kind), s.URL, s.URL)
	}
	for _, v := range d.Variables {
		add("variable", v.Name+"="+v.Value, "")
	}
	for _, c := range d.Commands {
		add("command", strings.Join(c.Words, " "), "")
	}
	for _, r := range d.Refused {
		add("not understood", r.Text, "")
	}
	return items
}

// permissions joins what the tags of a plugin ask for.
func permissions(p *plugin) (list []permissionView) {
	seen := map[string]bool{}
	for _, plan := range p.plans {
		for _, want := range plan.Sheet.Wants {
			word := want.Permission.String()
			if seen[word+want.Detail] || len(list) == MaxRows {
				continue
			}
			seen[word+want.Detail] = true
			v := permissionView{Word: word, Meaning: want.Permission.Describe(), Declared: want.Declared}
			if want.Detail != "" {
				v.Meaning += ": " + want.Detail
			}
			for _, r := range want.Reasons {
				v.Reasons = append(v.Reasons, reasonView{r.Text, ref(p, r.Place)})
			}
			list = append(list, v)
		}
	}
	return list
}

func attachments(p *plugin) (list []attachmentView) {
	for _, kind := range []pluginfile.Kind{pluginfile.AttachmentBlock, pluginfile.FileBlock} {
		for _, block := range pluginfile.All(p.Document.Recovered, kind) {
			if len(list) < MaxRows {
				list = append(list, attachmentView{block.Name(), size(len(block.Body().Text)), ref(p, block.TagPlace())})
			}
		}
	}
	return list
}

func size(bytes int) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}

// configRows shows the config as it is written, field by field.
func configRows(p *plugin) (rows []configView) {
	root := p.Document.Config.Root
	for _, key := range root.Keys() {
		if len(rows) == MaxRows {
			break
		}
		member := root.Member(key)
		row := configView{Key: key, Ref: ref(p, member.KeyPlace)}
		if text, ok := member.Value.Scalar(); ok {
			row.Value = text
		} else if place := member.Value.Place; place.Known() {
			row.Value = outdent(string(place.Slice(place.Span)))
		}
		var more bool
		if row.Value, more = cut(row.Value, MaxValue); more {
			row.Value += "…"
		}
		row.Long = len(row.Value) > 80 || strings.Contains(row.Value, "\n")
		if lines := 1 + strings.Count(row.Value, "\n"); lines > foldedLines {
			row.Lines = lines
		}
		rows = append(rows, row)
	}
	return rows
}

// outdent takes away the indentation that the lines behind the first have in common.
func outdent(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	common := len(text)
	for _, line := range lines[1:] {
		if rest := strings.TrimLeft(line, " \t"); rest != "" {
			common = min(common, len(line)-len(rest))
		}
	}
	for i, line := range lines[1:] {
		lines[i+1] = line[min(common, len(line)):]
	}
	return strings.Join(lines, "\n")
}

package docsrender

import (
	"context"
	"html/template"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// rules writes the page that explains every finding.
func (b *builder) rules(ctx context.Context) error {
	if !b.site.Rules {
		return nil
	}
	v := rulesView{pageView: pageView{Site: b.site, Title: "Rules"}}
	list := slices.Clone(b.options.Rules)
	slices.SortFunc(list, func(x, y *source.Rule) int { return strings.Compare(x.Code, y.Code) })
	for _, rule := range list {
		doc, err := cached(b.options.Cache, "docs", []byte(rule.Doc), func() (string, error) { return b.options.Render(ctx, rule.Doc) })
		if err != nil {
			return err
		}
		view := ruleView{
			Code: rule.Code, Summary: rule.Summary, Severity: rule.Severity.String(),
			Doc: template.HTML(doc), Bad: coloured(ctx, rule.Bad), Good: coloured(ctx, rule.Good),
		}
		if b.options.AboutRule != nil {
			view.Family, view.Fixable = b.options.AboutRule(rule.Code)
		}
		v.Rules = append(v.Rules, view)
	}
	v.Families = byFamily(v.Rules)
	return b.write("rules.html", "rules.html", v)
}

// byFamily puts the rules of each family together and lists the families.
func byFamily(rules []ruleView) (families []familyView) {
	slices.SortStableFunc(rules, func(x, y ruleView) int { return strings.Compare(x.Family, y.Family) })
	for _, r := range rules {
		switch n := len(families); {
		case r.Family == "":
		case n > 0 && families[n-1].Name == r.Family:
			families[n-1].Count++
		default:
			families = append(families, familyView{r.Family, r.Code, 1})
		}
	}
	return families
}

// coloured is an example as HTML: part of a plugin file.
func coloured(ctx context.Context, code string) template.HTML {
	var out strings.Builder
	for _, part := range highlight(ctx, "html", strings.TrimRight(code, "\n")) {
		writeWord(&out, part)
	}
	return template.HTML(out.String())
}

// explained reports whether the page of rules has a code.
func (b *builder) explained(code string) bool {
	return slices.ContainsFunc(b.options.Rules, func(r *source.Rule) bool { return r.Code == code })
}

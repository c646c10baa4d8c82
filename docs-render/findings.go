package docsrender

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// diagnosticViews lists what was found about a plugin, errors first; what is said in the
// same words of several places stands once.
func (b *builder) diagnosticViews(p *plugin) (list []diagnosticView) {
	for _, d := range shownFindings(p.found) {
		view := diagnosticView{Severity: d.Severity.String(), Code: d.Code, Message: d.Message, Hint: d.Hint}
		i := slices.IndexFunc(list, func(v diagnosticView) bool {
			return v.Severity == view.Severity && v.Code == view.Code && v.Message == view.Message && v.Hint == view.Hint
		})
		if i < 0 {
			if len(list) == MaxRows {
				continue
			}
			if b.explained(d.Code) {
				view.Rule = "../rules.html#" + d.Code
			}
			i, list = len(list), append(list, view)
		}
		r := ref(p, d.Place)
		switch {
		case r == nil || slices.ContainsFunc(list[i].Refs, func(other *sourceRef) bool { return *other == *r }):
		case len(list[i].Refs) < shownPlaces:
			list[i].Refs = append(list[i].Refs, r)
		default:
			list[i].More++
		}
	}
	slices.SortStableFunc(list, func(x, y diagnosticView) int {
		return cmp.Compare(severityRank(x.Severity), severityRank(y.Severity))
	})
	return list
}

// shownFindings leaves out what is no more than a remark.
func shownFindings(found []source.Diagnostic) (shown []source.Diagnostic) {
	for _, d := range found {
		if d.Severity != source.Info && d.Severity != source.None {
			shown = append(shown, d)
		}
	}
	return shown
}

func severityRank(severity string) int {
	if severity == source.Error.String() {
		return 0
	}
	return 1
}

// trouble counts errors and warnings in words.
func trouble(found []source.Diagnostic) string {
	errors, warnings := 0, 0
	for _, d := range shownFindings(found) {
		if d.Severity == source.Error {
			errors++
		} else {
			warnings++
		}
	}
	var words []string
	for _, c := range []countView{{"error", errors}, {"warning", warnings}} {
		switch {
		case c.Count == 1:
			words = append(words, "1 "+c.Name)
		case c.Count > 1:
			words = append(words, fmt.Sprintf("%d %ss", c.Count, c.Name))
		}
	}
	return strings.Join(words, ", ")
}

// withFindings puts under each line of a source what was found in it.
func (b *builder) withFindings(code template.HTML, p *plugin) template.HTML {
	said := map[int]string{}
	for n, d := range shownFindings(p.found) {
		at := ref(p, d.Place)
		if at == nil || n == MaxRows {
			continue
		}
		text := fmt.Sprintf(`<strong>%s</strong> %s`, html.EscapeString(d.Severity.String()), html.EscapeString(d.Message))
		if b.explained(d.Code) {
			text += fmt.Sprintf(` <a href="../rules.html#%[1]s">%[1]s</a>`, html.EscapeString(d.Code))
		}
		text = fmt.Sprintf(`<span class="said" data-severity="%s"><span>%s</span></span>`, html.EscapeString(d.Severity.String()), text)
		if !strings.Contains(said[at.Line], text) {
			said[at.Line] += text
		}
	}
	if len(said) == 0 {
		return code
	}
	rows := strings.SplitAfter(string(code), "\n")
	for line, text := range said {
		if line <= min(len(rows), MaxSourceLines) {
			rows[line-1] = strings.TrimSuffix(rows[line-1], "\n") + text + "\n"
		}
	}
	return template.HTML(strings.Join(rows, ""))
}

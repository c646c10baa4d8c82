package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
)

// roles writes what each plugin is for others, and a checklist of what that asks.
func (l *linter) roles(subjects []*subject) error {
	if l.o.format == findings.JSON {
		return l.rolesJSON(subjects)
	}
	var b strings.Builder
	beside := neighbours(subjects)
	for _, s := range subjects {
		if s.facts == nil {
			continue
		}
		lists := lint.Roles(s.facts, beside)
		if len(lists) == 0 {
			fmt.Fprintf(&b, "%s: no role: it takes no data and shows none\n", findings.Clean(s.file.shown))
		}
		for _, list := range lists {
			fmt.Fprintf(&b, "%s: %s (%s), %d of %d done\n", findings.Clean(s.file.shown), list.Role, list.Why, len(list.Items)-list.Missing(), len(list.Items))
			for _, item := range list.Items {
				if item.Done {
					fmt.Fprintf(&b, "  [x] %s\n", item.Text)
					continue
				}
				at, _ := item.Place.Range()
				fmt.Fprintf(&b, "  [ ] %s\n      line %d: %s\n", item.Text, at.Line, item.Hint)
			}
		}
	}
	_, err := l.app.Stdout.Write([]byte(b.String()))
	return err
}

func (l *linter) rolesJSON(subjects []*subject) error {
	type item struct {
		Done   bool   `json:"done"`
		Text   string `json:"text"`
		Hint   string `json:"hint"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
	type role struct {
		File  string `json:"file"`
		Role  string `json:"role"`
		Why   string `json:"why"`
		Items []item `json:"items"`
	}
	out := struct {
		Version int    `json:"version"`
		Roles   []role `json:"roles"`
	}{Version: 1, Roles: []role{}}
	beside := neighbours(subjects)
	for _, s := range subjects {
		if s.facts == nil {
			continue
		}
		for _, list := range lint.Roles(s.facts, beside) {
			r := role{s.file.shown, string(list.Role), list.Why, []item{}}
			for _, i := range list.Items {
				at, _ := i.Place.Range()
				r.Items = append(r.Items, item{i.Done, i.Text, i.Hint, at.Line, at.Column})
			}
			out.Roles = append(out.Roles, r)
		}
	}
	encoder := json.NewEncoder(l.app.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// neighbours are what all plugins that were looked at give to each other and take.
func neighbours(subjects []*subject) (list []lint.Summary) {
	for _, s := range subjects {
		if s.facts != nil {
			list = append(list, lint.Summarize(s.facts))
		}
	}
	return list
}

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// planText is a plan for people: a heading, then a row for each fact there is.
func planText(p *tags.Plan) string {
	var s planSheet
	s.heading(p)
	s.row("runs in", cmp.Or(strings.Join(p.Runtimes, ", or "), "nothing here"))
	s.rows("scripts", scriptRows(p))
	s.rows("env", environmentRows(p.Needs))
	s.rows("requirements", requirementRows(p.Needs))
	s.rows("commands", commandRows(p.Needs))
	s.rows("not readable", refusedRows(p.Needs))
	s.rows("dependencies", dependencies(p))
	s.row("flags", strings.Join(p.Flags, ", "))
	s.rows("form", formRows(p.UI))
	s.rows("inputs", schemaRows(p.Inputs, true))
	s.rows("outputs", schemaRows(p.Outputs, false))
	s.rows("permissions", wants(p.Sheet))
	s.row("window", defaultsText(p.Defaults))
	s.row("labels", strings.Join(p.Labels, ", "))
	s.row("page", address.Redact(cmp.Or(p.BaseFrame, p.BaseWorker)))
	if !p.Runnable {
		s.row("runnable", "no: it is for other plugins to call")
	}
	if p.Passive {
		s.row("passive", "yes: it exports nothing")
	}
	return s.String()
}

// planSheet is text in two columns.
type planSheet struct{ strings.Builder }

// labelWidth is the width of the left column.
const labelWidth = 14

func (s *planSheet) heading(p *tags.Plan) {
	name := cmp.Or(p.Name, "(no name)")
	fmt.Fprintf(s, "%s\n", findings.Clean(strings.TrimSpace(name+" "+p.Version)))
	if p.Description != "" {
		fmt.Fprintf(s, "%s\n", shorten(findings.Clean(p.Description), shownField))
	}
	s.row("type", cmp.Or(p.Type, "(none)"))
	if p.Tag != "" {
		s.row("tag", p.Tag+others(p))
	}
}

// others names the tags that are not chosen.
func others(p *tags.Plan) string {
	rest := slices.DeleteFunc(slices.Clone(p.Tags), func(tag string) bool { return tag == p.Tag })
	if len(rest) == 0 {
		return ""
	}
	return " (also: " + strings.Join(rest, ", ") + ")"
}

func (s *planSheet) row(label, text string) {
	if text != "" {
		fmt.Fprintf(s, "  %-*s %s\n", labelWidth, label, strings.TrimRight(findings.Clean(text), " "))
	}
}

func (s *planSheet) rows(label string, list []string) {
	for _, text := range list {
		s.row(label, text)
		label = ""
	}
}

func scriptRows(p *tags.Plan) (list []string) {
	for _, b := range p.Scripts {
		first, last := tags.Lines(b)
		text := fmt.Sprintf("%s, lines %d-%d", cmp.Or(tags.Language(b), p.Language), first, last)
		if first == last {
			text = fmt.Sprintf("%s, line %d", cmp.Or(tags.Language(b), p.Language), first)
		}
		if b.Value("type") == "module" {
			text += ", a module"
		}
		if src := b.Value("src"); src != "" {
			text += ", from " + address.Redact(src)
		}
		list = append(list, text)
	}
	return list
}

func environmentRows(d *requirement.Declaration) (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if d.Python != nil {
		add("Python %s", d.Python.Constraint)
	}
	if d.EnvName != "" {
		add("named %s", d.EnvName)
	}
	for _, f := range d.EnvFiles {
		add("from the file %s", f.Path)
	}
	for _, c := range d.Channels {
		add("conda channel %s", address.Redact(c.Name))
	}
	for _, v := range d.Variables {
		add("variable %s=%s", v.Name, v.Value)
	}
	if d.GPU != nil {
		add("a graphics card")
	}
	if d.Binder != nil {
		add("binder %s, only in ImJoy's Jupyter engine", d.Binder.Spec)
	}
	if d.Program != nil && !d.Program.Plain {
		add("started by: %s (needs consent)", address.Redact(strings.Join(d.Program.Words, " ")))
	}
	return list
}

func requirementRows(d *requirement.Declaration) []string {
	var rows [][]string
	for _, r := range d.Repos {
		text := address.Redact(r.URL)
		if r.Ref != "" {
			text += "@" + r.Ref
		}
		rows = append(rows, []string{"git", text, "into " + r.Dir})
	}
	for _, p := range d.Conda {
		rows = append(rows, []string{"conda", p.CondaSpec()})
	}
	for _, p := range d.Pip {
		note := ""
		if p.Implied {
			note = "always there in a web-python plugin"
		}
		rows = append(rows, []string{"pip", address.Redact(p.String()), note})
	}
	for _, u := range d.URLs {
		rows = append(rows, []string{string(u.Kind), address.Redact(u.URL)})
	}
	return aligned(rows)
}

func commandRows(d *requirement.Declaration) (list []string) {
	for _, c := range d.Commands {
		list = append(list, address.Redact(strings.Join(c.Words, " "))+" (needs consent)")
	}
	return list
}

func refusedRows(d *requirement.Declaration) (list []string) {
	for _, item := range d.Refused {
		list = append(list, strconv.Quote(shorten(address.Redact(item.Text), shownField)))
	}
	return list
}

// formRows shows each field: id, type, default, what is allowed, label.
func formRows(f *form.Form) []string {
	var rows [][]string
	for _, field := range f.Fields {
		id := field.ID
		if field.DataID != field.ID {
			id += " as " + field.DataID
		}
		label := field.Label
		if label == field.ID {
			label = ""
		}
		if field.After != "" {
			label = strings.TrimSpace(label + " … " + field.After)
		}
		rows = append(rows, []string{id, field.Type, "= " + jsonLine(field.Default), allowed(field), shorten(label, shownValue)})
	}
	return aligned(rows)
}

// allowed says which values a field takes, as far as it limits them.
func allowed(f form.Field) string {
	var parts []string
	for _, o := range f.Options {
		parts = append(parts, shorten(o.Label, shownValue))
	}
	if len(parts) > 0 {
		return shorten(strings.Join(parts, " | "), shownField)
	}
	for _, limit := range []struct {
		word  string
		value *float64
	}{{"from", f.Min}, {"to", f.Max}, {"in steps of", f.Step}} {
		if limit.value != nil {
			parts = append(parts, limit.word+" "+strconv.FormatFloat(*limit.value, 'g', -1, 64))
		}
	}
	return strings.Join(parts, " ")
}

// schemaRows reads a schema aloud: a row for each property.
func schemaRows(n *conf.Node, inputs bool) []string {
	if n == nil {
		return nil
	}
	compiled, _ := schema.CompileField(n, inputs)
	if compiled == nil {
		return []string{shorten(jsonLine(n.Plain()), shownField)}
	}
	d := compiled.Describe()
	var rows [][]string
	for _, r := range d.Rows {
		need := ""
		if !r.Required {
			need = "optional"
		}
		rows = append(rows, []string{r.Name, shorten(r.Text, shownField), need})
	}
	if len(rows) == 0 {
		return []string{shorten(d.Summary, shownField)}
	}
	return aligned(rows)
}

func defaultsText(defaults map[string]any) string {
	if len(defaults) == 0 {
		return ""
	}
	return shorten(jsonLine(defaults), shownField)
}

func jsonLine(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return fmt.Sprint(v)
	}
	return shorten(strings.TrimSpace(b.String()), shownField)
}

// aligned sets rows in columns, without those that are empty everywhere.
func aligned(rows [][]string) []string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = findings.Clean(cell)
		}
		fmt.Fprintln(table, strings.Join(withoutEmpty(row, rows), "\t"))
	}
	table.Flush()
	return slices.DeleteFunc(strings.Split(b.String(), "\n"), func(line string) bool { return line == "" })
}

func withoutEmpty(row []string, rows [][]string) (cells []string) {
	for i, cell := range row {
		if slices.ContainsFunc(rows, func(other []string) bool { return i < len(other) && other[i] != "" }) {
			cells = append(cells, cell)
		}
	}
	return cells
}

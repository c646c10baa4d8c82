package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// The matrix of tags and fields: which tag lacks a value where. Package tags reports
// a hole for the one tag of a plan, at the field; here all tags are seen together, so
// a hole is told at the tag, with the fields and the keys that were perhaps meant.

var tagChecks = []check{
	{ruleHole, holes},
	{ruleTagsMany, tagsMany},
}

// ruleHole is the rule of package tags about the same fault.
var ruleHole = func() *source.Rule {
	i := slices.IndexFunc(tags.Rules, func(r *source.Rule) bool { return r.Code == "tag-without-value" })
	return tags.Rules[i]
}()

// maxTags is for how many tags holes are looked for: a matrix of thousands was made
// to take time.
const maxTags = 100

func holes(p *pass) {
	all := tags.Of(p.Document)
	for _, item := range tagItems(p.config().Get("tags"), all[:min(len(all), maxTags)]) {
		tag := item.Text
		lacking, having := p.fieldsByTag(tag)
		if len(lacking) == 0 {
			continue
		}
		hint := fmt.Sprintf("add the key %q to %s, with [] where nothing is needed", tag, fieldNames(lacking))
		var notes []source.Note
		for _, m := range lacking {
			notes = append(notes, source.Note{Place: m.KeyPlace, Message: fmt.Sprintf("has no value for %q", tag)})
			if near := strayKey(m.Value, tag, all); near != nil {
				hint = fmt.Sprintf("is its key %q the tag %q?", near.Key, tag)
				notes = append(notes, source.Note{Place: near.KeyPlace, Message: "no tag has this name"})
			}
		}
		for _, m := range having {
			notes = append(notes, source.Note{Place: m.Value.Member(tag).KeyPlace, Message: m.Key + " has a value for it"})
		}
		verb := "has"
		if len(lacking) > 1 {
			verb = "have"
		}
		p.report(item.Place, fmt.Sprintf("%s %s no value for the tag %q, which counts as absent", fieldNames(lacking), verb, tag), hint).Related = notes
	}
}

// fieldsByTag returns the fields whose values depend on the tag: those that have none
// for it, and those that have one.
func (p *pass) fieldsByTag(tag string) (lacking, having []*conf.Member) {
	for _, name := range tags.Configurable {
		m := p.config().Member(name)
		if m == nil || !m.Value.Map() || len(m.Value.Members) == 0 {
			continue
		}
		if m.Value.Get(tag) == nil {
			lacking = append(lacking, m)
		} else {
			having = append(having, m)
		}
	}
	return lacking, having
}

// tagItems returns where each of the tags is listed.
func tagItems(list *conf.Node, tags []string) (items []*conf.Node) {
	for _, n := range list.All() {
		if text, ok := n.Str(); ok && len(items) < len(tags) && text == tags[len(items)] {
			items = append(items, n)
		}
	}
	return items
}

// strayKey returns the key of a choice by tag that is no tag, but nearly this one.
func strayKey(choice *conf.Node, tag string, tags []string) *conf.Member {
	keys := choice.Keys()
	stray := slices.DeleteFunc(keys[:min(len(keys), maxTags)], func(key string) bool { return slices.Contains(tags, key) })
	if near := source.Nearest(tag, stray); near != "" {
		return choice.Member(near)
	}
	return nil
}

func fieldNames(members []*conf.Member) string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Key
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

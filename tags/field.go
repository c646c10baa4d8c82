package tags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Configurable lists the fields of a config that may have a value for each tag.
var Configurable = []string{
	"env", "requirements", "dependencies", "icon", "ui", "type", "flags", "labels", "cover", "base_frame", "base_worker", "passive",
}

// pick returns the value that a field has for the chosen tag, nil when it has none.
// An object is a choice by tag, whatever is in it; an empty one is no choice at all.
func (r *resolver) pick(field string) *conf.Node {
	n := r.config.Field(field)
	if !n.Map() || !slices.Contains(Configurable, field) {
		return n
	}
	switch {
	case len(n.Members) == 0:
		r.emptyMap(field, n)
		return nil
	case len(r.tags) == 0:
		r.mapWithoutTags(field, n)
		return nil
	}
	value := n.Get(r.plan.Tag)
	if value == nil {
		r.hole(field, n)
	}
	return value
}

// emptyMap reports {} in a plugin without tags, which ImJoy refuses to load.
func (r *resolver) emptyMap(field string, n *conf.Node) {
	if len(r.tags) > 0 {
		return
	}
	r.report(ruleEmptyMap, n.Place, fmt.Sprintf("%s is {}, which ImJoy takes for a choice by tag: it refuses a plugin without tags", field), "write [] or remove the field").
		Fixes = []source.Fix{{Title: "write []", Safe: true, Edits: []source.Edit{{Span: n.Place.Span, New: "[]"}}}}
}

func (r *resolver) mapWithoutTags(field string, n *conf.Node) {
	hint := fmt.Sprintf("add \"tags\": [%s], or give %s one value", quotedKeys(n), field)
	if n.Get("type") != nil || n.Get("id") != nil {
		hint = "put the object into a list: [{...}]"
	}
	r.report(ruleMapWithoutTags, n.Place, fmt.Sprintf("%s is an object, which means a choice by tag, but the plugin has no tags", field), hint)
}

// hole reports that a field says nothing for the chosen tag, or for any tag.
func (r *resolver) hole(field string, n *conf.Node) {
	place := n.Place
	if m := r.config.Root.Member(field); m != nil {
		place = m.KeyPlace
	}
	tag := r.plan.Tag
	if len(without(r.tags, n)) == len(r.tags) {
		hint := "the tags are " + list(r.tags)
		if n.Get("type") != nil {
			hint = "if the object is one value for all tags, put it into a list: [{...}]"
		}
		r.report(ruleHole, place, fmt.Sprintf("none of the keys of %s is a tag of the plugin; it is taken as absent", field), hint).
			Related = []source.Note{{Place: r.placeOf("tags"), Message: "the tags"}}
		return
	}
	hint := fmt.Sprintf("add the key %q%s", tag, orNothing(field))
	if near := source.Nearest(tag, unused(n, r.tags)); near != "" {
		hint = fmt.Sprintf("is its key %q the tag %q?", near, tag)
	}
	r.report(ruleHole, place, fmt.Sprintf("%s has no value for the tag %q; it is taken as absent", field, tag), hint).
		Related = []source.Note{{Place: r.placeOfTag(tag), Message: "the tag"}}
}

// orNothing is how the value for a tag says that there is nothing.
func orNothing(field string) string {
	switch field {
	case "type":
		return "" // no plugin is without
	case "ui", "icon", "base_frame", "base_worker":
		return `, with "" if there is nothing`
	case "passive":
		return ", with true or false"
	}
	return ", with [] if there is nothing"
}

// unused returns the keys of a choice that are no tags: those that may be misspelt.
func unused(n *conf.Node, tags []string) (keys []string) {
	for _, m := range n.Members[:min(len(n.Members), maxKeys)] {
		if !slices.Contains(tags, m.Key) {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// placeOfTag returns where a tag is listed.
func (r *resolver) placeOfTag(tag string) source.Place {
	list := r.config.Field("tags")
	for _, item := range items(list) {
		if text, _ := item.Str(); text == tag {
			return item.Place
		}
	}
	return r.placeOf("tags")
}

// placeOf returns where a field's value is written, or the config when it is absent.
func (r *resolver) placeOf(field string) source.Place {
	if n := r.config.Field(field); n != nil {
		return n.Place
	}
	if r.config.Block != nil {
		return r.config.Block.TagPlace()
	}
	return r.doc.Source.Place(source.Span{})
}

// unknownTag reports a tag that the plugin does not have.
func (r *resolver) unknownTag(tag string) {
	hint := "the plugin has no tags"
	if len(r.tags) > 0 {
		hint = "its tags are " + list(r.tags)
	}
	if near := source.Nearest(tag, r.tags); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	r.report(ruleUnknownTag, r.placeOf("tags"), fmt.Sprintf("the plugin has no tag %q", tag), hint)
}

// checkTags reports a list of tags that ImJoy reads otherwise than it looks, and keys
// of choices that are no tags.
func (r *resolver) checkTags() {
	n := present(r.config.Field("tags"))
	switch {
	case n == nil:
	case n.Kind == conf.String && n.Text != "":
		r.report(ruleTagsShape, n.Place, "tags is a string: ImJoy takes its first letter for the tag", "write a list: [\""+n.Text+"\"]")
	case n.Kind != conf.List && !n.Empty():
		r.report(ruleTagsShape, n.Place, fmt.Sprintf("tags is %s, not a list of strings", article(n.Kind)), `write ["CPU", "GPU"]`)
	default:
		r.checkTagList(n)
		if len(n.Items) > MaxTags {
			r.report(ruleTagsShape, n.Place, fmt.Sprintf("the plugin lists %d tags; only %d are read", len(n.Items), MaxTags), "")
		}
	}
	if len(r.tags) == 0 {
		return
	}
	for _, field := range Configurable {
		r.checkKeys(field)
	}
}

func (r *resolver) checkTagList(n *conf.Node) {
	seen := make(map[string]*conf.Node)
	for _, item := range items(n) {
		text, ok := item.Str()
		switch {
		case !ok:
			r.report(ruleTagsShape, item.Place, fmt.Sprintf("a tag is text, not %s", article(item.Kind)), "write it in quotes")
		case strings.TrimSpace(text) != text || text == "":
			r.report(ruleTagsShape, item.Place, fmt.Sprintf("the tag %q is empty or has spaces around it", text), "ImJoy compares tags letter by letter: remove the spaces")
		case seen[text] != nil:
			r.report(ruleTagsShape, item.Place, fmt.Sprintf("the tag %q is listed twice", text), "remove one of the two").
				Related = []source.Note{{Place: seen[text].Place, Message: "first listed here"}}
		}
		seen[text] = item
	}
}

// checkKeys reports keys of a choice that are no tag, so that nobody can choose them.
func (r *resolver) checkKeys(field string) {
	n := r.config.Field(field)
	if !n.Map() {
		return
	}
	for _, m := range n.Members[:min(len(n.Members), maxKeys)] {
		if slices.Contains(r.tags, m.Key) {
			continue
		}
		hint := "the tags are " + list(r.tags)
		if near := source.Nearest(m.Key, without(r.tags, n)); near != "" {
			hint = fmt.Sprintf("did you mean the tag %q?", near)
		}
		r.report(ruleUnusedKey, m.KeyPlace, fmt.Sprintf("%q is no tag of the plugin, so this value of %s is never used", m.Key, field), hint)
	}
}

// without returns the tags that a choice has no value for: those that a misspelt key
// may have been meant for.
func without(tags []string, n *conf.Node) (missing []string) {
	for _, tag := range tags {
		if n.Get(tag) == nil {
			missing = append(missing, tag)
		}
	}
	return missing
}

func list(tags []string) string {
	quoted := make([]string, len(tags))
	for i, tag := range tags {
		quoted[i] = fmt.Sprintf("%q", tag)
	}
	return strings.Join(quoted, ", ")
}

func quotedKeys(n *conf.Node) string {
	keys := n.Keys()
	return list(keys[:min(len(keys), 3)])
}

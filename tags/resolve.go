package tags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// Of returns the tags of a plugin in the order it lists them, each once, the first
// [MaxTags] of them.
func Of(doc *pluginfile.Document) []string {
	var list []string
	for _, tag := range doc.Config.Tags {
		if len(list) == MaxTags {
			break
		}
		if tag != "" && !slices.Contains(list, tag) {
			list = append(list, tag)
		}
	}
	return list
}

// Choose returns the tag that counts of those that somebody or something asks for:
// the explicit one, else the one that was installed before as long as the plugin
// still has it, else the one in the address, else the first. Empty means "does not
// say". The explicit one and the address's are returned even when the plugin has no
// such tag, so that [Resolve] can tell.
func Choose(doc *pluginfile.Document, explicit, installed, address string) string {
	all := Of(doc)
	switch {
	case explicit != "":
		return explicit
	case installed != "" && slices.Contains(all, installed):
		return installed
	case address != "":
		return address
	case len(all) > 0:
		return all[0]
	}
	return ""
}

// Resolve answers the plan of one tag; "" means the first tag, or none when the
// plugin has none. The diagnostics are those of resolving: what reading the document
// found is not repeated. A tag that the plugin does not have is an error and there is
// no plan; otherwise there always is one, and fields that could not be resolved are
// absent from it.
func Resolve(doc *pluginfile.Document, tag string) (*Plan, []source.Diagnostic) {
	r := &resolver{doc: doc, config: doc.Config, tags: Of(doc)}
	if tag == "" && len(r.tags) > 0 {
		tag = r.tags[0]
	}
	if tag != "" && !slices.Contains(r.tags, tag) {
		r.unknownTag(tag)
		return nil, r.found
	}
	r.plan = &Plan{Document: doc, Tag: tag, Tags: r.tags}
	r.checkTags()
	r.identity()
	r.look()
	r.scripts()
	r.needs()
	r.dependencies()
	r.permissions()
	source.Sort(r.found)
	return r.plan, r.found
}

// All answers the plans of every tag, or the one plan of a plugin without tags, and
// what is found in any of them, each finding once.
func All(doc *pluginfile.Document) ([]*Plan, []source.Diagnostic) {
	tags := Of(doc)
	if len(tags) == 0 {
		tags = []string{""}
	}
	plans := make([]*Plan, 0, len(tags))
	var all []source.Diagnostic
	for _, tag := range tags {
		plan, found := Resolve(doc, tag)
		plans = append(plans, plan)
		all = append(all, found...)
	}
	source.Sort(all)
	all = slices.CompactFunc(all, func(a, b source.Diagnostic) bool {
		return a.Code == b.Code && a.Place == b.Place && a.Message == b.Message
	})
	return plans, all
}

// resolver makes one plan.
type resolver struct {
	doc    *pluginfile.Document
	config *pluginfile.Config
	tags   []string
	plan   *Plan
	found  []source.Diagnostic
}

// report adds a diagnostic and returns it to be completed. Errors are never left out:
// there are few kinds, and somebody decides by them.
func (r *resolver) report(rule *source.Rule, place source.Place, message, hint string) *source.Diagnostic {
	if len(r.found) >= maxFindings && rule.Severity < source.Error {
		return &source.Diagnostic{}
	}
	r.found = append(r.found, rule.Diagnostic(place, message, hint))
	return &r.found[len(r.found)-1]
}

// take adds what another room found.
func (r *resolver) take(found []source.Diagnostic) { r.found = append(r.found, found...) }

// identity fills in what no tag changes.
func (r *resolver) identity() {
	p, c := r.plan, r.config
	p.Name, p.Version, p.APIVersion, p.Description, p.Runnable = c.Name, c.Version, c.APIVersion, c.Description, c.Runnable
	p.Inputs, p.Outputs = present(c.Field("inputs")), present(c.Field("outputs"))
	if defaults := c.Field("defaults"); defaults.Map() {
		p.Defaults, _ = defaults.Plain().(map[string]any)
	}
}

// look fills in what people see, for the chosen tag.
func (r *resolver) look() {
	p := r.plan
	var found []source.Diagnostic
	p.UI, found = form.Parse(r.pick("ui"))
	r.take(found)
	p.Flags, p.Labels, p.Cover = r.strings("flags"), r.strings("labels"), r.strings("cover")
	p.Icon = "extension"
	if icon := r.pick("icon"); icon != nil {
		p.Icon = r.text("icon", icon)
	}
	p.BaseFrame, p.BaseWorker = r.text("base_frame", r.pick("base_frame")), r.text("base_worker", r.pick("base_worker"))
	passive := r.pick("passive")
	p.Passive, _ = passive.Bool()
	if passive != nil && passive.Kind != conf.Bool && !passive.Empty() {
		r.report(ruleFieldShape, passive.Place, "passive is neither true nor false", "")
	}
}

// text reads the value of a field that is one string.
func (r *resolver) text(field string, n *conf.Node) string {
	text, ok := n.Str()
	if !ok && !n.Empty() {
		r.report(ruleFieldShape, n.Place, fmt.Sprintf("%s is %s, not text", field, article(n.Kind)), "write a string")
	}
	return text
}

// strings reads a field that is a list of strings, or one string that stands for it.
func (r *resolver) strings(field string) (list []string) {
	n := r.pick(field)
	if n == nil {
		return nil
	}
	if n.Kind != conf.List && n.Kind != conf.String && !n.Empty() {
		r.report(ruleFieldShape, n.Place, fmt.Sprintf("%s is %s, not a list of strings", field, article(n.Kind)), "write a list")
		return nil
	}
	for _, item := range items(n) {
		text, ok := item.Str()
		if !ok && !item.Empty() {
			r.report(ruleFieldShape, item.Place, fmt.Sprintf("this item of %s is %s, not text", field, article(item.Kind)), "write a string")
		}
		if strings.TrimSpace(text) != "" {
			list = append(list, text)
		}
	}
	return list
}

// items returns the items of a list; any other value stands for a list of itself.
func items(n *conf.Node) []*conf.Node {
	switch {
	case n == nil || n.Null():
		return nil
	case n.List():
		return n.Items
	}
	return []*conf.Node{n}
}

// present makes null the same as absent.
func present(n *conf.Node) *conf.Node {
	if n.Null() {
		return nil
	}
	return n
}

// article is the kind of a value as the end of a sentence has it.
func article(k conf.Kind) string {
	switch k {
	case conf.Null, conf.Invalid:
		return k.String()
	case conf.Map:
		return "an " + k.String()
	}
	return "a " + k.String()
}

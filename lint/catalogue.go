package lint

import (
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/manifest"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
	"github.com/imjoy-tools/imjoy/workspace/workflow"
)

// checks are the rules of this package, by family.
var checks = slices.Concat(
	configChecks, schemaChecks, versionChecks, textChecks, tagChecks, valueChecks, permissionChecks, blockChecks, inputChecks, requirementChecks, packageChecks, dependencyChecks, addressChecks,
	scriptChecks, exportChecks, apiChecks, javaScriptChecks, apiCallChecks, awaitChecks, pythonChecks,
	serviceChecks, outputChecks, windowChecks, pageChecks, formChecks, docsChecks, attachmentChecks, roleChecks, dialectChecks, suppressionChecks,
)

// Rules lists every rule of the packages that read documents and of this one,
// sorted by code.
func Rules() []*source.Rule {
	rules := slices.Concat(pluginfile.Rules(), conf.Rules(), schema.Rules(), tags.Rules, form.Rules, requirement.Rules, permission.Rules, manifest.Rules, workflow.Rules)
	rules = append(append(rules, ruleSettings), acrossRules...)
	for _, c := range checks {
		if c.Rule != ruleHole {
			rules = append(rules, c.Rule)
		}
	}
	slices.SortFunc(rules, func(a, b *source.Rule) int { return strings.Compare(a.Code, b.Code) })
	return rules
}

// Entry is what the catalogue says of a rule.
type Entry struct {
	*source.Rule
	Family  string // what it is about, see [FamilyOf]
	Fixable bool   // findings of it may come with a fix
}

// Catalogue lists every rule with its family, sorted by code.
func Catalogue() []Entry {
	rules := Rules()
	entries := make([]Entry, len(rules))
	for i, r := range rules {
		family, fixable := About(r.Code)
		entries[i] = Entry{Rule: r, Family: family, Fixable: fixable}
	}
	return entries
}

// Lookup returns the rule of a code, or the code of the one that was probably meant.
func Lookup(code string) (rule *source.Rule, meant string) {
	for _, r := range Rules() {
		if r.Code == code {
			return r, ""
		}
	}
	return nil, source.Nearest(code, codes())
}

// Known reports whether a name, as for [Options.Select], is a code or a family. Those of
// [Others] are taken as they come.
func Known(name string) bool { return known(name, codes()) }

func known(name string, codes []string) bool {
	if slices.ContainsFunc(Others, func(other string) bool { return matches([]string{other}, name) }) {
		return true // which rules those have is not known here
	}
	return slices.ContainsFunc(codes, func(code string) bool { return matches([]string{name}, code) })
}

// codes lists the codes of all rules.
func codes() []string {
	rules := Rules()
	list := make([]string, len(rules))
	for i, r := range rules {
		list[i] = r.Code
	}
	return list
}

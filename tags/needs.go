package tags

import (
	"errors"
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// needs reads env, requirements and cmd for the tag.
func (r *resolver) needs() {
	language := r.plan.Type
	if _, known := kinds[language]; !known {
		language = r.plan.Language
	}
	var found []source.Diagnostic
	r.plan.Needs, found = requirement.Parse(r.pick("env"), r.pick("requirements"), r.config.Field("cmd"), language)
	r.take(found)
}

// dependencies reads the addresses of the plugins this one needs.
func (r *resolver) dependencies() {
	n := r.pick("dependencies")
	if len(items(n)) > maxDependencies {
		r.report(ruleDependency, n.Place, fmt.Sprintf("a plugin may have %d dependencies, not %d", maxDependencies, len(n.Items)), "")
		return
	}
	for _, item := range items(n) {
		text, ok := item.Str()
		if !ok {
			r.report(ruleDependency, item.Place, fmt.Sprintf("a dependency is the address of a plugin, not %s", article(item.Kind)), `write "owner/repository:Name"`)
			continue
		}
		a, err := address.Parse(text)
		if err != nil {
			r.badAddress(item.Place, err)
			continue
		}
		r.plan.Dependencies = append(r.plan.Dependencies, Dependency{Address: a, Place: item.Place})
	}
}

func (r *resolver) badAddress(place source.Place, err error) {
	message, hint := err.Error(), ""
	if bad := (*address.Error)(nil); errors.As(err, &bad) {
		hint = bad.Hint
	}
	r.report(ruleDependency, place, message, hint)
}

// permissions joins what the config declares with what the needs imply.
func (r *resolver) permissions() {
	declared, found := permission.FromConfig(r.config.Field("permissions"))
	r.take(found)
	wants := append(declared, r.implied()...)
	r.plan.Sheet = permission.NewSheet(wants, packages(r.plan.Needs), nil)
	r.plan.Permissions = r.plan.Sheet.Set()
}

// implied are the permissions that nobody writes down because they follow from what
// the plugin is.
func (r *resolver) implied() (wants []permission.Want) {
	p := r.plan
	if p.Language == Python { // no sandbox in this process contains them
		wants = append(wants, permission.Implied(permission.Permission{Kind: permission.Python}, "its scripts are Python", r.placeOf("type")))
	}
	for _, host := range (&requirement.Declaration{URLs: p.Needs.URLs}).Hosts() {
		if want, ok := permission.ImpliedHost(host.Name, "it loads a script from there", host.Item.Place); ok {
			wants = append(wants, want)
		}
	}
	for _, c := range p.Needs.Commands {
		wants = append(wants, permission.ImpliedCommand(c.Words, "a command it needs", c.Place))
	}
	if program := p.Needs.Program; program != nil && !program.Plain {
		wants = append(wants, permission.ImpliedCommand(program.Words, "it starts its scripts with this command", program.Place))
	}
	return wants
}

// packages lists what would be installed, as it is written.
func packages(d *requirement.Declaration) (list []string) {
	for _, group := range [][]requirement.Package{d.Conda, d.Pip} {
		for _, p := range group {
			if !p.Implied {
				list = append(list, p.Text)
			}
		}
	}
	for _, repo := range d.Repos {
		list = append(list, repo.URL)
	}
	return list
}

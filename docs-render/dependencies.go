package docsrender

import (
	"path"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
)

// find is the plugin of this site that a dependency means, or nil.
func (b *builder) find(d tags.Dependency, from *plugin) *plugin {
	switch d.Address.Kind {
	case address.Path:
		return b.byPath[path.Join(path.Dir(from.shown), d.Address.Path)]
	case address.Name, address.Repository, address.Git:
		return b.named(d.Address.Name, from.in)
	}
	return nil
}

// named is the plugin of a name, the one of the same repository before all others.
func (b *builder) named(name string, near *Repository) *plugin {
	list := b.byName[name]
	if name == "" || len(list) == 0 {
		return nil
	}
	for _, p := range list {
		if p.in == near {
			return p
		}
	}
	return list[0]
}

// dependencies lists what a plugin needs to find, as links where it is known where.
func (b *builder) dependencies(p *plugin) (list []linkView) {
	for _, plan := range p.plans {
		for _, d := range plan.Dependencies {
			link := linkView{Text: d.Address.String()}
			switch other := b.find(d, p); {
			case other != nil:
				link.Href = other.slug + ".html"
			case d.Address.Kind == address.Repository && d.Address.Alias == "" && d.Address.Host != "":
				link.Href = "https://" + d.Address.Host + "/" + d.Address.Repo
			case d.Address.Kind == address.URL && outside(link.Text):
				link.Href = link.Text
			}
			if !slices.Contains(list, link) && len(list) < MaxRows {
				list = append(list, link)
			}
		}
	}
	return list
}

func (b *builder) usedBy(p *plugin) (list []linkView) {
	for _, other := range p.usedBy {
		list = append(list, linkView{other.name, other.slug + ".html"})
	}
	return list
}

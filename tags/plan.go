package tags

import (
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/form"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Plan is a document with one tag chosen: every tag-configurable field resolved,
// parsed and placed. It is made again from bytes and tag anywhere, so it is never
// stored or sent; [Plan.MarshalJSON] writes it for people and other programs to
// read. A plan is immutable and safe for concurrent use.
type Plan struct {
	Document *pluginfile.Document
	Tag      string   // the chosen tag, "" when the plugin has none
	Tags     []string // all tags of the plugin

	Name        string
	Type        string // canonical: "web-worker", "native-python", "window", ...; "" when unknown
	Version     string
	APIVersion  string
	Description string // shown where UI is empty

	Scripts  []*pluginfile.Block // those of the chosen tag, in file order
	Language string              // Python, JavaScript or TypeScript: of the scripts that run; "" without scripts
	Runtimes []string            // runtimes that can run it, best first; none: nothing here can

	UI            *form.Form // never nil
	Inputs        *conf.Node // as written, nil when absent or null; package schema expands it
	Outputs       *conf.Node
	Needs         *requirement.Declaration // never nil
	Dependencies  []Dependency
	Sheet         permission.Sheet // what it asks for, declared or inferred, with reasons
	Permissions   permission.Set   // the set of the sheet, as if all were granted
	Flags, Labels []string
	Icon          string // name, emoji or URL; "" for none
	Cover         []string
	BaseFrame     string // page that speaks for the plugin itself
	BaseWorker    string
	Passive       bool
	Runnable      bool
	Defaults      map[string]any // window geometry and the like; nil when absent
}

// Dependency is a plugin this one needs, with the place that says so.
type Dependency struct {
	Address address.Address
	Place   source.Place
}

// Has reports whether the plan has a flag.
func (p *Plan) Has(flag string) bool {
	for _, f := range p.Flags {
		if f == flag {
			return true
		}
	}
	return false
}

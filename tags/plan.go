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
// stored or sent.
type Plan struct {
	Document *pluginfile.Document
	Tag      string   // the chosen tag, "" when the plugin has none
	Tags     []string // all tags of the plugin

	Name        string
	Type        string // canonical: "web-worker", "native-python", "window", ...
	Version     string
	Description string // shown where ui is empty

	Scripts  []*pluginfile.Block // those of the chosen tag, in file order
	Language string              // "javascript", "typescript" or "python": of the scripts that run
	Runtimes []string            // runtimes that can run it, best first: "javascript", "python", "browser"

	UI            *form.Form
	Inputs        *conf.Node // as written, nil when absent or null; package schema expands it
	Outputs       *conf.Node
	Needs         *requirement.Declaration
	Dependencies  []Dependency
	Permissions   permission.Set // declared and inferred
	Flags, Labels []string
	Icon          string
	Cover         []string
	BaseFrame     string
	BaseWorker    string
	Passive       bool
	Runnable      bool
	Defaults      map[string]any // window geometry and the like
}

// Dependency is a plugin this one needs, with the place that says so.
type Dependency struct {
	Address address.Address
	Place   source.Place
}

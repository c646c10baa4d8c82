package tags

import (
	"fmt"
	"maps"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// The runtimes a plan can name.
const (
	InProcess = "javascript" // a JavaScript worker
	Child     = "python"     // a Python process
	Browser   = "browser"    // a page
)

// kind is what is known of a type of plugins.
type kind struct {
	language   string
	runtimes   []string
	scriptless bool   // needs no script
	hint       string // of a type that nothing here can run: what to do
}

var kinds = map[string]kind{
	"web-worker":    {language: JavaScript, runtimes: []string{InProcess, Browser}},
	"window":        {language: JavaScript, runtimes: []string{Browser}},
	"iframe":        {language: JavaScript, runtimes: []string{Browser}},
	"rpc-window":    {runtimes: []string{Browser}, scriptless: true},
	"rpc-worker":    {runtimes: []string{Browser}, scriptless: true},
	"native-python": {language: Python, runtimes: []string{Child}},
	"web-python":    {language: Python, runtimes: []string{Child}},
	"collection":    {scriptless: true},

	"web-python-window": {language: Python, scriptless: true, hint: "the type was removed: split the plugin into a web-python plugin and a window"},
	"evil":              {language: JavaScript, scriptless: true, hint: "it would run inside the page of the application itself, which is never allowed: make it a web-worker, an iframe or a window"},
	"jupyter-notebook":  {language: Python, scriptless: true, hint: "the type was only ever a template: make it native-python"},
}

// Types returns the types that can be written in a config and run, sorted.
func Types() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		if kinds[name].hint == "" {
			list = append(list, name)
		}
	}
	return list
}

// Advice says what to make of a plugin whose type nothing can run any more, "" for
// every other type.
func Advice(name string) string { return kinds[name].hint }

// kind settles the type and where it runs.
func (r *resolver) kind() {
	n := r.pick("type")
	written, _ := n.Str()
	name := r.config.CanonicalType(written)
	k, known := kinds[name]
	r.plan.Type, r.plan.Runtimes = name, k.runtimes
	if name == "web-worker" && r.plan.BaseWorker != "" {
		r.plan.Runtimes = []string{Browser} // the worker is a page's own file
	}
	place := r.placeOf("type")
	if n != nil {
		place = n.Place
	}
	switch {
	case name == "" && n == nil && r.config.Field("type").Map():
		// told already: it has no value for this tag
	case name == "":
		hint := "write one of " + list(Types())
		if mode := r.config.Root.Get("mode"); mode != nil && !r.config.Legacy() {
			place, hint = mode.Place, "`mode` is the old name, read only up to api_version 0.1.1: write `type`"
		}
		r.report(ruleNoType, place, "the plugin has no type, so nothing can run it", hint)
	case !known:
		hint := "the types are " + list(Types())
		if near := source.Nearest(name, Types()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		} else if name == "pyworker" || name == "webworker" || name == "webpython" {
			hint = "the name is read only up to api_version 0.1.1"
		}
		r.report(ruleType, place, fmt.Sprintf("there is no type %q, so nothing can run the plugin", name), hint)
	case k.hint != "":
		r.report(ruleType, place, fmt.Sprintf("plugins of type %q cannot run here", name), k.hint)
	}
}

package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Rules about calls of api: what they are given.

var apiCallChecks = []check{
	{ruleAPIArguments, apiArguments},
}

var ruleAPIArguments = &source.Rule{
	Code: "api-arguments", Severity: source.Warning,
	Summary: "a function of api is called with other arguments than it takes",
	Doc: "ImJoy does not check arguments: a missing one is `undefined`, a wrong one shows up as something odd. Checked are calls whose arguments are written out: " +
		"how many there are, that an object stands where one belongs and has no key that is misspelt, that `createWindow` gets a type or a source, and that `showProgress` gets a number from 0 to 100.",
	Bad:  "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.createWindow({name: \"Viewer\", typ: \"imjoy/image-viewer\"}) }})\n</script>",
	Good: "<script lang=\"javascript\">\napi.export({setup() {}, run() { api.createWindow({name: \"Viewer\", type: \"imjoy/image-viewer\"}) }})\n</script>",
}

// signature is what a function of api takes.
type signature struct {
	least, most int
	shape       string
	object      bool // the first argument is an object
}

var signatures = map[string]signature{
	"alert":           {1, 2, "api.alert(text)", false},
	"prompt":          {1, 2, "api.prompt(text)", false},
	"confirm":         {1, 2, "api.confirm(text)", false},
	"showMessage":     {1, 2, "api.showMessage(text, seconds)", false},
	"log":             {1, 20, "api.log(text)", false},
	"error":           {1, 20, "api.error(text)", false},
	"showStatus":      {1, 1, "api.showStatus(text)", false},
	"showSnackbar":    {1, 2, "api.showSnackbar(text, seconds)", false},
	"showProgress":    {1, 1, "api.showProgress(percent)", false},
	"setConfig":       {2, 2, "api.setConfig(name, value)", false},
	"getConfig":       {1, 1, "api.getConfig(name)", false},
	"getAttachment":   {1, 1, "api.getAttachment(name)", false},
	"getPlugin":       {1, 2, "api.getPlugin(name)", false},
	"exportFile":      {1, 2, "api.exportFile(blob, name)", false},
	"registerService": {1, 2, "api.registerService({name, type, ...})", true},
	"registerCodec":   {1, 1, "api.registerCodec({name, encoder, decoder})", true},
	"createWindow":    {1, 2, "api.createWindow({type, name, data})", false},
	"showDialog":      {1, 3, "api.showDialog({name, ui})", true},
	"utils.sleep":     {1, 1, "api.utils.sleep(seconds)", false},
	"utils.openUrl":   {1, 2, "api.utils.openUrl(address)", false},
	"on":              {2, 3, `api.on("event", handler)`, false},
	"emit":            {1, 2, `api.emit("event", data)`, false},
	"run":             {1, 2, "api.run(name, ctx)", false},
	"call":            {2, 20, "api.call(name, function, ...arguments)", false},
}

func apiArguments(p *pass) {
	for _, s := range p.Scripts {
		for _, u := range s.Uses {
			if !u.Call || u.Arguments == nil {
				continue
			}
			keys := misspeltKeys(u)
			for _, key := range keys {
				place := s.Place(key.Span)
				d := p.report(place, fmt.Sprintf("api.%s knows no %s", u.Path, key.Text), fmt.Sprintf("did you mean %s?", key.meant))
				if string(place.Slice(place.Span)) == key.Text {
					d.Fixes = meant(place, key.meant)
				}
			}
			if message, hint := argumentFault(u); message != "" && len(keys) == 0 {
				p.report(s.Place(u.Span), message, hint)
			}
		}
	}
}

func argumentFault(u analysis.Use) (message, hint string) {
	sig, known := signatures[u.Path]
	n := len(u.Arguments)
	switch {
	case known && n < sig.least && n == 0:
		return fmt.Sprintf("api.%s is called without arguments", u.Path), "write " + sig.shape
	case known && n < sig.least:
		return fmt.Sprintf("api.%s takes at least %s, here it gets %d", u.Path, countOf(sig.least, "argument"), n), "write " + sig.shape
	case known && n > sig.most:
		return fmt.Sprintf("api.%s takes at most %s, here it gets %d", u.Path, countOf(sig.most, "argument"), n), "write " + sig.shape
	case n == 0:
		return "", ""
	}
	first := u.Arguments[0]
	switch {
	case sig.object && (first.Kind == analysis.TextArgument || first.Kind == analysis.NumberArgument || first.Kind == analysis.ListArgument):
		return fmt.Sprintf("api.%s takes an object", u.Path), "write " + sig.shape
	case u.Path == "showProgress" && first.Kind == analysis.NumberArgument:
		percent, err := strconv.ParseFloat(first.Text, 64)
		if err == nil && percent > 100 {
			return fmt.Sprintf("api.showProgress counts percent, and %s is more than all", first.Text), "write a number from 0 to 100"
		}
		if err == nil && percent > 0 && percent < 1 {
			return fmt.Sprintf("api.showProgress counts percent, and %s is less than one", first.Text), fmt.Sprintf("write %g for that part of all", percent*100)
		}
	case u.Path == "setConfig" && n == 2:
		return settingFault(u.Arguments[1])
	case u.Path == "showProgress" && first.Kind == analysis.TextArgument && strings.HasSuffix(strings.TrimSpace(first.Text), "%"):
		return "api.showProgress takes a number, and " + strconv.Quote(first.Text) + " is a text", "write " + strings.TrimSuffix(strings.TrimSpace(first.Text), "%")
	case u.Path == "createWindow" && first.Kind == analysis.ObjectArgument && !hasKey(first, "type", "src", "window_id", "ui"):
		return "api.createWindow is told neither a type nor a source", `write api.createWindow({type: "..."}), or src: an address`
	case u.Path == "showDialog" && first.Kind == analysis.ObjectArgument && len(first.Keys) > 0 && !hasKey(first, "ui", "type", "src"):
		return "api.showDialog is told neither a form nor a window", "add ui, or the type of a window"
	case u.Path == "on" && n == 2 && first.Kind == analysis.FunctionArgument:
		return "api.on takes the name of the event first", `write api.on("event", handler)`
	}
	return "", ""
}

// settingFault tells what becomes of a value that settings, which are texts, cannot keep.
func settingFault(value analysis.Argument) (message, hint string) {
	switch {
	case value.Kind == analysis.ConstantArgument && value.Text == "false", value.Kind == analysis.NumberArgument && value.Text == "0":
		return fmt.Sprintf("api.setConfig deletes a setting that is set to %s", value.Text), fmt.Sprintf("write it as a text: %q", value.Text)
	case value.Kind == analysis.ObjectArgument, value.Kind == analysis.ListArgument:
		return "api.setConfig keeps texts, and this is an object or list", "write JSON.stringify(...), json.dumps(...) in Python"
	}
	return "", ""
}

// argumentKeys are the keys that the first argument of a function may have.
var argumentKeys = map[string][]string{
	"createWindow":    {"name", "type", "src", "data", "config", "w", "h", "x", "y", "window_id", "window_container", "window_style", "ui", "standalone", "fullscreen", "passive", "tag", "namespace", "permissions", "base_frame", "defaults", "icon", "id", "scroll", "panel"},
	"showDialog":      {"name", "type", "ui", "src", "data", "config", "w", "h", "window_id", "hide_default_title", "fullscreen", "standalone"},
	"showFileDialog":  {"type", "title", "mode", "root", "file_manager", "engine", "uri_type", "return_object", "hide_unselectable"},
	"register":        {"name", "type", "run", "update", "ui", "inputs", "outputs", "config", "id", "tags", "mode", "description", "parent", "icon"},
	"registerService": {"name", "type", "run", "ui", "inputs", "outputs", "config", "id", "tags", "mode", "description", "flags", "visibility", "require_context", "docs"},
}

// misspeltKey is a key that looks like another one.
type misspeltKey struct {
	analysis.Literal
	meant string
}

// misspeltKeys returns the keys of the first argument that are one slip away from one that the
// function knows and does not get.
func misspeltKeys(u analysis.Use) (found []misspeltKey) {
	known := argumentKeys[u.Path]
	if len(known) == 0 || len(u.Arguments) == 0 || u.Arguments[0].Kind != analysis.ObjectArgument {
		return nil
	}
	given := u.Arguments[0]
	for _, key := range given.Keys {
		if slices.Contains(known, key.Text) || len(key.Text) < 3 {
			continue
		}
		if near := source.Nearest(key.Text, known); len(near) > 2 && !hasKey(given, near) {
			found = append(found, misspeltKey{key, near})
		}
	}
	return found
}

func hasKey(a analysis.Argument, names ...string) bool {
	return slices.ContainsFunc(a.Keys, func(k analysis.Literal) bool { return slices.Contains(names, k.Text) })
}

// countOf is a number with what it counts.
func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

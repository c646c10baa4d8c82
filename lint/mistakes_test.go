package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

// said is what lint says of a worker's config fields and code: "code: message; hint".
func said(fields, code string, codes ...string) string {
	kind := `"type": "web-worker", `
	if strings.Contains(fields, `"type": "collection"`) {
		kind = ""
	}
	text := "<config lang=\"json\">\n{\"name\": \"A\", " + kind + "\"version\": \"0.1.0\", \"api_version\": \"0.1.8\"" + fields + "}\n</config>\n<script lang=\"javascript\">\n" +
		"api.export({setup() {}, async run(ctx) { " + code + " }})\n</script>\n"
	doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
	var lines []string
	for _, d := range Run(analysis.Of(doc, parsed, nil), Options{}) {
		if slices.Contains(codes, d.Code) {
			lines = append(lines, d.Code+": "+d.Message+"; "+d.Hint)
		}
	}
	return strings.Join(lines, "\n")
}

// Slips of the pen, as they happen, and what looks like one and is none.
func TestSlips(t *testing.T) {
	const form = `, "ui": [{"id": "x", "type": "number"}, "y: {id: 'y', type: 'number'}"]`
	for _, test := range []struct{ name, fields, code, codes, want string }{
		{"a key of an argument", "", `api.createWindow({name: "a", typ: "b/c"})`, "api-arguments", "api-arguments: api.createWindow knows no typ; did you mean type?"},
		{"a key that an application may have", "", `api.createWindow({name: "a", type: "b/c", colour: 1})`, "api-arguments", ""},
		{"a key beside the one it resembles", "", `api.createWindow({name: "a", type: "b/c", types: 1})`, "api-arguments", ""},
		{"the key of an operator", "", `api.register({nam: "a", run: this.go})`, "api-arguments", "api-arguments: api.register knows no nam; did you mean name?"},
		{"a text for a number", "", `api.showProgress("50%")`, "api-arguments", `api-arguments: api.showProgress takes a number, and "50%" is a text; write 50`},
		{"a number as text", "", `api.showProgress(text)`, "api-arguments", ""},
		{"a text for an object", "", `api.showDialog("Sure?")`, "api-arguments", "api-arguments: api.showDialog takes an object; write api.showDialog({name, ui})"},
		{"a deprecated member", "", `api.registr({name: "a"})`, "api-unknown", "api-unknown: api has no member registr; did you mean api.register?"},
		{"an id inside of a longer name", `, "ui": "x {id: 'x', type: 'number'}"`, `return ctx.config.max`, "ui-field-unread", "ui-field-unread: no script reads x; read it as ctx.config.x, or remove it"},
		{"an id that is no name", `, "ui": "x {id: 'a-b', type: 'number'}"`, `return 1`, "ui-field-unread", `ui-field-unread: no script reads a-b; read it as ctx.config["a-b"], or remove it`},
		{"an id that is a name", `, "ui": "x {id: 'x', type: 'number'}"`, `return ctx.config["x"]`, "ui-field-unread", ""},
		{"an element without a label", form, "", "ui-bare-element", `ui-bare-element: this is shown as the words "id: x": the keys of an object in ui are labels; give it a label: {"x": {...}}`},
		{"labels that are called so", `, "ui": [{"id": "{id: 'a', type: 'string'}", "type": "{id: 'b', type: 'string'}"}]`, "", "ui-bare-element", ""},
		{"a keyword", `, "inputs": {"type": "object", "properties": {"n": {"typ": "number"}}}`, "", "schema-misspelt", `schema-misspelt: there is no keyword "typ"; did you mean "type"?`},
		{"a property that is called like a slip", `, "inputs": {"type": "object", "properties": {"typ": {"type": "number"}}}`, "", "schema-misspelt", ""},
		{"a keyword of one's own", `, "inputs": {"type": "object", "properties": {"n": {"type": "number", "x-widget": "dial"}}}`, "", "schema-misspelt", ""},
		{"a required name", `, "inputs": {"type": "object", "properties": {"image": {"type": "number"}}, "required": ["imge"]}`, "", "schema-misspelt", `schema-misspelt: "imge" is required, and no property is called so; did you mean "image"?`},
		{"a required name of others", `, "inputs": {"type": "object", "properties": {"image": {"type": "number"}}, "required": ["mask"]}`, "", "schema-misspelt", ""},
		{"a part for percent", "", `api.showProgress(0.5)`, "api-arguments", "api-arguments: api.showProgress counts percent, and 0.5 is less than one; write 50 for that part of all"},
		{"no progress", "", `api.showProgress(0); api.showProgress(1)`, "api-arguments", ""},
		{"too many arguments", "", `api.createWindow("a", {}, 1)`, "api-arguments", "api-arguments: api.createWindow takes at most 2 arguments, here it gets 3; write api.createWindow({type, name, data})"},
		{"a setting that is deleted", "", `api.setConfig("a", false)`, "api-arguments", `api-arguments: api.setConfig deletes a setting that is set to false; write it as a text: "false"`},
		{"a setting that is deleted on purpose", "", `api.setConfig("a", null); api.setConfig("b", "")`, "api-arguments", ""},
		{"a setting that is an object", "", `api.setConfig("a", {b: 1})`, "api-arguments", "api-arguments: api.setConfig keeps texts, and this is an object or list; write JSON.stringify(...), json.dumps(...) in Python"},
		{"a collection of nothing", `, "type": "collection", "dependencies": []`, "", "dependency-none block-unused", "dependency-none: a collection that lists no plugins installs nothing; add the addresses of plugins to dependencies\nblock-unused: a collection runs nothing, so this script block is never used; remove it, or give the plugin another type"},
		{"a default that is long and misspelt", `, "defaults": {"heigth": 1}`, "", "config-defaults", `config-defaults: a window has no default "heigth"; did you mean h?`},
		{"a plugin that depends on itself", `, "dependencies": ["A"]`, "", "dependency-self dependency-unused", "dependency-self: the plugin depends on itself, so installing it never ends; remove it"},
		{"a host", `, "permissions": ["net:api.example.org"]`, `fetch("https://api.exmaple.org/a")`, "permission-host", "permission-host: the permissions do not name api.exmaple.org; did you mean api.example.org?"},
		{"another host", `, "permissions": ["net:api.example.org"]`, `fetch("https://other.net/a")`, "permission-host", `permission-host: the permissions do not name other.net; add "net:other.net" to permissions`},
		{"a module, which needs none", `, "permissions": ["net:api.example.org"]`, `await import("https://esm.sh/a@1.0.0")`, "permission-host", ""},
		{"a namespace, which is no host", `, "permissions": ["net:api.example.org"]`, `f("http://www.w3.org/2000/svg")`, "permission-host", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, said(test.fields, test.code, strings.Fields(test.codes)...)); diff != "" {
				t.Errorf("(-want +said):\n%s", diff)
			}
		})
	}
}

// A worker without run stands in the menu for nothing; a window opens all the same.
func TestWithoutRun(t *testing.T) {
	for kind, want := range map[string]string{"web-worker": "warning so starting it does nothing", "window": "info it opens, but never gets the data it was opened with"} {
		text := `<config lang="json">{"name": "A", "type": "` + kind + `", "version": "0.1.0", "api_version": "0.1.8"}</config>` + "\n<script lang=\"javascript\">\napi.export({setup() {}})\n</script>\n<window><p></p></window>"
		doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
		found := Run(analysis.Of(doc, parsed, nil), Options{Select: []string{"run-missing"}})
		severity, words, _ := strings.Cut(want, " ")
		if len(found) != 1 || found[0].Severity.String() != severity || !strings.Contains(found[0].Message, words) {
			t.Errorf("%s: %v", kind, found)
		}
	}
}

// Events of one speaker are told apart by what comes behind its name.
func TestNearestNames(t *testing.T) {
	for _, test := range []struct{ name, among, want string }{
		{"smoother.reset", "smoother.done", ""}, {"smoother.doen", "smoother.done", "smoother.done"}, {"smother.done", "smoother.done", "smoother.done"},
		{"roi-change", "roi-changed", "roi-changed"}, {"segmentor", "segmenter", "segmenter"}, {"a:b", "a:c", ""},
	} {
		if got := nearest(test.name, []string{test.among}); got != test.want {
			t.Errorf("%s among %s: %q, want %q", test.name, test.among, got, test.want)
		}
	}
}

// What a window asks for: files beside it, elements for its labels, and permissions.
func TestWhatWindowsAskFor(t *testing.T) {
	for _, test := range []struct{ name, permissions, window, code, want string }{
		{"files beside it", "", `<img src="a.png"><img src="./b/c.png"><iframe src="d.html"></iframe>`, "", "window-link window-link window-link"},
		{"files elsewhere", "", `<img src="https://example.org/a.png"><img src="data:image/png;base64,AA"><img src="/a.png"><img src="#a"><img :src="b"><img src="{{ c }}">`, "", ""},
		{"a label", "", `<label for="nmae">a</label><input id="name">`, "", "window-id-missing"},
		{"a label that fits", "", `<label for="name">a</label><input id="name">`, "", ""},
		{"the camera", "", "<p></p>", "navigator.mediaDevices.getUserMedia({video: true, audio: false})", "permission-missing"},
		{"both", `"camera"`, "<p></p>", "navigator.mediaDevices.getUserMedia({video: {width: 1}, audio: true})", ""},
		{"the place", "", "<p></p>", "navigator.geolocation.getCurrentPosition(console.log)", "permission-missing"},
		{"the place, granted", `"geolocation"`, "<p></p>", "navigator.geolocation.getCurrentPosition(console.log)", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := `<config lang="json">{"name": "A", "type": "window", "version": "0.1.0", "api_version": "0.1.8", "permissions": [` + test.permissions + "]}</config>\n<window>\n<div>" + test.window + "</div>\n</window>\n<script lang=\"javascript\">\napi.export({setup() { " + test.code + " }, run() {}})\n</script>\n"
			doc, parsed := pluginfile.Parse("a.imjoy.html", []byte(text))
			var codes []string
			for _, d := range Run(analysis.Of(doc, parsed, nil), Options{Select: []string{"window-link", "window-id-missing", "permission-missing"}}) {
				codes = append(codes, d.Code)
			}
			if got := strings.Join(codes, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

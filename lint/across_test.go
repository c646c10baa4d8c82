package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

// repository makes summaries of plugins: their names, dependencies and what they ask for.
func repository(plugins ...[3]string) (list []Summary) {
	for i, plugin := range plugins {
		text := fmt.Sprintf("<config lang=\"json\">{\"name\": %q, \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"dependencies\": [%s]}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, async run() { %s }})\n</script>\n",
			plugin[0], plugin[1], plugin[2])
		doc, parsed := pluginfile.Parse(fmt.Sprintf("%d.imjoy.html", i), []byte(text))
		list = append(list, Summarize(analysis.Of(doc, parsed, nil)))
	}
	return list
}

func TestAcross(t *testing.T) {
	for _, test := range []struct {
		name    string
		plugins [][3]string
		want    string
	}{
		{"nothing to tell", [][3]string{{"A", `"B", "o/r:Elsewhere"`, `await api.getPlugin("B"); await api.run("Elsewhere"); await api.createWindow({type: "imjoy/image"})`}, {"B"}}, ""},
		{"one name", [][3]string{{"A"}, {"B"}, {"A"}}, "2.imjoy.html error[repository-name-repeated]\n"},
		{"a circle", [][3]string{{"A", `"B"`}, {"B", `"C"`}, {"C", `"A"`}, {"D", `"A"`}}, "2.imjoy.html error[repository-cycle] A -> B -> C -> A\n"},
		{"two circles", [][3]string{{"A", `"B"`}, {"B", `"A", "C"`}, {"C", `"B"`}}, "1.imjoy.html error[repository-cycle] A -> B -> A\n2.imjoy.html error[repository-cycle] B -> C -> B\n"},
		{"itself is told elsewhere", [][3]string{{"A", `"A"`}, {"B"}}, ""},
		{"not here", [][3]string{{"A", `"Blurr"`}, {"Blur"}}, "0.imjoy.html warning[repository-dependency-missing] did you mean \"Blur\"?\n"},
		{"a file alone is no repository", [][3]string{{"A", `"Blurr"`}}, ""},
		{"declared by its file", [][3]string{{"A", `"https://example.org/1.imjoy.html@CPU"`, `await api.getPlugin("Viewer")`}, {"Viewer"}}, ""},
		{"declared by another file", [][3]string{{"A", `"https://example.org/11.imjoy.html"`, `await api.getPlugin("Viewer")`}, {"Viewer"}}, "0.imjoy.html info[repository-dependency-undeclared] add \"Viewer\" to dependencies\n"},
		{"not declared", [][3]string{{"A", "", `await api.createWindow({type: "Viewer"}); await api.getPlugin("Host"); await api.createWindow({type: "Viewer"})`}, {"Viewer"}}, "0.imjoy.html info[repository-dependency-undeclared] add \"Viewer\" to dependencies\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			for _, d := range Across(repository(test.plugins...), Options{}) {
				more := ""
				if d.Code == "repository-cycle" {
					_, more, _ = strings.Cut(d.Message, ":")
				} else if strings.HasPrefix(d.Code, "repository-dep") {
					more = " " + d.Hint
				}
				fmt.Fprintf(&b, "%s %s[%s]%s\n", d.Place.Name, d.Severity, d.Code, more)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if found := Across(repository([3]string{"A"}, [3]string{"A"}), Options{Ignore: []string{"repository"}}); len(found) > 0 {
		t.Errorf("ignored codes are told: %s", show(found))
	}
}

func TestRoles(t *testing.T) {
	const loads, shows = `"type": "web-worker", "inputs": {"image": {"file": {"ext": [".tif"]}}}, "outputs": {"type": {"enum": ["image/grayscale"]}, "image": {"ndarray": {"ndim": 2}}}`, `"type": "window", "inputs": {"type": {"enum": ["image/grayscale"]}}`
	for _, test := range []struct{ name, config, script, want string }{
		{"nothing in particular", `"type": "web-worker"`, "api.export({setup() {}, run() {}})", ""},
		{"a loader that is done", loads, "api.export({setup() {}, run() {}})", "loader 0 of 7\n"},
		{"a loader", `"type": "web-worker", "inputs": {"image": {"file": {"ext": ["TIF", "TIF"], "size": [1, 2]}}}`, "api.export({setup() {}})", "loader 5 of 7\n- it exports run\n- endings are lower case with a dot, each once\n- sizes and types of files are such that ImJoy takes them\n- outputs are declared\n- outputs say what kind of data it is\n"},
		{"a loader by name", `"type": "web-worker", "inputs": {"name": {"type": "string", "pattern": "\\\\.tif$"}}, "outputs": {"type": {"enum": ["image"]}}`, "api.export({setup() {}, run() {}})", "loader 1 of 7\n- names are of a length that can be compared quickly\n"},
		{"a loader of parts", loads, "api.export({setup() {}, *run() { yield {type: 'image/grayscale', image: 1} }})", "loader 1 of 8\n- each part that it yields has a name\n"},
		{"a loader of parts with names", loads, "api.export({setup() {}, *run() { yield {type: 'image/grayscale', image: 1, name: 'a'} }})", "loader 0 of 8\n"},
		{"a processor", `"type": "web-worker", "inputs": {"image": {"ndarray": {"ndim": 2}}}, "outputs": {"n": {}}`, "api.export({setup() {}, run() {}})", "processor 3 of 9\n- it is flagged \"functional\"\n- every output has a type\n- every output has a description\n"},
		{"a processor that is done", `"type": "web-worker", "flags": ["functional"], "inputs": {"type": {"enum": ["image"]}}, "outputs": {"n": {"type": "number", "description": "cells"}}`, "api.export({setup() {}, run() { return {n: 1} }})", "processor 0 of 9\n"},
		{"a processor with faults", `"type": "web-worker", "flags": ["functional"], "chunk": {"axes": "Z"}, "inputs": {"image": {"ndarray": {"ndim": 2, "axes": "ZYX"}}}, "outputs": {"size": {"type": "number", "description": "px"}}`, "api.export({setup() {}, async run() { await api.alert('x'); return {sise: 1} }})", "processor 5 of 10\n- inputs can be compared with data\n- run returns what outputs says\n- it only computes\n- no output is named like a column of files\n- every output says how chunks are joined\n"},
		{"a viewer", `"type": "window", "requirements": ["https://a.b/c.js"]`, "api.export({setup() {}, run() {}})", "viewer 3 of 5\n- it has a window block\n- inputs say what it shows\n- it needs no scripts from the network\n"},
		{"a viewer of anything", `"type": "window", "inputs": {"image": {"ndarray": {}}}`, "api.export({setup() {}, run() {}})\n</script>\n<window><p></p><p></p></window>\n<script lang=\"javascript\">", "viewer 2 of 6\n- the window has one root\n- inputs name the kind of data, or the columns it needs\n"},
		{"a stage", `"type": "web-worker", "order": 1.5, "slot": "gaze"`, "api.export({run() {}, setUp() {}})", "stage 3 of 6\n- it exports exit\n- its functions have names that are called\n- order is a number from 0 to 1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, checklists(t, test.config, test.script)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	beside := func(config, script string) Summary { return Summarize(factsOf(config, script)) }
	loader, other := beside(loads, "api.emit('roi', 1); api.export({})"), beside(`"type": "web-worker"`, "api.on('rois', f); api.export({})")
	for _, test := range []struct{ name, config, script, want string }{
		{"its kind is given", shows, "api.export({setup() {}, run() {}})\n</script>\n<window><p></p></window>\n<script lang=\"javascript\">", "viewer 0 of 7\n"},
		{"its kind is not", strings.Replace(shows, "gray", "grey", 1), "api.export({setup() {}, run() {}})\n</script>\n<window><p></p></window>\n<script lang=\"javascript\">", "viewer 1 of 7\n- a plugin gives \"image/greyscale\"\n"},
		{"its column is not", `"type": "window", "inputs": {"type": "object", "required": ["image", "mask"], "properties": {"mask": {}}}`, "api.export({setup() {}, run() {}})\n</script>\n<window><p></p></window>\n<script lang=\"javascript\">", "viewer 1 of 8\n- a plugin gives the column \"mask\"\n"},
		{"events", `"type": "web-worker", "order": 0.2`, "api.on('roi', f); api.on('roy', f); api.on('close', f); api.emit('rois', 1); api.emit('x', 1); api.export({setup() {}, run() {}, exit() {}})", "stage 2 of 10\n- a plugin sends the event \"roy\"\n- a plugin waits for the event \"x\"\n"},
	} {
		if diff := cmp.Diff(test.want, checklists(t, test.config, test.script, loader, other)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// factsOf are the facts of a plugin of a part of a config and a script.
func factsOf(config, script string) *analysis.Facts {
	doc, parsed := pluginfile.Parse("a", []byte("<config lang=\"json\">{\"name\": \"A\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", "+config+"}</config>\n<script lang=\"javascript\">\n"+script+"\n</script>\n"))
	return analysis.Of(doc, parsed, nil)
}

// checklists lists the roles of a plugin and what is not done for them.
func checklists(t *testing.T, config, script string, beside ...Summary) string {
	t.Helper()
	var b strings.Builder
	for _, list := range Roles(factsOf(config, script), beside) {
		fmt.Fprintf(&b, "%s %d of %d\n", list.Role, list.Missing(), len(list.Items))
		for _, item := range list.Items {
			if !item.Place.Known() {
				t.Errorf("%s has no place", item.Text)
			}
			if !item.Done {
				fmt.Fprintf(&b, "- %s\n", item.Text)
			}
			if item.Done != (item.Hint == "") {
				t.Errorf("%s: done is %v, and the hint is %q", item.Text, item.Done, item.Hint)
			}
		}
	}
	return b.String()
}

// What plugins of a repository give and take.
func TestExchanges(t *testing.T) {
	plugin := func(n int, config, script string) Summary {
		doc, parsed := pluginfile.Parse(fmt.Sprintf("%d.imjoy.html", n), []byte(fmt.Sprintf("<config lang=\"json\">{\"name\": \"P%d\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"%s}</config>\n<script lang=\"javascript\">\n%s\napi.export({setup() {}, run() {}})\n</script>\n", n, config, script)))
		return Summarize(analysis.Of(doc, parsed, nil))
	}
	kind := func(way, name string) string { return fmt.Sprintf(`, %q: {"type": {"enum": [%q]}}`, way, name) }
	for _, test := range []struct {
		name    string
		plugins [][2]string
		want    string
	}{
		{"a kind that is given", [][2]string{{kind("outputs", "image")}, {kind("inputs", "image")}}, ""},
		{"nobody gives anything", [][2]string{{""}, {kind("inputs", "image")}}, ""},
		{"another kind", [][2]string{{kind("outputs", "image/grayscale")}, {kind("inputs", "table")}}, "1.imjoy.html info[repository-data] the kinds that are given are image/grayscale\n"},
		{"a kind misspelt", [][2]string{{kind("outputs", "image/grayscale")}, {kind("inputs", "image/greyscale")}}, "1.imjoy.html warning[repository-data] did you mean \"image/grayscale\"?\n"},
		{"a column", [][2]string{{`, "outputs": {"properties": {"count": {}}}`}, {`, "inputs": {"required": ["count", "counts"], "properties": {"count": {}, "counts": {}}}`}}, "1.imjoy.html warning[repository-data] did you mean \"count\"?\n"},
		{"events that meet", [][2]string{{"", "api.emit('roi', 1)"}, {"", "api.on('roi', f)"}, {"", "api.on('rois', f)"}}, ""},
		{"events that miss each other", [][2]string{{"", "api.emit('roi-changed', 1)"}, {"", "api.on('roi-change', f); api.on('close', f)"}}, "1.imjoy.html warning[repository-event] did you mean \"roi-changed\"?\n"},
		{"services", [][2]string{{"", "api.registerService({type: 'segmenter', name: 'S', go})\nfunction go() {}"}, {"", "api.getServices({type: 'segmenter'}); api.getServices({type: 'segmentor'}); api.getServices({type: 'other'})"}}, "1.imjoy.html warning[repository-service] did you mean \"segmenter\"?\n"},
	} {
		var list []Summary
		for i, p := range test.plugins {
			list = append(list, plugin(i, p[0], p[1]))
		}
		var b strings.Builder
		for _, d := range Across(list, Options{}) {
			fmt.Fprintf(&b, "%s %s[%s] %s\n", d.Place.Name, d.Severity, d.Code, d.Hint)
		}
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

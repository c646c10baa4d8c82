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
	for _, test := range []struct{ name, config, script, want string }{
		{"nothing in particular", `"type": "web-worker"`, "api.export({setup() {}, run() {}})", ""},
		{"a loader that is done", `"type": "web-worker", "inputs": {"image": {"file": {"ext": [".tif"]}}}, "outputs": {"image": {"ndarray": {"ndim": 2}}}`, "api.export({setup() {}, run() {}})", "loader 0 of 4\n"},
		{"a loader", `"type": "web-worker", "inputs": {"image": {"file": {"ext": "TIF"}}}`, "api.export({setup() {}})", "loader 3 of 4\n- it exports run\n- endings are lower case with a dot\n- outputs are declared\n"},
		{"a processor", `"type": "web-worker", "inputs": {"image": {"ndarray": {"ndim": 2}}}, "outputs": {"n": {}}`, "api.export({setup() {}, run() {}})", "processor 2 of 4\n- it is flagged \"functional\"\n- every output has a type\n"},
		{"a viewer", `"type": "window", "requirements": ["https://a.b/c.js"]`, "api.export({setup() {}, run() {}})", "viewer 3 of 4\n- it has a window block\n- inputs say what it shows\n- it needs no scripts from the network\n"},
		{"a stage", `"type": "web-worker", "order": 1.5, "slot": "gaze"`, "api.export({setup() {}, run() {}})", "stage 2 of 4\n- order is a number from 0 to 1\n- it exports exit\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc, parsed := pluginfile.Parse("a", []byte("<config lang=\"json\">{\"name\": \"A\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", "+test.config+"}</config>\n<script lang=\"javascript\">\n"+test.script+"\n</script>\n"))
			var b strings.Builder
			for _, list := range Roles(analysis.Of(doc, parsed, nil)) {
				fmt.Fprintf(&b, "%s %d of %d\n", list.Role, list.Missing(), len(list.Items))
				for _, item := range list.Items {
					if !item.Place.Known() {
						t.Errorf("%s has no place", item.Text)
					}
					if !item.Done {
						fmt.Fprintf(&b, "- %s\n", item.Text)
					}
				}
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

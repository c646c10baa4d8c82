package tags

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// plugin makes a document of some config fields and the blocks behind the config.
func plugin(t testing.TB, fields, blocks string) *pluginfile.Document {
	t.Helper()
	if !strings.Contains(fields, `"type"`) && !strings.Contains(fields, `"mode"`) {
		fields = `"type": "web-worker", ` + fields
	}
	if !strings.Contains(fields, `"api_version"`) {
		fields = `"api_version": "0.1.8", ` + fields
	}
	text := "<config lang=\"json\">{\"name\": \"P\", \"version\": \"1\", " + strings.TrimSuffix(fields, ", ") + "}</config>\n" + blocks
	doc, found := pluginfile.Parse("p.imjoy.html", []byte(text))
	if blocking := pluginfile.Blocking(found); len(blocking) > 0 {
		t.Fatalf("%s in %s", blocking[0].Message, text)
	}
	return doc
}

const script = `<script lang="javascript">api.export({})</script>`

// show prints diagnostics one a line with the bytes they mark.
func show(found []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Code, d.Place.Slice(d.Place.Span), d.Message)
	}
	return b.String()
}

func TestEveryConfigurableFieldVariesByTag(t *testing.T) {
	value := map[string][2]string{ // the value for a and for b
		"env":          {`"conda create -n a"`, `"conda create -n b"`},
		"requirements": {`["a"]`, `["b"]`},
		"dependencies": {`["A"]`, `["B"]`},
		"icon":         {`"a"`, `"b"`},
		"ui":           {`"a"`, `"b"`},
		"type":         {`"native-python"`, `"web-python"`},
		"flags":        {`["a"]`, `["b"]`},
		"labels":       {`["a"]`, `["b"]`},
		"cover":        {`"a"`, `["b"]`},
		"base_frame":   {`"https://a.org"`, `"https://b.org"`},
		"base_worker":  {`"https://a.org"`, `"https://b.org"`},
		"passive":      {`true`, `false`},
	}
	if len(value) != len(Configurable) {
		t.Fatalf("%d fields are configurable, the test knows %d", len(Configurable), len(value))
	}
	summary := func(p *Plan) string {
		var needs, dependencies []string
		for _, pkg := range p.Needs.Pip {
			if !pkg.Implied {
				needs = append(needs, pkg.Name)
			}
		}
		for _, d := range p.Dependencies {
			dependencies = append(dependencies, d.Address.String())
		}
		markup := ""
		if len(p.UI.Markup) > 0 {
			markup = p.UI.Markup[0].HTML
		}
		return fmt.Sprint(p.Type, p.Needs.EnvName, needs, dependencies, p.Icon, markup, p.Flags, p.Labels, p.Cover, p.BaseFrame, p.BaseWorker, p.Passive)
	}
	for _, field := range Configurable {
		t.Run(field, func(t *testing.T) {
			kind := `"type": "native-python", `
			if field == "type" {
				kind = ""
			}
			blocks := `<script lang="python">api.export({})</script>`
			var byTag, direct [2]string
			for i, tag := range []string{"a", "b"} {
				both := plugin(t, fmt.Sprintf(`%s"tags": ["a", "b"], "%s": {"b": %s, "a": %s}`, kind, field, value[field][1], value[field][0]), blocks)
				plan, found := Resolve(both, tag)
				if field == "type" {
					found = slices.DeleteFunc(found, func(d source.Diagnostic) bool { return d.Severity < source.Warning })
				}
				if len(found) > 0 {
					t.Error(show(found))
				}
				byTag[i] = summary(plan)
				plan, _ = Resolve(plugin(t, fmt.Sprintf(`%s"%s": %s`, kind, field, value[field][i]), blocks), "")
				direct[i] = summary(plan)
			}
			if diff := cmp.Diff(direct, byTag); diff != "" {
				t.Error(diff)
			}
			if byTag[0] == byTag[1] {
				t.Errorf("the tags make no difference: %s", byTag[0])
			}
		})
	}
}

func TestFieldsThatDoNotVaryByTag(t *testing.T) {
	doc := plugin(t, `"type": "web-worker", "tags": ["a"], "inputs": {"a": {"type": "string"}}, "defaults": {"a": 1}, "runnable": false`, script)
	plan, found := Resolve(doc, "a")
	if len(found) > 0 {
		t.Error(show(found))
	}
	if plan.Inputs.Get("a") == nil || plan.Defaults["a"] == nil || plan.Runnable {
		t.Errorf("got %+v", plan)
	}
}

func TestWhatIsSaid(t *testing.T) {
	for _, test := range []struct{ name, tag, fields, blocks, want string }{
		{"nothing", "", `"tags": ["a"], "requirements": {"a": []}`, script, ""},
		{"an empty object without tags", "", `"env": {}`, script,
			"tags-empty-object {}: env is {}, which ImJoy takes for a choice by tag: it refuses a plugin without tags\n"},
		{"an empty object with tags", "", `"tags": ["a"], "env": {}`, script, ""},
		{"null", "", `"tags": ["a"], "env": null, "ui": null, "inputs": null, "icon": null, "cover": null`, script, ""},
		{"a choice without tags", "", `"requirements": {"a": []}`, script,
			"tags-missing {\"a\": []}: requirements is an object, which means a choice by tag, but the plugin has no tags\n"},
		{"an unknown tag", "c", `"tags": ["a", "b"]`, script, "tag-unknown [\"a\", \"b\"]: the plugin has no tag \"c\"\n"},
		{"a tag in a plugin without", "c", ``, script, "tag-unknown <config lang=\"json\">: the plugin has no tag \"c\"\n"},
		{"a tag in other letters", "A", `"tags": ["a"]`, script, "tag-unknown [\"a\"]: the plugin has no tag \"A\"\n"},
		{"a hole", "b", `"tags": ["a", "b"], "requirements": {"a": []}`, script,
			"tag-without-value \"requirements\": requirements has no value for the tag \"b\"; it is taken as absent\n"},
		{"an object for all tags", "", `"type": "native-python", "tags": ["a"], "env": {"type": "binder", "spec": "a/b/c"}`, `<script lang="python"></script>`,
			"tag-without-value \"env\": none of the keys of env is a tag of the plugin; it is taken as absent\n" +
				"tag-key-unused \"type\": \"type\" is no tag of the plugin, so this value of env is never used\n" +
				"tag-key-unused \"spec\": \"spec\" is no tag of the plugin, so this value of env is never used\n"},
		{"a hole of another tag", "a", `"tags": ["a", "b"], "requirements": {"a": []}`, script, ""},
		{"a key that is no tag", "a", `"tags": ["a"], "requirements": {"a": [], "c": []}`, script,
			"tag-key-unused \"c\": \"c\" is no tag of the plugin, so this value of requirements is never used\n"},
		{"tags as a string", "", `"tags": "abc"`, script, "tags-shape \"abc\": tags is a string: ImJoy takes its first letter for the tag\n"},
		{"tags as an object", "", `"tags": {"a": 1}`, script, "tags-shape {\"a\": 1}: tags is an object, not a list of strings\n"},
		{"odd tags", "", `"tags": ["a", "a", "b ", 5, ""]`, script,
			"tags-shape \"a\": the tag \"a\" is listed twice\n" +
				"tags-shape \"b \": the tag \"b \" is empty or has spaces around it\n" +
				"tags-shape 5: a tag is text, not a number\n" +
				"tags-shape \"\": the tag \"\" is empty or has spaces around it\n"},
		{"a script for an unknown tag", "", `"tags": ["a"]`, script + `<script lang="javascript" tag="b"></script>`,
			"script-tag tag=\"b\": the plugin has no tag \"b\", so this script never runs\n"},
		{"a script for an empty tag", "", `"tags": ["a"]`, `<script lang="javascript" tag=""></script>`,
			"script-tag tag=\"\": the tag of this script is empty: ImJoy runs it for no tag, we run it for all\n"},
		{"an empty tag where there are no tags", "", ``, `<script lang="javascript" tag></script>`, ""},
		{"tags on a script", "", `"tags": ["a"]`, `<script lang="javascript" tags="a"></script>`,
			"script-tag tags=\"a\": a script has no attribute `tags`, so this has no effect\n"},
		{"no script for the tag", "b", `"tags": ["a", "b"]`, `<script lang="javascript" tag="a"></script>`,
			"script-missing <script lang=\"javascript\" tag=\"a\">: no script is for the tag \"b\"\n"},
		{"no script", "", ``, "", "script-missing \"web-worker\": a plugin of type \"web-worker\" needs a script\n"},
		{"no script in a collection", "", `"type": "collection"`, "", ""},
		{"no script in a page of its own", "", `"type": "window", "base_frame": "https://x.org"`, "", ""},
		{"no type", "", `"type": ""`, script, "type-missing \"\": the plugin has no type, so nothing can run it\n"},
		{"an old field in a new plugin", "", `"mode": "web-worker"`, script, "type-missing \"web-worker\": the plugin has no type, so nothing can run it\n"},
		{"old names in an old plugin", "", `"mode": "webworker", "api_version": "0.1.1"`, script, ""},
		{"an old name in a new plugin", "", `"type": "pyworker"`, script, "type-unsupported \"pyworker\": there is no type \"pyworker\", so nothing can run the plugin\n"},
		{"a removed type", "", `"type": "web-python-window"`, "", "type-unsupported \"web-python-window\": plugins of type \"web-python-window\" cannot run here\n"},
		{"a type by tag with a hole", "b", `"tags": ["a", "b"], "type": {"a": "window"}`, script,
			"tag-without-value \"type\": type has no value for the tag \"b\"; it is taken as absent\n"},
		{"a script without a language", "", ``, `<script>api.export({})</script>`, "script-lang <script>: the script does not say its language; it is read as javascript\n"},
		{"a language in short", "", `"type": "native-python"`, `<script lang="py"></script>`, "script-lang lang=\"py\": ImJoy knows no language \"py\"\n"},
		{"the wrong language", "", `"type": "native-python"`, script, "script-lang lang=\"javascript\": a plugin of type \"native-python\" cannot run javascript\n"},
		{"TypeScript", "", ``, `<script lang="ts"></script>`, "script-lang lang=\"ts\": ImJoy does not translate TypeScript: the script runs here only\n"},
		{"a template beside the script", "", ``, script + `<script lang="x-template"></script>`, ""},
		{"a bad dependency", "", `"dependencies": ["a/b:C", "ftp://x", 5]`, script,
			"dependency-address \"ftp://x\": \"ftp://x\" is not an address: the scheme \"ftp\" cannot be fetched\n" +
				"dependency-address 5: a dependency is the address of a plugin, not a number\n"},
		{"one dependency as a string", "", `"dependencies": "a/b:C"`, script, ""},
		{"a bad permission", "", `"permissions": ["webcam"]`, script, "permission-unknown \"webcam\": \"webcam\" is not a permission\n"},
		{"flags of the wrong type", "", `"flags": 5`, script, "field-shape 5: flags is a number, not a list of strings\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, found := Resolve(plugin(t, test.fields, test.blocks), test.tag)
			if diff := cmp.Diff(test.want, show(found)); diff != "" {
				t.Error(diff)
			}
			unknown := strings.HasPrefix(test.want, "tag-unknown")
			if (plan == nil) != unknown {
				t.Errorf("the plan is %v", plan)
			}
		})
	}
}

func TestTheHintOfAHoleFitsTheField(t *testing.T) {
	for field, want := range map[string]string{
		"requirements": `add the key "b", with [] if there is nothing`,
		"ui":           `add the key "b", with "" if there is nothing`,
		"passive":      `add the key "b", with true or false`,
		"type":         `add the key "b"`,
	} {
		_, found := Resolve(plugin(t, fmt.Sprintf(`"tags": ["a", "b"], %q: {"a": ""}`, field), script), "b")
		if len(found) != 1 || found[0].Hint != want {
			t.Errorf("%s: %v", field, found)
		}
	}
}

func TestAnIconThatIsAbsentIsTheUsualOne(t *testing.T) {
	for text, want := range map[string]string{
		`"tags": ["a"]`:                         "extension",
		`"tags": ["a"], "icon": {}`:             "extension",
		`"tags": ["a", "b"], "icon": {"b":"x"}`: "extension",
		`"tags": ["a"], "icon": null`:           "",
		`"tags": ["a"], "icon": {"a": ""}`:      "",
		`"tags": ["a"], "icon": {"a": "x"}`:     "x",
	} {
		if plan, _ := Resolve(plugin(t, text, script), "a"); plan.Icon != want {
			t.Errorf("%s: the icon is %q, want %q", text, plan.Icon, want)
		}
	}
}

func TestUnknownTagHelps(t *testing.T) {
	_, found := Resolve(plugin(t, `"tags": ["CPU", "Windows-GPU"]`, script), "Window-GPU")
	if want := `did you mean "Windows-GPU"? its tags are "CPU", "Windows-GPU"`; len(found) != 1 || found[0].Hint != want {
		t.Errorf("got %v", found)
	}
}

func TestScriptsOfATag(t *testing.T) {
	doc := plugin(t, `"tags": ["a", "b"]`, `
<script lang="javascript">1</script>
<script lang="javascript" tag="b">2</script>
<script lang="javascript" tag="a">3</script>
<script lang="javascript" tag="">4</script>
<script lang="javascript" tag="c">5</script>
<script lang="javascript" tag="b" tag="a">6</script>`)
	for tag, want := range map[string]string{"a": "1346", "b": "124", "": "1346"} {
		plan, _ := Resolve(doc, tag)
		got := ""
		for _, b := range plan.Scripts {
			got += b.Body().Text
		}
		if got != want {
			t.Errorf("tag %q runs %s, want %s", tag, got, want)
		}
	}
}

func TestLanguageAndRuntimes(t *testing.T) {
	for _, test := range []struct {
		kind, langs, language string
		runtimes              []string
	}{
		{"web-worker", "javascript", JavaScript, []string{"javascript", "browser"}},
		{"web-worker", "ts", TypeScript, []string{"javascript", "browser"}},
		{"web-worker", "ts javascript", JavaScript, []string{"javascript", "browser"}},
		{"window", "html javascript", JavaScript, []string{"browser"}},
		{"iframe", "JS", JavaScript, []string{"browser"}},
		{"native-python", "python", Python, []string{"python"}},
		{"native-python", "", Python, []string{"python"}},
		{"native-python", "javascript python", Python, []string{"python"}},
		{"web-python", "python3", Python, []string{"python"}},
		{"web-worker", "python", Python, []string{"javascript", "browser"}},
		{"collection", "", JavaScript, nil},
		{"evil", "javascript", JavaScript, nil},
		{"unknown", "python", Python, nil},
	} {
		blocks := ""
		for _, lang := range strings.Split(test.langs, " ") {
			blocks += fmt.Sprintf("<script lang=%q></script>", lang)
		}
		plan, _ := Resolve(plugin(t, fmt.Sprintf(`"type": %q`, test.kind), blocks), "")
		if plan.Language != test.language || !slices.Equal(plan.Runtimes, test.runtimes) {
			t.Errorf("%s with %q: %s in %v, want %s in %v", test.kind, test.langs, plan.Language, plan.Runtimes, test.language, test.runtimes)
		}
	}
	plan, _ := Resolve(plugin(t, `"type": "web-worker", "base_worker": "https://x.org/w.js"`, ""), "")
	if !slices.Equal(plan.Runtimes, []string{Browser}) || plan.Language != "" {
		t.Errorf("an external worker runs in %v", plan.Runtimes)
	}
}

func TestChoose(t *testing.T) {
	doc := plugin(t, `"tags": ["first", "b", "c", "d"]`, script)
	for _, test := range []struct{ explicit, installed, address, want string }{
		{"b", "c", "d", "b"},
		{"", "c", "d", "c"},
		{"", "", "d", "d"},
		{"", "", "", "first"},
		{"gone", "c", "d", "gone"},
		{"", "gone", "d", "d"},
		{"", "gone", "", "first"},
		{"", "", "gone", "gone"},
	} {
		if got := Choose(doc, test.explicit, test.installed, test.address); got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
	if got := Choose(plugin(t, "", script), "", "", ""); got != "" {
		t.Errorf("a plugin without tags has %q", got)
	}
}

func TestPermissionsFollowFromNeeds(t *testing.T) {
	doc := plugin(t, `"type": "native-python", "permissions": ["net:x.org"], "requirements": ["numpy", "cmd: make all"], "cmd": "bash run.sh"`, `<script lang="python"></script>`)
	plan, _ := Resolve(doc, "")
	var got []string
	for _, want := range plan.Sheet.Wants {
		got = append(got, fmt.Sprint(want.Permission, " ", want.Declared, " ", want.Detail))
	}
	if diff := cmp.Diff([]string{"net:x.org true ", "python false ", "run:bash false bash run.sh", "run:make false make all"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"numpy"}, plan.Sheet.Packages); diff != "" {
		t.Error(diff)
	}
	worker, _ := Resolve(plugin(t, `"requirements": ["https://cdn.org/x.js"]`, script), "")
	if got := worker.Permissions.String(); got != "net:cdn.org" {
		t.Errorf("a worker that loads a script may %s", got)
	}
}

func TestADocumentWithoutAConfigHasAPlan(t *testing.T) {
	for _, text := range []string{"", script, "<config lang=\"json\">[]</config>", "<config lang=\"json\">5</config>"} {
		doc, _ := pluginfile.Parse("p", []byte(text))
		plan, found := Resolve(doc, "")
		if plan == nil || plan.UI == nil || plan.Needs == nil || source.Worst(found) != source.Error {
			t.Errorf("%q: %v %s", text, plan, show(found))
		}
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	numbered := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"t%d",`, i)
		}
		return "[" + strings.TrimSuffix(b.String(), ",") + "]"
	}
	keys := strings.NewReplacer("[", "{", "]", "}", ",", ": [], ").Replace(numbered(50_000)) // one key is left without a value
	keys = strings.TrimSuffix(keys, "}") + ": []}"
	for name, test := range map[string]struct {
		fields   string
		findings int
	}{
		"tags":         {`"tags": ` + numbered(MaxTags+1), 1},
		"dependencies": {`"dependencies": ` + many(maxDependencies+1, `"a/b:C"`), 1},
		"keys":         {`"tags": ["x"], "env": ` + keys + `, "ui": ` + keys, 2*maxKeys + 2},
		"labels":       {`"labels": ` + many(50_000, "5"), maxFindings},
	} {
		began := time.Now()
		plans, found := All(plugin(t, test.fields, script))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
		if len(plans) > MaxTags || len(found) != min(test.findings, maxFindings) {
			t.Errorf("%s: %d plans, %d findings", name, len(plans), len(found))
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	doc := plugin(b, `"type": "native-python", "tags": ["CPU", "GPU"], "ui": "sigma {id: 'sigma', type: 'number', placeholder: 2} <br> model {id: 'model', type: 'choose', options: ['a', 'b'], placeholder: 'b'}",
		"env": {"CPU": "conda create -n x python=3.9", "GPU": "conda create -n y python=3.9"}, "requirements": {"CPU": ["numpy", "pip: scipy tifffile"], "GPU": ["conda: cudatoolkit", "numpy"]},
		"dependencies": ["imjoy-team/imjoy-plugins:Image Window"]`, `<script lang="python"></script>`)
	b.ReportAllocs()
	for b.Loop() {
		Resolve(doc, "GPU")
	}
}

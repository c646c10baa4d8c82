package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// complete makes a plugin of the example of a rule, which may be a part of one: a
// part of a config, or blocks without a config or script.
func complete(example string) string {
	config := `{"name": "Example", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}`
	if strings.Contains(example, `"requirements"`) && (strings.Contains(example, ".js") || strings.Contains(example, ".css")) {
		config = strings.Replace(config, "web-worker", "window", 1)
	} else if regexp.MustCompile(`"(env|requirements|cmd)":`).MatchString(example) && !strings.Contains(example, `"type": "w`) {
		config = strings.Replace(config, "web-worker", "native-python", 1)
	}
	if strings.HasPrefix(example, "{") {
		example = "<config lang=\"json\">" + merge(config, example) + "</config>\n"
	}
	if strings.HasPrefix(example, "<config") && strings.Count(example, "<config") == 1 && strings.Count(example, "</config>") == 1 {
		if inner, ok := part(example); ok {
			example = strings.Replace(example, inner, merge(config, inner), 1)
		}
	}
	if !regexp.MustCompile(`(?i)<config`).MatchString(example) {
		example = "<config lang=\"json\">" + config + "</config>\n" + example
	}
	if !regexp.MustCompile(`(?i)<script`).MatchString(example) && !strings.Contains(example, "collection") {
		language, code := "javascript", "api.export({setup() {}, run() {}})"
		if strings.Contains(example, "-python") || strings.Contains(config, "-python") {
			language, code = "python", "api.export({'setup': print, 'run': print})"
		}
		example += fmt.Sprintf("\n<script lang=%q>\n%s\n</script>\n", language, code)
	}
	return example
}

// part returns the config of an example that shows a few fields only.
func part(example string) (inner string, ok bool) {
	inner = example[strings.Index(example, ">")+1 : strings.Index(example, "</config>")]
	return inner, strings.HasPrefix(inner, "{") && !strings.Contains(inner, `"name"`)
}

// merge adds the fields of a complete config that a part of one lacks.
func merge(whole, part string) string {
	parse := func(text string) *conf.Node {
		n, _ := conf.ParseJSON(source.Whole(source.New("", []byte(text)), source.Span{Start: 0, End: len(text)}))
		return n
	}
	var fields []string
	had := parse(part)
	for _, m := range parse(whole).Members {
		if had.Get(m.Key) == nil && !(m.Key == "type" && had.Get("mode") != nil) {
			fields = append(fields, fmt.Sprintf("%q: %q", m.Key, m.Value.Text))
		}
	}
	if len(fields) == 0 || len(had.Members) == 0 && strings.TrimSpace(part) != "{}" {
		return part
	}
	lead := "{" + strings.Join(fields, ", ")
	if rest := strings.TrimSpace(part[1:]); rest != "}" {
		lead += ", "
	}
	return lead + part[1:]
}

// lintTexts lints texts, asking for the facts of their Python once.
func lintTexts(t *testing.T, texts []string) (found [][]source.Diagnostic) {
	t.Helper()
	all := make([]*analysis.Facts, len(texts))
	for i, text := range texts {
		doc, parsed := pluginfile.Parse("example.imjoy.html", []byte(text))
		all[i] = analysis.Of(doc, parsed, nil)
	}
	if err := analysis.WithPython(t.Context(), python3(t), nil, all...); err != nil {
		t.Fatal(err)
	}
	for _, facts := range all {
		found = append(found, Run(facts, Options{}))
	}
	return found
}

func count(found []source.Diagnostic, code string) (n int) {
	for _, d := range found {
		if d.Code == code {
			n++
		}
	}
	return n
}

func show(found []source.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		at, _ := d.Place.Range()
		fmt.Fprintf(&b, "  %d:%d %s[%s] %s\n", at.Line, at.Column, d.Severity, d.Code, d.Message)
	}
	return b.String()
}

// unchecked are the rules whose examples are not parts of a plugin that can be
// linted.
var unchecked = map[string]string{
	"config-missing":      "the fault is that there is no config, and examples get one",
	"config-limit":        "the example is shortened",
	"attribute-too-long":  "the example is shortened",
	"file-too-large":      "the example is shortened",
	"too-many-blocks":     "the example is shortened",
	"too-many-attributes": "the example is shortened",
	"text-encoding":       "the example is a file of other bytes",
	"ui-too-large":        "the example is shortened",
	"script-missing":      "the fault is that there is no script, and examples get one",
	"settings-invalid":    "about a file of settings, which is no plugin",
	"tag-unknown":         "reported for a tag on the command line, not for a document",
}

// elsewhere reports whether a rule is about files that are no plugin, or about several.
func elsewhere(code string) bool {
	return slices.ContainsFunc([]string{"manifest-", "repository-", "workflow-"}, func(p string) bool { return strings.HasPrefix(code, p) })
}

// The documentation of a rule is its test: the bad example has the fault, the good
// one has not.
func TestExamples(t *testing.T) {
	var texts []string
	for _, rule := range Rules() {
		texts = append(texts, complete(rule.Bad), complete(rule.Good))
	}
	all := lintTexts(t, texts)
	for i, rule := range Rules() {
		t.Run(rule.Code, func(t *testing.T) {
			why, ok := unchecked[rule.Code]
			if elsewhere(rule.Code) {
				why, ok = "about other files, or several", true
			}
			if ok {
				t.Log(why)
				return
			}
			if found := all[2*i]; count(found, rule.Code) == 0 {
				t.Errorf("the bad example is not reported; found:\n%s\n%s", show(found), texts[2*i])
			}
			if found := all[2*i+1]; count(found, rule.Code) > 0 {
				t.Errorf("the good example is reported:\n%s\n%s", show(found), texts[2*i+1])
			}
		})
	}
}

// What this package shows as good has no fault that would fail a plugin.
func TestGoodExamplesHaveNoErrors(t *testing.T) {
	var texts []string
	for _, c := range checks {
		texts = append(texts, complete(c.Good))
	}
	for i, found := range lintTexts(t, texts) {
		if source.Worst(found) == source.Error {
			t.Errorf("%s: the good example has errors:\n%s", checks[i].Code, show(found))
		}
	}
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

func TestEveryRuleIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !slug.MatchString(r.Code) || seen[r.Code] {
			t.Errorf("%q is no code, or there twice", r.Code)
		}
		seen[r.Code] = true
		if r.Summary == "" || r.Doc == "" || r.Bad == "" || r.Good == "" || r.Severity == source.None {
			t.Errorf("%s is not documented: %+v", r.Code, r)
		}
		if strings.HasSuffix(r.Summary, ".") || len(r.Summary) > 100 {
			t.Errorf("%s: the summary is one short line without a period: %q", r.Code, r.Summary)
		}
		if !strings.HasSuffix(strings.TrimRight(r.Doc, "`)"), ".") {
			t.Errorf("%s: the documentation does not end with a period: %q", r.Code, r.Doc)
		}
	}
	if len(seen) < 100 {
		t.Errorf("there are only %d rules", len(seen))
	}
}

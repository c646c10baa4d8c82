package tags

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// knownFindings are what is to be said about tags and types of the public plugins:
// code and line by the end of the path.
var knownFindings = map[string][]string{
	"example-plugins/imjoy-plugins/CARE.imjoy.html":    {"tag-without-value:25", "tag-key-unused:26", "tag-key-unused:27", "tag-key-unused:28"},
	"imjoy-plugins/repository/CARE.imjoy.html":         {"tag-without-value:25", "tag-key-unused:26", "tag-key-unused:27", "tag-key-unused:28"},
	"example-plugins/imjoy-plugins/DPNUnet.imjoy.html": {"tag-key-unused:25", "tag-key-unused:28"},
	"imjoy-plugins/repository/anet-lite.imjoy.html":    {"tag-without-value:99", "tag-key-unused:103", "tag-without-value:105", "tag-key-unused:108"},
	"oeway/Anet-Lite/anetLite.imjoy.html":              {"tag-without-value:99", "tag-key-unused:103", "tag-without-value:105", "tag-key-unused:108"},
	"docs/BrowserFS.imjoy.html":                        {"type-unsupported:14"},
	"src/plugins/jupyterNotebookTemplate.imjoy.html":   {"type-unsupported:8"},
	"hypha/tests/testFunctionsPlugin.imjoy.html":       {"tags-empty-object:18"},
}

// TestCorpus plans every tag of the public plugins, and compares what is said about
// some of them with what a careful reader found.
func TestCorpus(t *testing.T) {
	plans, compared, empty := 0, 0, 0
files:
	for _, file := range corpus.Files(t) {
		name := file.Name
		doc, _ := pluginfile.Parse(name, file.Text)
		all, found := All(doc)
		plans += len(all)
		for _, plan := range all {
			if plan == nil || plan.Name == "" || plan.Type == "" {
				t.Errorf("%s: %+v", name, plan)
			} else if len(plan.Scripts) != 1 {
				t.Errorf("%s@%s has %d scripts", name, plan.Tag, len(plan.Scripts))
			}
		}
		got := ours(found)
		for _, d := range found {
			if d.Code == ruleEmptyMap.Code {
				empty++
			}
			if d.Severity == source.Error {
				start, _ := d.Place.Range()
				t.Logf("error %s:%d: %s: %s", name, start.Line, d.Code, d.Message)
			}
		}
		for end, want := range knownFindings {
			if strings.HasSuffix(name, end) {
				compared++
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				continue files
			}
		}
		if rest := slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, ruleEmptyMap.Code) }); len(rest) > 0 {
			t.Logf("%s: %v", name, rest)
		}
	}
	t.Logf("%d plans", plans)
	if compared != len(knownFindings) || empty != 6 {
		t.Errorf("%d of %d known plugins, %d plugins with {} instead of 6: is the corpus complete?", compared, len(knownFindings), empty)
	}
}

// ours lists code and line of the diagnostics of this package in their order.
func ours(found []source.Diagnostic) (list []string) {
	for _, d := range found {
		if slices.ContainsFunc(Rules, func(r *source.Rule) bool { return r.Code == d.Code }) {
			start, _ := d.Place.Range()
			list = append(list, d.Code+":"+strconv.Itoa(start.Line))
		}
	}
	return list
}

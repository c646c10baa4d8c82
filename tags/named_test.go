package tags

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

func planOf(t testing.TB, config, script string) *Plan {
	t.Helper()
	text := "<config lang=\"json\">\n{\"name\": \"N\", \"type\": \"web-worker\", \"version\": \"1.0.0\", \"api_version\": \"0.1.8\", \"description\": \"d\"" + config + "}\n</config>\n" + script
	doc, _ := pluginfile.Parse("n.imjoy.html", []byte(text))
	plan, _ := Resolve(doc, "")
	if plan == nil {
		t.Fatal("no plan")
	}
	return plan
}

func TestNamedHosts(t *testing.T) {
	for line, want := range map[string][]string{
		`fetch("https://data.example.org/x.csv")`:                               {"net:data.example.org"},
		`fetch('HTTP://Data.Example.org')`:                                      {"net:data.example.org"},
		"fetch(`https://a.example/${name}`); fetch(`https://b.example`)":        {"net:a.example", "net:b.example"},
		`new WebSocket("wss://live.example:8443/ws")`:                           {"net:live.example:8443"},
		`x = {"u": "https:\/\/escaped.example\/x"}`:                             {"net:escaped.example"},
		`importScripts("https://cdn.example/a.js", "https://cdn.example/b.js")`: {"net:cdn.example"},
		`fetch("http://127.0.0.1:9000/")`:                                       {"net:127.0.0.1:9000"},
		`fetch("https://user:secret@host.example/")`:                            {"net:host.example"},
		`if (x) { /* why */ fetch("https://c.example") }`:                       {"net:c.example"},
		`* fetch("https://d.example")`:                                          {"net:d.example"},
		// Nothing that can be said.
		"fetch(`https://${host}/x`)":                             nil,
		`fetch("https://" + host)`:                               nil,
		`fetch("https://*.example/")`:                            nil,
		`  // see https://doc.example/`:                          nil,
		`  # see https://doc.example/`:                           nil,
		`document.createElementNS("http://www.w3.org/2000/svg")`: nil,
		`nothttps://x.example`:                                   nil,
		`a ? http : //x.example`:                                 nil,
		`"ftp://x.example"`:                                      nil,
		`http:/one.example`:                                      nil,
	} {
		plan := planOf(t, "", "<script lang=\"javascript\">\n"+line+"\n</script>\n")
		var got []string
		for _, w := range plan.Named().Wants {
			got = append(got, w.Permission.String())
			if w.Declared {
				t.Errorf("%s: nobody declared %s", line, w.Permission)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestNamedDialogs(t *testing.T) {
	for line, want := range map[string][]string{
		`await api.showFileDialog({mode: "single"})`:            {"files to read"},
		`api.exportFile(blob); api.showFileDialog ()`:           {"files to read", "where to write files"},
		`await api.utils.showDirectoryPicker()`:                 {"a folder"},
		`myshowFileDialog(); showFileDialogs(); x = exportFile`: {},
		`// api.showFileDialog()`:                               {},
	} {
		plan := planOf(t, "", "<script lang=\"javascript\">\n"+line+"\n</script>\n")
		if diff := cmp.Diff(want, plan.Named().Dialogs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

// TestAsks joins what is declared with what is named: each thing once, only of the tag.
func TestAsks(t *testing.T) {
	plan := planOf(t, `, "tags": ["A", "B"], "permissions": ["net:a.example", "camera"]`, `<script lang="javascript" tag="B">
fetch("https://other.example")
</script>
<script lang="javascript">
fetch("https://a.example/1"); fetch("https://b.example/2"); api.showFileDialog({})
</script>
`)
	var words []string
	asks := plan.Asks()
	for _, w := range asks.Wants {
		words = append(words, w.Permission.String())
	}
	slices.Sort(words)
	if diff := cmp.Diff([]string{"camera", "net:a.example", "net:b.example"}, words); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"files to read"}, asks.Dialogs); diff != "" {
		t.Error(diff)
	}
	if plan.Permissions.Allows(plan.Named().Wants[len(plan.Named().Wants)-1].Permission) {
		t.Error("what is only named is not what the plan declares")
	}
	i := slices.IndexFunc(asks.Wants, func(w permission.Want) bool { return w.Permission.String() == "net:b.example" })
	if start, _ := asks.Wants[i].Reasons[0].Place.Range(); start.Line != 8 || start.Column != 38 {
		t.Errorf("b.example is at %d:%d", start.Line, start.Column)
	}
}

// TestNamedIsBounded: a script cannot hide a host behind very many others, nor take long.
func TestNamedIsBounded(t *testing.T) {
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "\"https://h%d.example\"\n", i)
	}
	plan := planOf(t, "", "<script lang=\"javascript\">\n"+many.String()+"</script>\n")
	wants := plan.Named().Wants
	if len(wants) != 1 || wants[0].Permission.String() != "net" {
		t.Errorf("%d hosts: %v", 5000, wants[:min(len(wants), 3)])
	}
	size := 1 << 20
	if testing.Short() { // the race detector
		size = 1 << 17
	}
	for name, text := range map[string]string{
		"colons":  strings.Repeat(":", 4*size),
		"slashes": strings.Repeat("http://", size),
		"calls":   strings.Repeat("showFileDialog", size/2),
		"host":    "https://" + strings.Repeat("a", 8*size),
	} {
		plan := planOf(t, "", "<script lang=\"javascript\">\n"+text+"\n</script>\n")
		start := time.Now()
		plan.Named()
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func BenchmarkNamed(b *testing.B) {
	line := []byte("const answer = await api.fetch(\"https://data.example.org/x\").then(r => r.json()); let x = {a: 1, b: 2};\n")
	text := bytes.Repeat(line, 10000)
	plan := planOf(b, "", "<script lang=\"javascript\">\n"+string(text)+"</script>\n")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		plan.Named()
	}
}

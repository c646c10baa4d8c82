package docsrender

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

const veryLong = "A Plugin Whose Name Never Seems To End, However Long One Reads"

// richPlugin has everything that a page can show: many tags with long names, a form,
// schemas, needs that tags share and others, formulas and a diagram far down the page.
func richPlugin() string {
	tags := []string{"CPU", "GPU", "GPU with a very long tag name", "mini", "apple-silicon"}
	var environments, requirements []string
	for i, tag := range tags {
		environments = append(environments, fmt.Sprintf("%q: \"conda create -n k-%d python=3.9\"", tag, i))
		requirements = append(requirements, fmt.Sprintf("%q: [\"pip: numpy==1.2%d scipy\", \"repo: https://github.com/some/repo\"]", tag, i))
	}
	return `<config lang="json">
{
  "name": "Rich", "type": "native-python", "version": "0.3.0", "api_version": "0.1.8",
  "description": "Everything that a page can show.",
  "tags": ["` + strings.Join(tags, `", "`) + `"],
  "labels": ["cells", "a-very-long-label-with-many-words-in-it", "2D", "3D"],
  "icon": "🔬", "cover": "cover.png",
  "ui": "Sigma {id: 'sigma', type: 'number', min: 0, max: 10, placeholder: 2} Method {id: 'method', type: 'choose', options: ['gauss', 'median'], placeholder: 'gauss'}",
  "env": {` + strings.Join(environments, ", ") + `},
  "requirements": {
    ` + strings.Join(requirements, ",\n    ") + `
  },
  "dependencies": ["plain.imjoy.html"],
  "permissions": ["net:models.example.org", "camera"],
  "inputs": {"type": "object", "required": ["image"], "properties": {
    "image": {"ndarray": {"ndim": 2, "dtype": ["uint8", "float32"]}},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 3, "description": "How many to look for."},
    "mode": {"enum": ["fast", "slow"]},
    "names": {"type": "array", "items": {"type": "string"}}
  }},
  "outputs": {
    "type": "object",
    "properties": {
      "mask": {
        "ndarray": {
          "ndim": 2,
          "dtype": "uint16"
        }
      }
    }
  }
}
</config>
<docs>
It finds *nuclei*[^1]. See [Plain](plain.imjoy.html).

## How it works

Energy is $E = mc^2$.

| Method | Speed |
|---|---:|
| gauss | 10 ms |

` + "```python\nx = 1  # " + strings.Repeat("long ", 60) + "\n```\n\n" + strings.Repeat("One more paragraph of text, so that the page is long.\n\n", 60) + "```mermaid\nflowchart LR\n  A[Load] --> B[Count]\n```\n" + `
## Thanks

` + strings.Repeat("unbreakable", 30) + `

[^1]: Mostly.
</docs>
<script lang="python">
from imjoy import api
class Plugin:
    def setup(self):
        pass
api.export(Plugin())
</script>
<attachment name="data.json">{"a": 1}</attachment>
`
}

// richSite is a site of three repositories with every kind of page: rich and empty
// plugins, earlier versions, two readings, findings, a cover.
func richSite(t *testing.T, o Options) *Site {
	t.Helper()
	rich := input("rich.imjoy.html", richPlugin())
	rich.Versions = []Version{{Commit: "0123456789abcdef", Time: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Text: []byte(strings.Replace(richPlugin(), "0.3.0", "0.2.0", 1))}}
	text := rich.Document.Text()
	for _, part := range []string{`"pip: numpy==1.20 scipy"`, `"pip: numpy==1.22 scipy"`} {
		start := strings.Index(string(text), part)
		rich.Diagnostics = append(rich.Diagnostics, source.Diagnostic{
			Code: "a-rule", Severity: source.Warning, Message: "it is old", Hint: "take a newer one",
			Place: source.Place{Source: rich.Document.Source, Span: source.Span{Start: start, End: start + len(part)}},
		})
	}
	rich.Linted = true
	plain := input("plain.imjoy.html", pluginText(map[string]any{"name": "Plain", "type": "web-worker", "version": "1", "labels": []any{"cells"}}, ""))
	long := input("long.imjoy.html", pluginText(map[string]any{"name": veryLong, "type": "window", "tags": []any{"CPU"}, "description": veryLong}, formulasAndDiagrams))
	broken := "<config lang=\"json\">{\"name\": \"Broken\", \"type\": \"window\"}</config>\n<docs>\nUse a <script> tag.\n</docs>\n<script lang=\"javascript\">\napi.export({})\n</script>\n"
	open := func(string) ([]byte, error) { return picture(t), nil }
	return buildAll(t, o,
		Repository{Folder: "one", Open: open, Plugins: []Input{rich, plain}},
		Repository{Folder: "two", Plugins: []Input{long, input("empty.imjoy.html", `<config lang="json">{}</config>`)}},
		Repository{Folder: "three", Plugins: []Input{input("broken.imjoy.html", broken)}})
}

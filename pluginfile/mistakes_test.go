package pluginfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

const wholePlugin = `<docs lang="markdown">
# Blur
Write <b>tags</b>.
` + "```html\n<config lang=\"json\">\n```" + `
</docs>

<config lang="json">
{"name": "Blur", "type": "window", "version": "0.1.0", "api_version": "0.1.8"}
</config>

  <script lang="javascript">
    if (1 < 2) api.export({})
  </script>
<script lang="python" tag="GPU">
print("a")
</script>

<window lang="html">
  <div><p>Hello <!-- you --></div>
  <script src="a.js"></script>
  <style>p { color: red }</style>
</window>
<style lang="css">
a > b { color: red }
</style>
<attachment name="data">
1 < 2
</attachment>
`

// TestOneMistake makes one mistake at each place of a plugin where it can be made.
// Each time the careful reader must still see all blocks, and an error must be told.
func TestOneMistake(t *testing.T) {
	checkMistakes(t, []byte(wholePlugin), nil)
}

// TestOneMistakeInCorpus does the same with the public plugins.
func TestOneMistakeInCorpus(t *testing.T) {
	folder := corpus.Dir(t)
	var records []record
	readJSON(t, "corpus-reference.json", &records)
	for _, r := range records {
		t.Run(r.Repository+"/"+r.Path, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, r.Repository, r.Path))
			if err != nil {
				t.Fatal(err)
			}
			checkMistakes(t, text, func(mistake string, block *pluginfile.Block) bool {
				// Attachments that hold whole plugins: without their end tags nobody
				// can tell which blocks are theirs.
				return mistake == "no end tag" && block.Kind == pluginfile.AttachmentBlock && strings.HasSuffix(r.Path, "/testWebWorkerPlugin1.imjoy.html")
			})
		})
	}
}

// checkMistakes makes the mistakes but those that are to be skipped.
func checkMistakes(t *testing.T, text []byte, skip func(mistake string, block *pluginfile.Block) bool) {
	t.Helper()
	doc, diagnostics := pluginfile.Parse("a", text)
	if doc.Ambiguous() || len(told(diagnostics)) > 0 {
		t.Fatalf("there are mistakes already: %v", told(diagnostics))
	}
	check := func(mistake string, at *pluginfile.Block, parts ...string) {
		t.Helper()
		if skip != nil && at != nil && skip(mistake, at) {
			return
		}
		wrong, diagnostics := pluginfile.Parse("a", []byte(strings.Join(parts, "")))
		where := mistake
		if at != nil {
			where += " at " + string(at.Kind)
		}
		if len(told(diagnostics)) == 0 {
			t.Errorf("%s: nothing is told", where)
		}
		if got, want := trimmed(wrong.Recovered), trimmed(doc.Blocks); got != want {
			t.Errorf("%s: the careful reader sees other blocks; the original %v", where, kindsOf(wrong.Blocks))
		}
	}
	whole := string(text)
	for _, b := range doc.Blocks {
		before, tag, after := whole[:b.Tag.Start], whole[b.Tag.Start:b.Tag.End], whole[b.Tag.End:]
		name := string(b.Kind)
		check("capitals", b, before, "<", strings.ToUpper(name), tag[1+len(name):], after)
		check("no end tag", b, whole[:b.Inner.End], whole[b.Span.End:])
		if len(b.Attrs) == 0 || !b.Attrs[len(b.Attrs)-1].HasValue {
			continue
		}
		last := b.Attrs[len(b.Attrs)-1]
		if last.Span.End > last.ValueSpan.End {
			check("no closing quote", b, whole[:last.ValueSpan.End], whole[last.Span.End:])
		}
		check("no value", b, whole[:last.NameSpan.End], "=", whole[last.Span.End:])
	}
	check("in a page", nil, "<!DOCTYPE html>\n<html>\n<body>\n", whole, "</body>\n</html>\n")
	check("open comment", nil, "<!-- my plugin\n", whole)
	for _, b := range doc.All(pluginfile.DocsBlock) {
		for _, mention := range []string{"<script>", "`<style>`", "<textarea>"} {
			wrong, diagnostics := pluginfile.Parse("a", []byte(whole[:b.Inner.Start]+mention+whole[b.Inner.Start:]))
			if len(told(diagnostics)) == 0 || kindsOf(wrong.Recovered) != kindsOf(doc.Blocks) {
				t.Errorf("docs that mention %s: told %v, the careful reader sees %s", mention, told(diagnostics), kindsOf(wrong.Recovered))
			}
		}
	}
}

// trimmed writes kinds and bodies, without the white space around them.
func trimmed(blocks []*pluginfile.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString(string(block.Kind) + ":" + strings.TrimSpace(block.Body().Text) + "\n")
	}
	return b.String()
}

func kindsOf(blocks []*pluginfile.Block) string {
	var kinds []string
	for _, block := range blocks {
		kinds = append(kinds, string(block.Kind))
	}
	return strings.Join(kinds, " ")
}

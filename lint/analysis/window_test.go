package analysis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

func TestWindow(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"one element", "\n  <div id='a'><p>one<p>two<br></div>\n", "element div \"<div id='a'><p>one<p>two<br></div>\"\nid a\n"},
		{"two elements and text", "<div></div> text <img src=\"https://a/b.png\">", "element div \"<div></div>\"\ntext  \"text\"\nelement img \"<img src=\\\"https://a/b.png\\\">\"\nimage https://a/b.png\n"},
		{"a comment first", "<!-- c --><div></div>", "comment  \"<!-- c -->\"\nelement div \"<div></div>\"\n"},
		{"a page", "<!doctype html><html><head><title>x</title></head><body><div>y</div></body></html>", "element title \"<title>x</title>\"\nelement div \"<div>y</div>\"\n"},
		{"paragraphs", "<p>one<p>two</p>", "element p \"<p>one\"\nelement p \"<p>two</p>\"\n"},
		{"unclosed", "<div><span>x", "element div \"<div><span>x\"\n"},
		{"scripts", "<div><script>a<b</script><script src='https://x/y.js'></script></div>", "element div \"<div><script>a<b</script><script src='https://x/y.js'></script></div>\"\nscript src=\"\"\nscript src=\"https://x/y.js\"\nload https://x/y.js\n"},
		{"stray end tags", "</p><div></b></div></div>", "element div \"<div></b></div>\"\n"},
		{"nothing", "  \n ", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc, _ := pluginfile.Parse("a", []byte("<window>"+test.text+"</window>"))
			w := readWindow(doc.Blocks[0])
			var b strings.Builder
			for _, r := range w.Roots {
				p := w.Place(r.Span)
				fmt.Fprintf(&b, "%s %s %q\n", [...]string{"element", "text", "comment"}[r.Kind], r.Name, p.Source.Slice(p.Span))
			}
			for _, s := range w.Scripts {
				fmt.Fprintf(&b, "script src=%q\n", s.Attrs["src"])
			}
			for _, l := range w.Loads {
				fmt.Fprintf(&b, "load %s\n", l.Text)
			}
			for _, l := range w.Images {
				fmt.Fprintf(&b, "image %s\n", l.Text)
			}
			for _, l := range w.IDs {
				fmt.Fprintf(&b, "id %s\n", l.Text)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

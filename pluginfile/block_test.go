package pluginfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func parse(t testing.TB, text string) (*pluginfile.Document, []source.Diagnostic) {
	t.Helper()
	return pluginfile.Parse("a.imjoy.html", []byte(text))
}

func TestAttributes(t *testing.T) {
	for _, test := range []struct {
		tag  string
		want []string // name=value, or name alone without a value
	}{
		{`<script>`, nil},
		{`<script lang="js">`, []string{"lang=js"}},
		{`<script lang = 'js' >`, []string{"lang=js"}},
		{"<script\n lang\n=\njs\n>", []string{"lang=js"}},
		{`<script module>`, []string{"module"}},
		{`<script module lang=js/>`, []string{"module", "lang=js/"}},
		{`<script tag="">`, []string{"tag="}},
		{`<script a="1"b='2'c=3>`, []string{"a=1", "b=2", "c=3"}},
		{`<script a="x">`, []string{"a=x"}},
		{`<script a="x"">`, []string{"a=x"}},
		{`<script a="b>c" d='"'>`, []string{"a=b>c", `d="`}},
		{`<script @click=":x" v-on:y.z="w">`, []string{"@click=:x", "v-on:y.z=w"}},
		{`<script a="&lt;&gt;&quot;&amp;">`, []string{`a=<>"&`}},
		{`<script a="&amp;lt;&#39;&apos;&nbsp;">`, []string{"a=&lt;&#39;&apos;&nbsp;"}},
		{`<script a=x&amp;y>`, []string{"a=x&y"}},
		{"<script a=\u00e9\u00a0b>", []string{"a=\u00e9", "b"}},
		{`<script a a=1 a="2">`, []string{"a", "a=1", "a=2"}},
	} {
		doc, _ := parse(t, test.tag+"</script>")
		if len(doc.Blocks) != 1 {
			t.Errorf("%s: %d blocks", test.tag, len(doc.Blocks))
			continue
		}
		var got []string
		for _, a := range doc.Blocks[0].Attrs {
			text := a.Name
			if a.HasValue {
				text += "=" + a.Value
			}
			got = append(got, text)
			if name := string(doc.Source.Slice(a.NameSpan)); name != a.Name {
				t.Errorf("%s: the name's span holds %q", test.tag, name)
			}
			if !a.Span.Contains(a.NameSpan) || !a.Span.Contains(a.ValueSpan) {
				t.Errorf("%s: %v does not contain %v and %v", test.tag, a.Span, a.NameSpan, a.ValueSpan)
			}
			if value := string(doc.Source.Slice(a.ValueSpan)); a.HasValue && !strings.Contains(value, "&") && value != a.Value {
				t.Errorf("%s: the value's span holds %q", test.tag, value)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.tag, diff)
		}
	}
}

func TestTagsThatAreText(t *testing.T) {
	for _, text := range []string{
		"< script>a</script>", "<1>a</1>", "<script tag=>a</script>", `<script a="b>a</script>`, "<script / >a</script>",
		"<script a=\"b\"c\">a</script>", "<script", "<script ", "<script a=b", "</script>", "<?xml?>", "<>", "<!script>", "&lt;script>",
	} {
		if doc, _ := parse(t, text); len(doc.Blocks) != 0 {
			t.Errorf("%q has blocks: %q", text, view(doc.Blocks))
		}
	}
}

func TestAttr(t *testing.T) {
	doc, _ := parse(t, `<script lang="python" lang="javascript" tag="" module></script>`)
	b := doc.Blocks[0]
	if attr, ok := b.Attr("lang"); !ok || attr.Value != "javascript" || b.Lang() != "javascript" {
		t.Errorf("the last lang does not win: %v", attr)
	}
	for _, name := range []string{"tag", "module"} {
		if attr, ok := b.Attr(name); ok || attr.Name != name {
			t.Errorf("%s: got %v, %v; want the attribute, and that it has no value", name, attr, ok)
		}
	}
	if attr, ok := b.Attr("src"); ok || attr.Name != "" {
		t.Errorf("src: got %v, %v", attr, ok)
	}
}

// TestNamesOfObjects reads blocks and attributes whose names every JavaScript object
// has; the original crashes on such blocks.
func TestNamesOfObjects(t *testing.T) {
	for _, name := range []string{
		"constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
		"__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "prototype", "length",
	} {
		doc, diagnostics := parse(t, "<"+name+" "+name+"=\"x\">y</"+name+"><config>{}</config>")
		if diff := cmp.Diff([]string{name + ":y", "config:{}"}, view(doc.Blocks)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if got := doc.Blocks[0].Value(name); got != "x" {
			t.Errorf("%s: its attribute is %q", name, got)
		}
		if source.Worst(diagnostics) != source.Warning {
			t.Errorf("%s: %v", name, diagnostics)
		}
	}
}

func TestSpans(t *testing.T) {
	text := "\ufeffhi\r\n<script lang='js'>\r\n  ä()\r\n  b()\r\n</script >\n<link a/>"
	doc, _ := parse(t, text)
	at := func(s source.Span) string { return string(doc.Source.Slice(s)) }
	script, link := doc.Blocks[0], doc.Blocks[1]
	for _, test := range []struct{ name, got, want string }{
		{"block", at(script.Span), "<script lang='js'>\r\n  ä()\r\n  b()\r\n</script >"},
		{"tag", at(script.Tag), "<script lang='js'>"},
		{"inner", at(script.Inner), "\r\n  ä()\r\n  b()\r\n"},
		{"attribute", at(script.Attrs[0].Span), "lang='js'"},
		{"value", at(script.Attrs[0].ValueSpan), "js"},
		{"body", script.Body().Text, "\nä()\nb()\n"},
		{"self-closed block", at(link.Span), "<link a/>"},
		{"self-closed inner", at(link.Inner), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q instead of %q", test.name, test.got, test.want)
		}
	}
	if !script.Closed || script.SelfClosed || !link.Closed || !link.SelfClosed {
		t.Error("closed and self-closed are not told apart")
	}
	// Line 3 column 2 of the script is "(" of b(): line 4 column 4 of the file.
	start, end := script.Body().At(source.Position{Line: 3, Column: 2}, source.Runes).Range()
	if want := (source.Position{Line: 4, Column: 4}); start != want || end.Column != 5 {
		t.Errorf("a place in the script is %v-%v in the file, want %v", start, end, want)
	}
}

func TestBody(t *testing.T) {
	for _, test := range []struct{ name, inner, want string }{
		{"empty", "", ""},
		{"no indentation", "\na\n  b\n", "\na\n  b\n"},
		{"no indentation keeps CRLF", "\r\na\r\n", "\r\na\r\n"},
		{"begins with text", "a\r\n  b", "a\r\n  b"},
		{"spaces", "\n    a\n      b\n    c\n", "\na\n  b\nc\n"},
		{"tabs", "\n\ta\n\t\tb\n", "\na\n\tb\n"},
		{"one line", "  a", "a"},
		{"the least counts", "\n    a\n  b\n", "\n  a\nb\n"},
		{"a line at column 1 keeps all, but CRLF becomes LF", "\r\n  a\r\nb\r\n", "\n  a\nb\n"},
		{"tabs and spaces mixed", "\n\ta\n  b\n", "\n\ta\n  b\n"},
		{"blank lines are shorter", "\n    a\n \n\n    b\n  ", "\na\n\n\nb\n"},
		{"blank lines are longer", "\n  a\n     \n  b", "\na\n   \nb"},
		{"blank lines of other space", "\n  a\n\u2003\u2003\u2003\n  b", "\na\n\u2003\nb"},
		{"only space", "  \r\n \t\n", "\n\n"},
		{"a lone CR is no line end", "\n  a\r  b\r\n", "\na\r  b\n"},
		{"begins with a no-break space: the line is blank and loses it", "\u00a0\n  a", "\na"},
	} {
		doc, _ := parse(t, "<docs>"+test.inner+"</docs>")
		body := doc.Blocks[0].Body()
		if body.Text != test.want {
			t.Errorf("%s: %q instead of %q", test.name, body.Text, test.want)
		}
		for i := range len(body.Text) {
			outer := body.Outer(source.Span{Start: i, End: i + 1})
			if got := string(doc.Source.Slice(outer)); got != body.Text[i:i+1] {
				t.Errorf("%s: byte %d is %q in the file", test.name, i, got)
			}
		}
	}
}

func TestTextComesBack(t *testing.T) {
	text := "\ufeff<config>{}</config>\r\n<docs>ä\x00\xff</docs> <!-- "
	doc, _ := parse(t, text)
	var out bytes.Buffer
	if n, err := doc.WriteTo(&out); err != nil || n != int64(len(text)) || out.String() != text || string(doc.Text()) != text {
		t.Errorf("written as %q (%d bytes, %v)", out.String(), n, err)
	}
	edited, err := doc.Edit(source.Edit{Span: doc.First(pluginfile.ConfigBlock).Inner, New: `{"a":1}`})
	if want := strings.Replace(text, "{}", `{"a":1}`, 1); err != nil || string(edited) != want {
		t.Errorf("edited to %q, %v", edited, err)
	}
	if _, err := doc.Edit(source.Edit{Span: source.Span{Start: 0, End: len(text) + 1}}); err == nil {
		t.Error("an edit outside of the text is no error")
	}
}

func TestFirstAndAll(t *testing.T) {
	doc, _ := parse(t, "<script>a</script><docs>d</docs><script>b</script>")
	if got := view(doc.All(pluginfile.ScriptBlock)); !cmp.Equal(got, []string{"script:a", "script:b"}) {
		t.Errorf("scripts are %q", got)
	}
	if doc.First(pluginfile.ScriptBlock) != doc.Blocks[0] || doc.First(pluginfile.WindowBlock) != nil {
		t.Error("First does not answer the first block, or nil")
	}
}

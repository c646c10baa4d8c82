package pluginfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// view writes blocks as kind:text, for comparing at a glance.
func view(blocks []*pluginfile.Block) []string {
	list := []string{}
	for _, b := range blocks {
		list = append(list, string(b.Kind)+":"+string(b.Source.Slice(b.Inner)))
	}
	return list
}

// told writes the errors as line:column code.
func told(diagnostics []source.Diagnostic) []string {
	list := []string{}
	for _, d := range diagnostics {
		if d.Severity == source.Error && !strings.HasPrefix(d.Code, "config-") {
			start, _ := d.Place.Range()
			list = append(list, fmt.Sprintf("%d:%d %s", start.Line, start.Column, d.Code))
		}
	}
	return list
}

// TestRecovered shows what a careful reader sees where ImJoy loses content, and what
// is said about it, each beside a text that is fine.
func TestRecovered(t *testing.T) {
	for _, test := range []struct {
		name, text string
		blocks     []string // the original's
		recovered  []string // nil: the same
		errors     []string
	}{{
		name:      "unclosed script at the end",
		text:      "<config>{}</config>\n<script>\na()\n",
		blocks:    []string{"config:{}", "script:"},
		recovered: []string{"config:{}", "script:\na()\n"},
		errors:    []string{"2:1 block-unclosed"},
	}, {
		name:      "unclosed script before a window and another script",
		text:      "<script>\na()\n<window>\n<p>x</p>\n</window>\n<script>\nb()\n</script>\n",
		blocks:    []string{"script:\na()\n<window>\n<p>x</p>\n</window>\n<script>\nb()\n"},
		recovered: []string{"script:\na()\n", "window:\n<p>x</p>\n", "script:\nb()\n"},
		errors:    []string{"1:1 block-unclosed"},
	}, {
		name:      "unclosed script before a window with a script in it",
		text:      "<script>\na()\n<window>\n<script src=x></script>\n<p>x</p>\n</window>\n<docs>d</docs>",
		blocks:    []string{"script:\na()\n<window>\n<script src=x>", "p:x", "docs:d"},
		recovered: []string{"script:\na()\n", "window:\n<script src=x></script>\n<p>x</p>\n", "docs:d"},
		errors:    []string{"1:1 block-unclosed"},
	}, {
		name:      "unclosed docs before indented blocks",
		text:      "<docs>\nd\n  <config lang=json>{}</config>\n  <script lang=js>\n  a()\n  <script lang=py>\n  b()\n  </script>\n",
		blocks:    []string{"docs:\nd\n  <config lang=json>{}</config>\n  <script lang=js>\n  a()\n  <script lang=py>\n  b()\n  </script>"},
		recovered: []string{"docs:\nd\n  ", "config:{}", "script:\n  a()\n  ", "script:\n  b()\n  "},
		errors:    []string{"1:1 block-unclosed", "4:3 block-unclosed"},
	}, {
		name:   "a page in a string of a script, written with care",
		text:   "<script>\nconst page = `\n<script>\nb()\n<\\/script>\n`\n</script>\n",
		blocks: []string{"script:\nconst page = `\n<script>\nb()\n<\\/script>\n`\n"},
	}, {
		name:      "unclosed window, with tags in it",
		text:      "<window><div>text\n<config>{}</config>\n<script>a()</script>",
		blocks:    []string{"window:<div>text\n<config>{}</config>\n<script>a()</script>"},
		recovered: []string{"window:<div>text\n", "config:{}", "script:a()"},
		errors:    []string{"1:1 block-unclosed"},
	}, {
		name:   "unclosed tags inside of a window",
		text:   "<window><p>one<p>two<br><img src=x></window>\n<script>a()</script>",
		blocks: []string{"window:<p>one<p>two<br><img src=x>", "script:a()"},
	}, {
		name:      "docs that mention docs",
		text:      "<docs>the <docs> block</docs>\n<script>a()</script>",
		blocks:    []string{"docs:the <docs> block</docs>\n<script>a()</script>"},
		recovered: []string{"docs:the <docs> block", "script:a()"},
		errors:    []string{"1:1 block-unclosed"},
	}, {
		name:      "docs that mention script and are closed by later docs",
		text:      "<docs>a <script> b</docs>\n<config>{}</config>\n<script>a()</script>\n<docs>two</docs>",
		blocks:    []string{"docs:a <script> b</docs>\n<config>{}</config>\n<script>a()</script>\n<docs>two</docs>"},
		recovered: []string{"docs:a <script> b", "config:{}", "script:a()", "docs:two"},
		errors:    []string{"1:9 block-swallowed"},
	}, {
		name:      "an attachment that mentions style, closed by the next one",
		text:      "<attachment name=a>\n<style> b</attachment>\n<attachment name=b>x</style></attachment>\n",
		blocks:    []string{"attachment:\n<style> b</attachment>\n<attachment name=b>x</style>"},
		recovered: []string{"attachment:\n<style> b", "attachment:x</style>"},
		errors:    []string{"2:1 block-swallowed"},
	}, {
		name: "an attachment that holds a plugin",
		text: "<attachment name=a>\n<docs>d</docs>\n<config>{}</config>\n<script>\na()\n</script>\n</attachment>\n<script>b()</script>",
		blocks: []string{
			"attachment:\n<docs>d</docs>\n<config>{}</config>\n<script>\na()\n</script>\n", "script:b()",
		},
	}, {
		name:   "a window whose script writes of windows",
		text:   "<window><script>const s = '</window>'\n</script><p>x</p></window>\n<script>b()</script>",
		blocks: []string{"window:<script>const s = '</window>'\n</script><p>x</p>", "script:b()"},
	}, {
		name:      "docs that mention script before an example in a fence",
		text:      "<docs>\nUse <script>:\n```html\n<script>\n```\n</docs>\n<script>a()</script>",
		blocks:    []string{"docs:\nUse <script>:\n```html\n<script>\n```\n</docs>\n<script>a()</script>"},
		recovered: []string{"docs:\nUse <script>:\n```html\n<script>\n```\n", "script:a()"},
		errors:    []string{"2:5 block-swallowed"},
	}, {
		name:   "docs with blocks in a fence",
		text:   "<docs>\n```html\n<window>\n```\n</docs>\n<script>a()</script>",
		blocks: []string{"docs:\n```html\n<window>\n```\n", "script:a()"},
	}, {
		name:      "closed in a string",
		text:      "<script>s = '</script>'\nb()</script>\n<config>{}</config>",
		blocks:    []string{"script:s = '", "config:{}"},
		recovered: []string{"script:s = '</script>'\nb()", "config:{}"},
		errors:    []string{"1:14 block-closed-early"},
	}, {
		name:      "closed in a string that goes on with tags",
		text:      "<script>s = '</script><b>x</b>'\nb()</script>\n<config>{}</config>",
		blocks:    []string{"script:s = '", "b:x", "config:{}"},
		recovered: []string{"script:s = '</script><b>x</b>'\nb()", "config:{}"},
		errors:    []string{"1:14 block-closed-early"},
	}, {
		name:   "an end tag too many, with nothing between",
		text:   "<script>a()</script>\n</script>\n<!-- end --></script>\n",
		blocks: []string{"script:a()"},
	}, {
		name:      "capitals",
		text:      "<Docs>d</Docs>\n<SCRIPT lang=x>a()</script>",
		blocks:    []string{"Docs:d", "SCRIPT:a()"},
		recovered: []string{"docs:d", "script:a()"},
		errors:    []string{"1:2 block-letter-case", "2:2 block-letter-case"},
	}, {
		name:   "end tags in capitals",
		text:   "<docs>d</DOCS>\n<script>a()</Script>",
		blocks: []string{"docs:d", "script:a()"},
	}, {
		name:      "an HTML page",
		text:      "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=utf-8>\n</head>\n<body>\n<config>{}</config>\n<script>a()</script>\n</body>\n</html>\n",
		blocks:    []string{"html:\n<head>\n<meta charset=utf-8>\n</head>\n<body>\n<config>{}</config>\n<script>a()</script>\n</body>\n"},
		recovered: []string{"head:\n<meta charset=utf-8>\n", "config:{}", "script:a()"},
		errors:    []string{"2:1 block-wrapped", "6:1 block-wrapped"},
	}, {
		name:      "another element around the blocks",
		text:      "<div>\n  <config>{}</config>\n  <script>a()</script>\n</div>\n",
		blocks:    []string{"div:\n  <config>{}</config>\n  <script>a()</script>\n"},
		recovered: []string{"config:{}", "script:a()"},
		errors:    []string{"1:1 block-wrapped"},
	}, {
		name:   "an HTML page as an unknown block",
		text:   "<config>{}</config><html><head><style>a</style><script>b</script></head></html>",
		blocks: []string{"config:{}", "html:<head><style>a</style><script>b</script></head>"},
	}, {
		name:      "open link",
		text:      "<link href=a>\n<link href=\"b\"/>\n<script>a()</script>",
		blocks:    []string{"link:\n<link href=\"b\"/>\n<script>a()</script>"},
		recovered: []string{"link:", "link:", "script:a()"},
		errors:    []string{"1:1 block-void-open"},
	}, {
		name:      "open meta",
		text:      "<meta charset=utf-8>\n<script>a()</script>",
		blocks:    []string{"meta:\n<script>a()</script>"},
		recovered: []string{"meta:", "script:a()"},
		errors:    []string{"1:1 block-void-open"},
	}, {
		name:      "malformed tag",
		text:      "<config>{}</config>\n<script lang=>\na()\n</script>\n<docs>d</docs>",
		blocks:    []string{"config:{}", "docs:d"},
		recovered: []string{"config:{}", "script:\na()\n", "docs:d"},
		errors:    []string{"2:13 tag-malformed"},
	}, {
		name:      "open quote that breaks the tag",
		text:      "<script lang=\"js>\na(\"x\", \"y\")\n</script>\n<docs>d</docs>",
		blocks:    []string{"docs:d"},
		recovered: []string{"script:\na(\"x\", \"y\")\n", "docs:d"},
		errors:    []string{"1:14 tag-malformed"},
	}, {
		name:      "open quote that makes a long value",
		text:      "<script lang=\"js>\na()\n</script>\n<docs a=\">d</docs>",
		blocks:    []string{"script:"},
		recovered: []string{"script:\na()\n", "docs:d"},
		errors:    []string{"1:14 attribute-unclosed", "4:8 tag-malformed"},
	}, {
		name:   "a value of two lines",
		text:   "<script lang=\"js\nx\" b='a>b'>a()</script>",
		blocks: []string{"script:a()"},
	}, {
		name:      "open comment",
		text:      "<docs>d</docs>\n<!-- note\n<script>a()</script>\n<!-- more\n<window>w</window>",
		blocks:    []string{"docs:d"},
		recovered: []string{"docs:d", "script:a()", "window:w"},
		errors:    []string{"2:1 comment-unclosed"},
	}, {
		name:      "open comment inside of a block",
		text:      "<window><b>x</b> <!-- y</window>\n<script>a()</script>",
		blocks:    []string{"window:<b>x</b> "},
		recovered: []string{"window:<b>x</b> <!-- y", "script:a()"},
		errors:    []string{"1:18 comment-unclosed"},
	}, {
		name:      "open comment that ends in a window",
		text:      "<!-- note\n<docs>d</docs>\n<window>\n<!-- x -->\n</window>\n<script>a()</script>",
		blocks:    []string{"script:a()"},
		recovered: []string{"docs:d", "window:\n<!-- x -->\n", "script:a()"},
		errors:    []string{"1:1 comment-unclosed"},
	}, {
		name:      "open comment that ends at an arrow",
		text:      "<!-- note\n<script>\na() // --> b\n</script>\n<docs>d</docs>",
		blocks:    []string{"docs:d"},
		recovered: []string{"script:\na() // --> b\n", "docs:d"},
		errors:    []string{"1:1 comment-unclosed"},
	}, {
		name:   "a block left out by a comment, with a comment in it",
		text:   "<!--\n<window>\n<!-- x -->\n</window>\n-->\n<docs>d</docs>",
		blocks: []string{"docs:d"},
	}, {
		name:   "closed comments",
		text:   "<!-- <script>a()</script> --><window><!-- </window> --></window>",
		blocks: []string{"window:<!-- </window> -->"},
	}, {
		name:      "several mistakes",
		text:      "<DOCS>use <style>\n</DOCS>\n<link href=a>\n<config>{}\n<script lang= >\na()",
		blocks:    []string{"DOCS:use <style>"},
		recovered: []string{"docs:use <style>\n", "link:", "config:{}\n", "script:\na()"},
		errors:    []string{"1:2 block-letter-case", "1:11 block-swallowed", "3:1 block-void-open", "4:1 block-unclosed", "5:1 block-unclosed", "5:13 tag-malformed"},
	}} {
		t.Run(test.name, func(t *testing.T) {
			doc, diagnostics := pluginfile.Parse("a", []byte(test.text))
			if diff := cmp.Diff(test.blocks, view(doc.Blocks)); diff != "" {
				t.Errorf("blocks:\n%s", diff)
			}
			if want := test.recovered; want == nil && doc.Ambiguous() {
				t.Errorf("recovered blocks differ: %q", view(doc.Recovered))
			} else if want != nil {
				if diff := cmp.Diff(want, view(doc.Recovered)); diff != "" {
					t.Errorf("recovered:\n%s", diff)
				}
			}
			if diff := cmp.Diff(append([]string{}, test.errors...), told(diagnostics)); diff != "" {
				t.Errorf("errors:\n%s", diff)
			}
		})
	}
}

// TestFixesOfBlocksHelp applies the fixes that the careful reader offers and reads
// the result: ImJoy must then see what the careful reader saw.
func TestFixesOfBlocksHelp(t *testing.T) {
	for _, text := range []string{
		"<config>{}</config>\n<script>\na()\n",
		"<window><div>text\n<config>{}</config>\n<script>a()</script>",
		"<docs>a <script> b</docs>\n<config>{}</config>\n<script>a()</script>\n",
		"<config>{\"ui\": \"<script>x\"}</config>\n<script>a()</script>\n",
		"<SCRIPT>a()</SCRIPT>\n<config>{}</config>",
		"<link href=a>\n<config>{}</config>",
		"<docs a=1 b='c>\nd</docs>\n<config>{}</config>\n<script>s = 'x'</script>",
		"<config lang=\"json>\n{\"name\": \"a\"}</config>",
	} {
		doc, diagnostics := pluginfile.Parse("a", []byte(text))
		var edits []source.Edit
		for _, d := range diagnostics {
			if len(d.Fixes) > 0 {
				edits = append(edits, d.Fixes[0].Edits...)
			}
		}
		fixed, err := doc.Edit(edits...)
		if err != nil {
			t.Fatal(err)
		}
		again, diagnostics := pluginfile.Parse("a", fixed)
		if again.Ambiguous() || len(told(diagnostics)) > 0 {
			t.Errorf("%q was fixed to %q: still %v", text, fixed, told(diagnostics))
		}
		kinds := func(blocks []*pluginfile.Block) (list []pluginfile.Kind) {
			for _, b := range blocks {
				list = append(list, b.Kind)
			}
			return list
		}
		if diff := cmp.Diff(kinds(doc.Recovered), kinds(again.Blocks)); diff != "" {
			t.Errorf("%q was fixed to %q:\n%s", text, fixed, diff)
		}
	}
}

// TestProbesThatLoseContent lists, of the 40 probes, each one in which a careful
// reader sees something else than the original, and what is said about it.
func TestProbesThatLoseContent(t *testing.T) {
	expected := map[string][]string{
		"link void, not closed, before script": {"block-void-open"},
		"UPPERCASE tags":                       {"block-letter-case", "block-letter-case"},
		"mixed-case close":                     {"block-letter-case"},
		"script closed inside a string":        {"block-closed-early"},
		"HTML5 double-escaped script":          {"block-closed-early"},
		"unterminated comment":                 {"comment-unclosed"},
		"docs naming an unclosed <script>":     {"block-swallowed"},
		"docs naming an unclosed <textarea>":   {"block-swallowed"},
		"no closing script at EOF":             {"block-unclosed"},
		"no closing window at EOF":             {"block-unclosed"},
		"config with <script> in a string":     {"block-swallowed"},
		"doctype + html wrapper":               {"block-wrapped", "block-wrapped"},
	}
	var cases []struct{ Name, Source string }
	readJSON(t, "edge-cases.json", &cases)
	for _, test := range cases {
		doc, diagnostics := pluginfile.Parse("a", []byte(test.Source))
		var codes []string
		for _, at := range told(diagnostics) {
			codes = append(codes, at[strings.Index(at, " ")+1:])
		}
		if diff := cmp.Diff(expected[test.Name], codes); diff != "" {
			t.Errorf("%s:\n%s", test.Name, diff)
		}
		if doc.Ambiguous() != (expected[test.Name] != nil) {
			t.Errorf("%s: ambiguous is %v", test.Name, doc.Ambiguous())
		}
		delete(expected, test.Name)
	}
	for name := range expected {
		t.Errorf("there is no probe %q", name)
	}
}

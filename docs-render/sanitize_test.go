package docsrender

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestSanitizeKeepsDocumentation(t *testing.T) {
	for _, text := range []string{
		`<p align="center"><b>x</b> <i>y</i> &lt;z&gt; &amp;</p>`,
		`<a href="https://example.org/a?b=1&amp;c=2" title="t">x</a> <a href="mailto:a@b.org">m</a> <a href="other.html#x">o</a>`,
		`<img src="https://example.org/a.png" alt="a" width="20" height="50%">`,
		`<img src="data:image/png;base64,iVBORw0KGgo=" alt="">`,
		`<table><thead><tr><th align="left">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>`,
		`<ul><li><input type="checkbox" checked="" disabled=""> done</li></ul>`,
		`<pre class="code"><code><span class="k">let</span> x</code></pre>`,
		`<details open=""><summary>more</summary><kbd>Ctrl</kbd></details>`,
		`<sup id="fnref:1"><a href="#fn:1">1</a></sup>`,
	} {
		if got := sanitize(text); got != text {
			t.Errorf("changed\n %s\n %s", text, got)
		}
	}
}

func TestSanitizeTakesOut(t *testing.T) {
	for text, want := range map[string]string{
		`a<script>alert(1)</script>b`:                                        `ab`,
		`a<script/>alert(1)</script>b`:                                       `ab`,
		`a<ScRiPt src=//x>b`:                                                 `a`,
		`<svg><a><style></svg><img src=x onerror=alert(1)>`:                  ``,
		`<svg><svg></svg><script>x</script></svg>b`:                          `b`,
		`<math><mi><mglyph><style><!--</style><img src=x></math>b`:           `b`,
		`<img src=x onerror=alert(1)>`:                                       `<img src="x">`,
		`<img src="javascript:alert(1)"><img>`:                               ``,
		`<img src="data:image/svg+xml;base64,AAAA">`:                         ``,
		`<a href="javascript:alert(1)">x</a>`:                                `<a>x</a>`,
		"<a href=\"java\nscript:alert(1)\">x</a>":                            `<a>x</a>`,
		`<a href=" jAvascript:alert(1)">x</a>`:                               `<a>x</a>`,
		`<a href="data:text/html,x">x</a>`:                                   `<a>x</a>`,
		`<a href="\\host\x">x</a><a href="//host/x">y</a>`:                   `<a>x</a><a>y</a>`,
		`<a href="a" href="javascript:x" onclick=x style=x>x</a>`:            `<a href="a">x</a>`,
		`<p style="position:fixed" class="site" onmouseover=x>x</p>`:         `<p>x</p>`,
		`<form action=x><button>x</button><input name=y></form>`:             `x`,
		`<iframe src=x>y</iframe>z`:                                          `z`,
		`<meta http-equiv=refresh content=0><base href=x><link rel=x>z`:      `z`,
		`<!-- x --><!DOCTYPE x><?x?>z`:                                       `z`,
		`</div></main>x<b>y`:                                                 `x<b>y</b>`,
		`<b><i>x</b>y</i>`:                                                   `<b><i>x</i></b>y`,
		`<p>a<p>b`:                                                           `<p>a<p>b`,
		`<textarea></textarea><textarea><b>x`:                                ``,
		`<title></title><b id="a b">x</b><b id="ok">y</b>`:                   `<b>x</b><b id="ok">y</b>`,
		`<x-y onclick=a>x</x-y>`:                                             `x`,
		`<span class="anchor">x</span><span class="k" class="site">y</span>`: `<span>x</span><span class="k">y</span>`,
		`<a href="a" href="https://b.example/">x</a>`:                        `<a href="a">x</a>`,
		strings.Repeat("<b>", maxOpen+1) + "x":                               strings.Repeat("<b>", maxOpen) + "x" + strings.Repeat("</b>", maxOpen),
	} {
		if got := sanitize(text); got != want {
			t.Errorf("%s\n gives %s\n want  %s", text, got, want)
		}
	}
}

// FuzzSanitize parses what comes out as a browser does: nothing but the listed
// elements and attributes is in it, and cleaning it again changes nothing.
func FuzzSanitize(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Add(`<b><p><table><tr><td><a href=x><img src=y></table>z</b><svg><p></svg>`)
	f.Fuzz(func(t *testing.T, text string) {
		clean := sanitize(text)
		if again := sanitize(clean); again != clean {
			t.Errorf("a second time gives\n %q\n %q", clean, again)
		}
		nodes, err := html.ParseFragment(strings.NewReader(clean), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			checkClean(t, n)
		}
	})
}

func checkClean(t *testing.T, n *html.Node) {
	if n.Type == html.CommentNode {
		t.Errorf("a comment: %q", n.Data)
	}
	if n.Type == html.ElementNode {
		rules, ok := authorHTML()[n.Data]
		if page := n.Data == "html" || n.Data == "head" || n.Data == "body"; !ok && !page {
			t.Errorf("element %s", n.Data)
		}
		for _, a := range n.Attr {
			if fits := rules[a.Key]; fits == nil || !fits(a.Val) {
				t.Errorf("attribute %s=%q of %s", a.Key, a.Val, n.Data)
			}
		}
	}
	for c := range n.ChildNodes() {
		checkClean(t, c)
	}
}

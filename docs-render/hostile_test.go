package docsrender

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// attacks are texts that run a script, or ask another host, somewhere.
var attacks = []string{
	`<script>alert(1)</script>`, `"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`,
	`</title><script>alert(1)</script>`, `</textarea><script>alert(1)</script>`, `</style><script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
	`<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>`, `<math><mi xlink:href="javascript:alert(1)">x`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>alert(1)</script>">`, `<object data="javascript:alert(1)">`,
	`<embed src="https://evil.example/x.swf">`, `<a href="javascript:alert(1)">x</a>`, `<a href=" java&#09;script:alert(1)">x</a>`,
	`<a href="vbscript:msgbox(1)">x</a>`, `<a href="data:text/html,<script>alert(1)</script>">x</a>`, `[x](javascript:alert(1))`,
	`[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)`, `![x](javascript:alert(1))`, `<javascript:alert(1)>`,
	`![x](https://evil.example/track.png)`, `<img src="//evil.example/track.png">`, `<img srcset="https://evil.example/t.png 1x" src="">`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example">`, `<base href="https://evil.example/">`,
	`<link rel=stylesheet href="https://evil.example/x.css">`, `<style>@import "https://evil.example/x.css"</style>`,
	`<div style="background:url(https://evil.example/x)">x</div>`, `<form action="https://evil.example"><button>x</button></form>`,
	`<input autofocus onfocus=alert(1)>`, `<details open ontoggle=alert(1)>x</details>`, `<video src=x onerror=alert(1)>`,
	`<body onload=alert(1)>`, `<marquee onstart=alert(1)>x`, `<template><script>alert(1)</script></template>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<!--><script>alert(1)</script>-->`, `<![CDATA[<script>alert(1)</script>]]>`,
	`<a id="docs-x" name="body">x</a><img name="getElementById">`, `<a href="file:///etc/passwd">x</a>`, `{{.}}<%=1%>${alert(1)}`,
	"`" + `<script>alert(1)</script>` + "`", `javascript:alert(1)`, `"; alert(1); //`, `\u003cscript>alert(1)`, "\u2028alert(1)", `--><script>alert(1)</script>`,
	`[x]: javascript:alert(1)` + "\n\n[x]", `<xss onpointerover=alert(1) style="position:fixed;inset:0">x</xss>`,
	`$\href{javascript:alert(1)}{x}$ $\htmlData{onclick=alert(1)}{x}$ $</code><script>alert(1)</script>$`,
	`$\includegraphics{https://evil.example/track.png}$`, "```math\n\\url{javascript:alert(1)}</code></pre><script>alert(1)</script>\n```",
	"```mermaid\nflowchart LR\n  A[\"<img src=x onerror=alert(1)>\"] --> B\n  click A \"javascript:alert(1)\"\n  click B call alert(1)\n```",
	"```mermaid\n%%{init: {\"securityLevel\": \"loose\", \"themeCSS\": \"*{background:url(https://evil.example/x)}\", \"htmlLabels\": true}}%%\nflowchart LR\n  A[\"<script>alert(1)</script>\"] --> B\n```",
	"```mermaid\nflowchart LR\n  A@{ img: \"https://evil.example/track.png\", label: \"x\" }\n```",
}

// fields are the ways by which a text of an author gets into a page.
var fields = map[string]func(config map[string]any, text string){
	"name":        func(c map[string]any, x string) { c["name"] = x },
	"type":        func(c map[string]any, x string) { c["type"] = x },
	"version":     func(c map[string]any, x string) { c["version"] = x },
	"api_version": func(c map[string]any, x string) { c["api_version"] = x },
	"description": func(c map[string]any, x string) { c["description"] = x },
	"tags":        func(c map[string]any, x string) { c["tags"] = []any{x, "b"} },
	"labels":      func(c map[string]any, x string) { c["labels"] = []any{x} },
	"cover":       func(c map[string]any, x string) { c["cover"] = []any{x, "https://evil.example/" + url.PathEscape(x)} },
	"icon":        func(c map[string]any, x string) { c["icon"] = x },
	"icon emoji":  func(c map[string]any, x string) { c["icon"] = "🐍" + x },
	"ui":          func(c map[string]any, x string) { c["ui"] = x + `{id: "a", type: "string"}` + x },
	"ui default": func(c map[string]any, x string) {
		c["ui"] = []any{map[string]any{"l": map[string]any{"id": x, "type": "choose", "options": []any{x}, "placeholder": x}}}
	},
	"inputs": func(c map[string]any, x string) {
		c["inputs"] = map[string]any{x: map[string]any{"type": "string", "description": x, "title": x, "default": x, "enum": []any{x}}}
	},
	"outputs": func(c map[string]any, x string) {
		c["outputs"] = map[string]any{x: map[string]any{"type": x, "file": map[string]any{"mime": x, "ext": x}}}
	},
	"env": func(c map[string]any, x string) { c["env"] = []any{"conda create -n " + x, x} },
	"requirements": func(c map[string]any, x string) {
		c["requirements"] = []any{x, "pip: " + x, "https://evil.example/" + x}
	},
	"dependencies": func(c map[string]any, x string) {
		c["dependencies"] = []any{x, "a/b:" + x, "https://evil.example/" + x + ".imjoy.html"}
	},
	"permissions":    func(c map[string]any, x string) { c["permissions"] = []any{x, "net:" + x} },
	"cmd":            func(c map[string]any, x string) { c["cmd"] = x },
	"flags":          func(c map[string]any, x string) { c["flags"] = []any{x} },
	"defaults":       func(c map[string]any, x string) { c["defaults"] = map[string]any{x: x} },
	"license":        func(c map[string]any, x string) { c["license"] = x },
	"authors":        func(c map[string]any, x string) { c["authors"] = []any{x} },
	"website":        func(c map[string]any, x string) { c["website"] = x; c["url"] = "https://evil.example/" + x },
	"docs in config": func(c map[string]any, x string) { c["docs"] = x },
	"unknown field":  func(c map[string]any, x string) { c[x] = x },
	"tag values": func(c map[string]any, x string) {
		c["tags"] = []any{"a", "b"}
		c["labels"] = map[string]any{"a": []any{x}, x: x}
		c["env"] = map[string]any{"a": x}
	},
}

// TestNothingOfAnAuthorRuns puts every attack into every field and into the docs, and
// looks at the pages as a browser would parse them.
func TestNothingOfAnAuthorRuns(t *testing.T) {
	for field, put := range fields {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			var inputs []Input
			for i, attack := range attacks {
				config := map[string]any{"name": fmt.Sprintf("Plugin %d", i), "type": "window", "version": "1", "api_version": "0.1.8"}
				put(config, attack)
				docs := "x"
				if field == "docs in config" {
					docs = ""
				}
				inputs = append(inputs, input(fmt.Sprintf("p%d.imjoy.html", i), pluginText(config, docs)))
			}
			checkSite(t, build(t, Options{}, inputs...))
		})
	}
	t.Run("docs", func(t *testing.T) {
		var inputs []Input
		for i, attack := range attacks {
			for j, form := range []string{"%s", "# %s", "> %s", "| a |\n|---|\n| %s |", "```%s\n%[1]s\n```", "[a](%s)", "![%s](%[1]s)", "<p title='%s'>", "<div>\n\n%s\n\n</div>", "[^1]\n\n[^1]: %s"} {
				config := map[string]any{"name": fmt.Sprintf("P %d %d", i, j), "type": "window"}
				inputs = append(inputs, input(fmt.Sprintf("p%d-%d.imjoy.html", i, j), pluginText(config, fmt.Sprintf(form, attack))))
			}
		}
		checkSite(t, build(t, Options{}, inputs...))
	})
	t.Run("file", func(t *testing.T) {
		var inputs []Input
		for i, attack := range attacks {
			content := attack + "<config lang=\"" + attack + "\">{\"name\":\"x\"}</config><attachment name='" + attack + "'>x</attachment><script lang='" + attack + "'>" + attack
			inputs = append(inputs, input(fmt.Sprintf("%d%s.imjoy.html", i, attack), content))
		}
		checkSite(t, buildAll(t, Options{Title: attacks[0], Description: attacks[1]},
			Repository{Name: attacks[2], Address: `a/"><script>`, Plugins: inputs[:3]}, Repository{Folder: attacks[3], Plugins: inputs[3:]}))
	})
}

// own are the elements a page of ours may hold; "script" and "link" are checked for
// what they load.
var own = strings.Fields(`html head meta title link script body a header div button svg circle path main h1 h2 h3 h4 h5 h6 p search label input kbd
	select option span ul ol li img section footer nav aside table thead tbody tfoot tr th td caption colgroup col pre code strong em b i u s del ins sup sub small
	blockquote hr br details summary mark dl dt dd abbr cite q center figure figcaption article time meter progress wbr tt strike var samp dfn
	acronym area map bdi bdo rp rt ruby`)

func checkSite(t *testing.T, site *Site) {
	t.Helper()
	known := map[string]bool{}
	for _, name := range own {
		known[name] = true
	}
	for _, path := range site.Paths() {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		scripts, styles, policies := map[string]int{}, 0, 0
		elements(page(t, site, path), func(n *html.Node) {
			if !known[n.Data] {
				t.Errorf("%s: element <%s>", path, n.Data)
			}
			switch n.Data {
			case "script":
				if n.FirstChild != nil {
					t.Errorf("%s: a script within the page", path)
				}
				scripts[strings.TrimPrefix(attr(n, "src"), "../")]++
			case "link":
				styles++
			case "meta":
				if strings.EqualFold(attr(n, "http-equiv"), "content-security-policy") {
					policies++
				} else if attr(n, "http-equiv") != "" {
					t.Errorf("%s: meta http-equiv %q", path, attr(n, "http-equiv"))
				}
			}
			checkAttributes(t, site, path, n)
		})
		want := map[string]int{"assets/early.js": 1, "assets/site.js": 1, "assets/live.js": 1}
		if scripts["assets/typeset.js"] == 1 {
			want["assets/typeset.js"] = 1
		}
		if !maps.Equal(scripts, want) || styles != 2 || policies != 1 {
			t.Errorf("%s: scripts %v, %d links in the head, %d policies", path, scripts, styles, policies)
		}
	}
	search := string(site.Files["assets/search.js"].Body)
	if strings.ContainsAny(search, "<>\u2028\u2029") {
		t.Errorf("the search index holds characters that should be escaped")
	}
}

func checkAttributes(t *testing.T, site *Site, path string, n *html.Node) {
	t.Helper()
	for _, a := range n.Attr {
		switch key := strings.ToLower(a.Key); {
		case strings.HasPrefix(key, "on"), key == "style", key == "srcset", key == "srcdoc", key == "action", key == "formaction", key == "background":
			t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
		case key == "name" && n.Data != "meta" && n.Data != "map":
			t.Errorf("%s: <%s name=%q>", path, n.Data, a.Val)
		case key == "src" && n.Data == "img":
			if !strings.HasPrefix(a.Val, "data:image/") && site.Files[strings.TrimPrefix(a.Val, "../")].Body == nil {
				t.Errorf("%s: image %q is not in the site", path, a.Val)
			}
		case key == "href" && n.Data != "link":
			u, err := url.Parse(a.Val)
			if err != nil {
				t.Errorf("%s: link %q: %v", path, a.Val, err)
				continue
			}
			switch u.Scheme {
			case "http", "https", "mailto", "":
			default:
				t.Errorf("%s: link %q", path, a.Val)
			}
			if u.Scheme == "" && u.Host != "" {
				t.Errorf("%s: link %q leaves without a scheme", path, a.Val)
			}
		}
	}
}

// TestIDsOfAuthorsHaveAPrefix keeps an author from taking the place of an element that
// the page's script or its table of contents looks for.
func TestIDsOfAuthorsHaveAPrefix(t *testing.T) {
	site := build(t, Options{}, input("a.imjoy.html", pluginText(map[string]any{"name": "A", "type": "window"},
		"<b id=\"main\">x</b><b id='query'>y</b><a name=\"findings\">z</a>\n\n# Start\n\n# Start\n\n[to](#start-1)")))
	seen := map[string]int{}
	elements(page(t, site, "plugins/a.html"), func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			seen[id]++
		}
	})
	for id, n := range seen {
		if n > 1 {
			t.Errorf("id %q is given %d times", id, n)
		}
	}
	for _, id := range []string{"main", "docs-main", "docs-query", "docs-start", "docs-start-1"} {
		if seen[id] != 1 {
			t.Errorf("id %q is given %d times, not once, in %v", id, seen[id], seen)
		}
	}
}

// TestCostlyMarkdownIsBounded feeds patterns that make Markdown readers slow or their
// output large.
func TestCostlyMarkdownIsBounded(t *testing.T) {
	bombs := map[string]func(n int) string{
		"links":        func(n int) string { return strings.Repeat("[a](", n/4) },
		"images":       func(n int) string { return strings.Repeat("![a](", n/5) },
		"brackets":     func(n int) string { return strings.Repeat("[", n) },
		"closing":      func(n int) string { return strings.Repeat("[a", n/4) + strings.Repeat("]", n/4) },
		"dollars":      func(n int) string { return strings.Repeat("$", n) },
		"formulas":     func(n int) string { return strings.Repeat("$$x $", n/5) },
		"open maths":   func(n int) string { return strings.Repeat("$$\n", n/3) },
		"emphasis":     func(n int) string { return strings.Repeat("*a_ ", n/4) },
		"strong":       func(n int) string { return strings.Repeat("a**b", n/4) + strings.Repeat("c* ", n/4) },
		"backticks":    func(n int) string { return manyTicks(n) },
		"html":         func(n int) string { return strings.Repeat("<a ", n/3) },
		"comments":     func(n int) string { return "x " + strings.Repeat("<!-- ", n/5) },
		"autolinks":    func(n int) string { return strings.Repeat("www.a.b ", n/8) },
		"emails":       func(n int) string { return strings.Repeat("a@b.c", n/5) },
		"mail tail":    func(n int) string { return strings.Repeat("a", n) + "@" },
		"entities":     func(n int) string { return strings.Repeat("&#x", n/3) },
		"quotes":       func(n int) string { return strings.Repeat("> ", n/2) + "a" },
		"tight quotes": func(n int) string { return strings.Repeat(">", n) + "a" },
		"lists":        func(n int) string { return strings.Repeat("- ", n/2) + "a" },
		"numbers":      func(n int) string { return strings.Repeat("1. ", n/3) + "a" },
		"wide table": func(n int) string {
			return strings.Repeat("|a", n/4) + "|\n" + strings.Repeat("|-", n/4) + "|\n" + strings.Repeat("|\n", n/8)
		},
		"long table": func(n int) string {
			return strings.Repeat("|a", 190) + "|\n" + strings.Repeat("|-", 190) + "|\n" + strings.Repeat("|\n", n/2)
		},
		"heading":    func(n int) string { return "# " + strings.Repeat("[a](", n/4) },
		"setext":     func(n int) string { return strings.Repeat("*a_ ", n/4) + "\n===" },
		"paragraphs": func(n int) string { return strings.Repeat(strings.Repeat("[a](", 900)+"\n\n", n/3602) },
		"footnotes":  func(n int) string { return strings.Repeat("[^1] ", n/10) + "\n\n[^1]: x\n" },
		"references": func(n int) string { return strings.Repeat("[a]: x\n", n/14) + strings.Repeat("[a] ", n/8) },
		"growing refs": func(n int) string {
			return "[a]: http://x.y/" + strings.Repeat("z", n/2) + "\n\n" + strings.Repeat("[a]\n\n", n/10)
		},
		"nested tags":   func(n int) string { return strings.Repeat("<b>", n/3) },
		"nested lists":  func(n int) string { return nestedLists(n) },
		"headings":      func(n int) string { return strings.Repeat("# a\n", n/4) },
		"code":          func(n int) string { return "```js\n" + strings.Repeat("/*", n/2) + "\n```" },
		"regex in code": func(n int) string { return "```js\n" + strings.Repeat("`${", n/3) + "\n```" },
		"strings":       func(n int) string { return "```python\n" + strings.Repeat(`"\`, n/2) + "\n```" },
	}
	sizes := []int{28 << 10}
	if long() {
		sizes = append(sizes, 200<<10, 1<<20-100)
	}
	for name, bomb := range bombs {
		for _, n := range sizes {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				text := bomb(n)
				start := time.Now()
				out, err := Markdown(context.Background(), text)
				took := time.Since(start)
				if took > MaxDocsTime+1500*time.Millisecond {
					t.Errorf("took %v", took)
				}
				if limit := max(MinOutput, MaxGrowth*len(text)); len(out) > limit {
					t.Errorf("%d bytes grew to %d", len(text), len(out))
				}
				if took > 500*time.Millisecond || err != nil {
					t.Logf("%v, %v", took, err)
				}
			})
		}
	}
}

func manyTicks(n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		b.WriteString(strings.Repeat("`", i) + "a")
	}
	return b.String()[:n]
}

func nestedLists(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	return b.String()
}

package docsrender

import (
	"strings"
	"testing"
)

func TestFormulasAreToldFromMoney(t *testing.T) {
	const yes = `<code class="math">`
	tests := []struct{ markdown, want string }{
		{"$a$", yes + "a</code>"},
		{"so $a_1 * b_2$ holds", "so " + yes + "a_1 * b_2</code> holds"},
		{"$a<b$", yes + "a&lt;b</code>"},
		{`$\$5$`, yes + `\$5</code>`},
		{"$$x$$ in a line", yes + "x</code> in a line"},
		{"$5 and $10", "$5 and $10"},
		{"$5 or 6$", yes + "5 or 6</code>"},
		{"from $5 to 6 $", "from $5 to 6 $"},
		{"US$ and $a$7", "US$ and $a$7"},
		{`\$a$`, "$a$"},
		{"`$a$`", "<code>$a$</code>"},
		{"$a", "$a"},
		{"$$", "$$"},
		{"$" + strings.Repeat("a", MaxFormula+1) + "$", "$" + strings.Repeat("a", MaxFormula+1) + "$"},
	}
	for _, test := range tests {
		got, err := Markdown(t.Context(), "w "+test.markdown)
		if want := "<p>w " + test.want + "</p>\n"; err != nil || got != want {
			t.Errorf("%s gives %q, want %q (%v)", test.markdown, got, want, err)
		}
	}
}

func TestFormulasOnTheirOwnLines(t *testing.T) {
	tests := []struct{ name, markdown, want string }{
		{"lines", "$$\na\n= b\n$$\nbehind", `<pre class="math"><code>a` + "\n= b</code></pre>\n<p>behind</p>\n"},
		{"one line", "$$a$$", `<pre class="math"><code>a</code></pre>` + "\n"},
		{"beside the dollars", "$$a\nb$$", `<pre class="math"><code>a` + "\nb</code></pre>\n"},
		{"with an empty line", "$$\na\n\nb\n$$", `<pre class="math"><code>a` + "\n\nb</code></pre>\n"},
		{"ends a paragraph", "words\n$$\na\n$$", "<p>words</p>\n" + `<pre class="math"><code>a</code></pre>` + "\n"},
		{"in a list", "- $$\n  a\n  $$", "<ul>\n<li>\n" + `<pre class="math"><code>a</code></pre>` + "\n</li>\n</ul>\n"},
		{"fenced", "```math\na & b\n```", `<pre class="math"><code>a &amp; b</code></pre>` + "\n"},
		{"diagram", "```mermaid\nA-->B\n```", `<pre class="mermaid"><code>A--&gt;B</code></pre>` + "\n"},
		{"a class of an author", `<pre class="math evil">a</pre>`, "<pre>a</pre>"},
	}
	for _, test := range tests {
		if got, err := Markdown(t.Context(), test.markdown); err != nil || got != test.want {
			t.Errorf("%s: %q, want %q (%v)", test.name, got, test.want, err)
		}
	}
}

func TestTypesettingIsPackedOnlyWhereItIsUsed(t *testing.T) {
	config := map[string]any{"name": "M", "type": "window"}
	has := func(docs, file string) bool {
		_, ok := build(t, Options{}, input("m.imjoy.html", pluginText(config, docs))).Files["assets/"+file]
		return ok
	}
	for _, test := range []struct {
		docs           string
		katex, mermaid bool
	}{{"plain", false, false}, {"$a$", true, false}, {"```mermaid\nA\n```", false, true}} {
		if got := has(test.docs, "katex.js"); got != test.katex || has(test.docs, "fonts/KaTeX_Main-Regular.woff2") != got {
			t.Errorf("%q: KaTeX is packed: %v", test.docs, got)
		}
		if got := has(test.docs, "mermaid.js"); got != test.mermaid {
			t.Errorf("%q: mermaid is packed: %v", test.docs, got)
		}
	}
}

package docsrender

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestPagesSayWhatTheySaid compares what a reader reads on a page with everything on it,
// line by line: forms, schemas read aloud, the matrix of tags, needs, permissions,
// dependencies, attachments, the config, earlier versions, findings.
func TestPagesSayWhatTheySaid(t *testing.T) {
	site := richSite(t, Options{Title: "Lab"})
	for path, file := range map[string]string{
		"index.html": "testdata/index.txt", "plugins/rich.html": "testdata/rich.txt", "plugins/plain.html": "testdata/plain.txt", "source/rich.1.html": "testdata/old-source.txt",
	} {
		got := readAloud(byID(page(t, site, path), "main"))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-%s +got; -update when it is right):\n%s", path, file, diff)
		}
	}
}

// readAloud writes a line for each heading, paragraph, row and item; cells stand behind
// each other, and what is behind a link follows it.
func readAloud(root *html.Node) string {
	var out strings.Builder
	line := func() {
		text := strings.TrimRight(out.String(), " |")
		out.Reset()
		out.WriteString(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			out.WriteByte('\n')
		}
	}
	starts := map[string]string{"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "li": "- ", "p": "", "tr": "", "pre": "", "div": "", "summary": "", "details": ""}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(strings.NewReplacer("\n", " ", "\t", " ").Replace(n.Data))
			return
		}
		start, block := starts[n.Data]
		block = block && n.Type == html.ElementNode || strings.Contains(attr(n, "class"), "row") || attr(n, "class") == "command"
		if block {
			line()
			out.WriteString(start)
		}
		if n.Data == "option" || n.Data == "svg" {
			out.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		switch href := attr(n, "href"); {
		case href != "" && !strings.HasPrefix(href, "#"):
			out.WriteString(" <" + href + ">")
		case n.Data == "td" || n.Data == "th":
			out.WriteString(" | ")
		}
		if block {
			line()
		}
	}
	walk(root)
	var kept []string
	for text := range strings.Lines(out.String()) {
		if text = strings.Join(strings.Fields(text), " "); text != "" && text != "-" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

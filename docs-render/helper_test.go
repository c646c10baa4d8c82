package docsrender

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
)

// input parses a plugin.
func input(path, text string) Input {
	doc, found := pluginfile.Parse(path, []byte(text))
	return Input{Path: path, Document: doc, Diagnostics: found}
}

// plugin writes a plugin with a config and docs.
func pluginText(config map[string]any, docs string) string {
	encoded, err := json.Marshal(config)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("<config lang=\"json\">%s</config>\n<script lang=\"javascript\">api.export({})</script>\n<docs>\n%s\n</docs>\n", encoded, docs)
}

func build(t *testing.T, o Options, inputs ...Input) *Site {
	t.Helper()
	return buildAll(t, o, Repository{Plugins: inputs})
}

func buildAll(t *testing.T, o Options, repositories ...Repository) *Site {
	t.Helper()
	site, err := Build(context.Background(), repositories, o)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func page(t *testing.T, site *Site, path string) *html.Node {
	t.Helper()
	file, ok := site.Files[path]
	if !ok {
		t.Fatalf("the site has no %s, but %v", path, site.Paths())
	}
	root, err := html.Parse(strings.NewReader(string(file.Body)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// elements yields every element under n.
func elements(n *html.Node, do func(*html.Node)) {
	if n.Type == html.ElementNode {
		do(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		elements(c, do)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// byID answers the section whose heading or self has an id.
func byID(root *html.Node, id string) (found *html.Node) {
	elements(root, func(n *html.Node) {
		if attr(n, "id") == id {
			found = n
		}
	})
	return found
}

// texts answers the text of every element of a name, with single spaces; a class
// may follow behind a dot.
func texts(root *html.Node, selector string) (list []string) {
	name, class, _ := strings.Cut(selector, ".")
	elements(root, func(n *html.Node) {
		if (name == "" || n.Data == name) && (class == "" || slices.Contains(strings.Fields(attr(n, "class")), class)) {
			list = append(list, textOf(n))
		}
	})
	return list
}

type htmlNode = html.Node

func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
			if c.Type == html.ElementNode {
				b.WriteByte(' ')
			}
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// corpusInputs are the public plugins, when there are any.
func corpusInputs(t testing.TB) (list []Input) {
	t.Helper()
	for _, file := range corpus.Files(t) {
		list = append(list, input(file.Name, string(file.Text)))
	}
	return list
}

package docsrender

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// namedPlugin is a plugin with a type and some more of a config.
func namedPlugin(name string, more map[string]any) Input {
	config := map[string]any{"name": name, "type": "window", "api_version": "0.1.8"}
	for key, value := range more {
		config[key] = value
	}
	return input(strings.ToLower(name)+".imjoy.html", pluginText(config, ""))
}

// Where many plugins have a cover all cards have room for one; where few have, it takes
// the place of the letters.
func TestCoversOnTheFrontPage(t *testing.T) {
	covered := namedPlugin("Covered", map[string]any{"cover": "c.png"})
	open := func(string) ([]byte, error) { return picture(t), nil }
	for _, tt := range []struct {
		others        int
		bands, images int
	}{{0, 1, 1}, {2, 3, 1}, {3, 0, 1}} {
		plugins := []Input{covered}
		for i := range tt.others {
			plugins = append(plugins, namedPlugin(fmt.Sprintf("Bare %d", i), nil))
		}
		root := page(t, buildAll(t, Options{}, Repository{Open: open, Plugins: plugins}), "index.html")
		images := 0
		elements(root, func(n *htmlNode) {
			if n.Data == "img" && strings.HasPrefix(attr(n, "src"), "assets/images/") {
				images++
			}
		})
		if bands := len(texts(root, "div.band")); bands != tt.bands || images != tt.images {
			t.Errorf("1 cover of %d plugins: %d bands and %d images, want %d and %d", tt.others+1, bands, images, tt.bands, tt.images)
		}
	}
	site := build(t, Options{}, namedPlugin("Bare", nil))
	if got := texts(page(t, site, "index.html"), "span.tile"); !slices.Equal(got, []string{"B"}) {
		t.Errorf("a plugin without a cover has the letters %q", got)
	}
}

func TestCardsShowSoManyMarks(t *testing.T) {
	site := build(t, Options{}, namedPlugin("P", map[string]any{"tags": []any{"a", "b", "c", "d"}, "labels": []any{"x", "y", "z"}}))
	root := page(t, site, "index.html")
	if got := texts(root, "span.mark"); len(got) != 7 {
		t.Errorf("the filters find %q", got)
	}
	if rest, more := texts(root, "span.rest"), texts(root, "span.more"); !slices.Equal(rest, []string{"z"}) || !slices.Equal(more, []string{"+1"}) {
		t.Errorf("left out are %q, told as %q", rest, more)
	}
}

// What all tags need stands once.
func TestNeedsOfTags(t *testing.T) {
	site := build(t, Options{}, namedPlugin("P", map[string]any{"type": "native-python", "tags": []any{"CPU", "GPU"}, "requirements": map[string]any{
		"CPU": []any{"pip: numpy torch"}, "GPU": []any{"pip: numpy torch-gpu"},
	}}))
	section := byID(page(t, site, "plugins/p.html"), "requirements").Parent
	if diff := cmp.Diff([]string{"All tags", "Tag CPU", "Tag GPU"}, texts(section, "h3")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"numpy", "torch", "torch-gpu"}, texts(section, "code")); diff != "" {
		t.Error(diff)
	}
	same := build(t, Options{}, namedPlugin("P", map[string]any{"type": "native-python", "tags": []any{"CPU", "GPU"}, "requirements": []any{"pip: numpy"}}))
	if got := texts(byID(page(t, same, "plugins/p.html"), "requirements").Parent, "h3"); len(got) > 0 {
		t.Errorf("needs that do not differ stand under %q", got)
	}
}

// A finding of many places stands once, errors come first, and a linter's findings are
// all there is.
func TestFindingsOfAPlugin(t *testing.T) {
	p := input("p.imjoy.html", pluginText(map[string]any{"name": "P", "type": "window"}, strings.Repeat("x\n", 40)))
	first := strings.Index(string(p.Document.Text()), "x\nx\n")
	at := func(code string, severity source.Severity, start int) source.Diagnostic {
		return source.Diagnostic{Code: code, Severity: severity, Message: code, Place: source.Place{Source: p.Document.Source, Span: source.Span{Start: start, End: start + 1}}}
	}
	for i := range shownPlaces + 3 {
		p.Diagnostics = append(p.Diagnostics, at("often", source.Warning, first+2*i), at("often", source.Warning, first+2*min(i, 3)))
	}
	p.Diagnostics = append(p.Diagnostics, at("late", source.Error, 0), at("remark", source.Info, 3))
	p.Linted = true
	site := build(t, Options{}, p)
	root := page(t, site, "plugins/p.html")
	if diff := cmp.Diff([]string{"late", "often"}, texts(byID(root, "findings").Parent, "code")); diff != "" {
		t.Error(diff)
	}
	list := texts(root, "ul.findings")[0]
	if n := strings.Count(list, "line "); n != shownPlaces+1 || !strings.Contains(list, "and 3 more") {
		t.Errorf("%d places: %s", n, list)
	}
	if got := texts(root, "p.trouble"); !slices.Equal(got, []string{fmt.Sprintf("1 error, %d warnings", 2*(shownPlaces+3))}) {
		t.Errorf("the page tells of %q", got)
	}
	p.Document, p.Diagnostics = input("p.imjoy.html", `<config lang="json">{"name": "P", "type": "nonsense"}</config>`).Document, nil
	if root := page(t, build(t, Options{}, p), "plugins/p.html"); byID(root, "findings") != nil {
		t.Error("something is added to what a linter found, which was nothing")
	}
	p.Linted = false
	if root := page(t, build(t, Options{}, p), "plugins/p.html"); byID(root, "findings") == nil {
		t.Error("without a linter, what reading found is not told")
	}
}

func TestNeighbours(t *testing.T) {
	site := build(t, Options{}, namedPlugin("A", nil), namedPlugin("B", nil), namedPlugin("C", nil))
	for path, want := range map[string]string{"a": "Next B", "b": "Before A Next C", "c": "Before B"} {
		if got := texts(page(t, site, "plugins/"+path+".html"), "nav.turn"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
	if got := texts(page(t, build(t, Options{}, namedPlugin("A", nil)), "plugins/a.html"), "nav.turn"); len(got) > 0 {
		t.Errorf("a plugin alone has %q", got)
	}
}

// Repositories are told apart, and by no more of a path than that takes.
func TestTitlesOfRepositories(t *testing.T) {
	var list []Repository
	for i, folder := range []string{"/home/ann/lab/cells", "/srv/lab/cells", "spots", "spots"} {
		list = append(list, Repository{Folder: folder, Plugins: []Input{namedPlugin(fmt.Sprintf("P%d", i), nil)}})
	}
	var got []string
	elements(page(t, buildAll(t, Options{}, list...), "index.html"), func(n *htmlNode) {
		if n.Data == "li" && attr(n, "data-repository") != "" {
			got = append(got, attr(n, "data-repository"))
		}
	})
	if diff := cmp.Diff([]string{"lab/cells", "lab/cells 2", "spots", "spots 2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestColumnsKeepTheirAlignment(t *testing.T) {
	got, err := Markdown(context.Background(), "| a | b |\n|---|---:|\n| 1 | 2 |\n")
	if err != nil || !strings.Contains(got, `<td align="right">2</td>`) || strings.Contains(got, "style") {
		t.Errorf("%v: %s", err, got)
	}
}

func TestWordsOfDocsAreSearchedWhole(t *testing.T) {
	site := build(t, Options{}, input("p.imjoy.html", pluginText(map[string]any{"name": "P"}, "Un*believ*able, `so` it is.\n\nNext.")))
	if got := string(site.Files["assets/search.js"].Body); !strings.Contains(got, "Unbelievable, so it is. Next.") {
		t.Errorf("the search index is %s", got)
	}
}

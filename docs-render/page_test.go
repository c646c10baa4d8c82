package docsrender

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/repository/manifest"
)

const unet = `<docs>
# Unet

Finds *nuclei*. See [Blur](blur.imjoy.html), [the web](https://example.org/a?b=1&c) and [home](../../etc/passwd).

## Training

![loss](loss.png) ![remote](https://example.org/r.png)

` + "```python\nx = 1  # one\n```" + `
</docs>
<config lang="yaml">
name: Unet
type: native-python
version: 0.2
api_version: 0.1.8
description: Find nuclei.
tags: [CPU, GPU]
labels: {CPU: [segmentation], GPU: [segmentation, fast]}
cover: [https://example.org/cover.png, loss.png]
env: {CPU: conda create -n u python=3.9, GPU: conda create -n g python=3.9}
requirements: {CPU: ['pip: numpy tensorflow==2.9'], GPU: ['pip: numpy tensorflow-gpu==2.9']}
dependencies: [our/lab:Blur, 'other/lab:Thing']
ui: "sigma={id: 'sigma', type: 'number', min: 0, max: 10, placeholder: 2} pixels"
inputs: {image: {ndarray: {ndim: 2}}, count: {type: integer, minimum: 1, description: How many.}}
permissions: ['net:models.example.org']
license: MIT
</config>
<script lang="python">
from imjoy_rpc import api
</script>
<attachment name="data.json">{"a": 1}</attachment>
`

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPluginPage(t *testing.T) {
	blur := input("blur.imjoy.html", pluginText(map[string]any{"name": "Blur", "type": "web-worker", "api_version": "0.1.8"}, "Blurs."))
	site := buildAll(t, Options{}, Repository{Address: "our/lab", Plugins: []Input{input("unet.imjoy.html", unet), blur}})
	root := page(t, site, "plugins/unet.html")

	checks := []struct {
		selector string
		want     []string
	}{
		{"h1", []string{"Unet"}},
		{"title", []string{"Unet · Plugins"}},
		{"span.badge", []string{"type native-python", "version v0.2", "api_version api 0.1.8", "language python", "tag CPU", "tag GPU"}},
		{"span.command", []string{
			"imjoy install our/lab:Unet --tag CPU", "imjoy run our/lab:Unet --tag CPU",
			"imjoy install our/lab:Unet --tag GPU", "imjoy run our/lab:Unet --tag GPU",
		}},
		{".image-link", []string{"cover.png", "loss", "remote"}},
		{"span.required", []string{"required", "required"}},
	}
	for _, c := range checks {
		if diff := cmp.Diff(c.want, texts(root, c.selector)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.selector, diff)
		}
	}
	for _, id := range []string{"start", "documentation", "settings", "inputs", "tags", "requirements", "permissions", "dependencies", "attachments", "config"} {
		if byID(root, id) == nil {
			t.Errorf("there is no section %s", id)
		}
	}
	var links []string
	elements(root, func(n *htmlNode) {
		if n.Data == "a" && !strings.HasPrefix(attr(n, "href"), "#") && !strings.Contains(attr(n, "href"), "#L") {
			links = append(links, attr(n, "href"))
		}
	})
	want := []string{
		"../index.html", "../index.html#q=", "https://example.org/cover.png", "blur.html", "https://example.org/a?b=1&c", "https://example.org/r.png",
		"blur.html", "https://github.com/other/lab", "blur.html", "../source/unet.html",
	}
	if diff := cmp.Diff(want, links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if got := texts(byID(page(t, site, "plugins/blur.html"), "main"), "section"); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Used by Unet") }) {
		t.Errorf("Blur does not say who uses it: %q", got)
	}
}

func TestImagesArePackedWhenAskedFor(t *testing.T) {
	fetched := []string{}
	o := Options{
		Fetch: func(_ context.Context, url string) ([]byte, error) {
			fetched = append(fetched, url)
			if strings.HasSuffix(url, "/r.png") {
				return nil, errors.New("no route")
			}
			return picture(t), nil
		},
	}
	open := func(path string) ([]byte, error) {
		if path == "sub/loss.png" {
			return picture(t), nil
		}
		return []byte("<svg onload=alert(1)>"), nil
	}
	site := buildAll(t, o, Repository{Open: open, Plugins: []Input{input("sub/unet.imjoy.html", unet), input("sub/b.imjoy.html", pluginText(map[string]any{"name": "B"}, "![x](x.svg) ![up](../../../secret.png) ![](/etc/x.png)"))}})
	var images []string
	elements(page(t, site, "plugins/unet.html"), func(n *htmlNode) {
		if n.Data == "img" {
			images = append(images, attr(n, "src"))
		}
	})
	if len(images) != 3 {
		t.Errorf("images: %q", images)
	}
	for _, src := range images {
		if file := site.Files[strings.TrimPrefix(src, "../")]; file.Type != "image/png" {
			t.Errorf("%s is %q", src, file.Type)
		}
	}
	slices.Sort(fetched)
	if diff := cmp.Diff([]string{"https://example.org/cover.png", "https://example.org/r.png"}, fetched); diff != "" {
		t.Errorf("fetched, each once (-want +got):\n%s", diff)
	}
	if len(site.Notes) != 2 || !strings.Contains(site.Notes[0], "x.svg is not an image") || !strings.Contains(site.Notes[1], "no route") {
		t.Errorf("notes: %q", site.Notes)
	}
}

func TestAmbiguousDocumentShowsBothReadings(t *testing.T) {
	site := build(t, Options{}, input("a.imjoy.html", "<config lang=\"json\">{\"name\": \"A\", \"type\": \"window\"}</config>\n<docs>\nUse a <script> tag.\n</docs>\n<script lang=\"javascript\">\napi.export({})\n</script>\n"))
	root := page(t, site, "plugins/a.html")
	if byID(root, "readings") == nil || byID(root, "findings") == nil {
		t.Fatal("the page does not say that it can be read in two ways")
	}
	if got := texts(root, "ol.blocks"); len(got) != 2 || got[0] == got[1] {
		t.Errorf("readings: %q", got)
	}
}

func TestManifestNamesOrdersAndHides(t *testing.T) {
	m, _ := manifest.Parse("manifest.imjoy.json", []byte(`{"name": "Our lab", "description": "Tools.", "uri_root": "", "plugins": [
		{"name": "Zoom", "uri": "zoom.imjoy.html"}, {"name": "Old", "uri": "old.imjoy.html", "disabled": true},
		{"name": "Far", "uri": "https://example.org/far.imjoy.html"}]}`))
	var inputs []Input
	for _, name := range []string{"Alpha", "Old", "Zoom"} {
		inputs = append(inputs, input(strings.ToLower(name)+".imjoy.html", pluginText(map[string]any{"name": name}, "")))
	}
	site, err := Build(context.Background(), []Repository{{Manifest: m, Plugins: inputs}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	root := page(t, site, "index.html")
	if diff := cmp.Diff([]string{"Zoom", "Alpha", "Elsewhere"}, texts(root, "h2")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := texts(root, "h1"); got[0] != "Our lab" || site.Files["plugins/old.html"].Body == nil {
		t.Errorf("title %q, pages %q", got, site.Paths())
	}
}

func TestSourceHasALineForEachLine(t *testing.T) {
	long := strings.Repeat("x", MaxLineLength+500)
	content := "<docs>a\r\n\r\nb</docs>\n<script lang=\"javascript\">\nconst s = `two\nlines`; // " + long + "\n</script>"
	site := build(t, Options{}, input("a.imjoy.html", content))
	rows := texts(page(t, site, "source/a.html"), "span.row")
	if len(rows) != 7 || rows[2] != "b</docs>" && !strings.HasPrefix(rows[2], "b") || !strings.Contains(rows[5], "more") {
		t.Errorf("%d rows: %.80q", len(rows), rows)
	}
	if byID(page(t, site, "source/a.html"), "L7") == nil {
		t.Error("line 7 has no anchor")
	}
}

func TestSameInputGivesTheSameBytes(t *testing.T) {
	one := build(t, Options{}, input("unet.imjoy.html", unet))
	cache := NewCache()
	for range 3 {
		two := build(t, Options{Cache: cache}, input("unet.imjoy.html", unet))
		if diff := cmp.Diff(one.Files, two.Files); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	}
}

func TestHighlightKeepsEveryByte(t *testing.T) {
	check := func(language, code string) {
		t.Helper()
		var b strings.Builder
		for _, w := range highlight(context.Background(), language, code) {
			b.WriteString(w.text)
		}
		if b.String() != code {
			t.Errorf("%s: %.60q became %.60q", language, code, b.String())
		}
	}
	for language := range languages {
		for _, code := range []string{"", "a", "const a = `x${1}`;\r\n// b\r", "\xff\x00 'x", "def f():\n\treturn \"\"\"\n", "<script>a</script><style>b{}</style>"} {
			check(language, code)
		}
	}
	check("python", strings.Repeat("a b ", MaxHighlightBytes/3))
	if got := highlight(context.Background(), "js", "// x\nif (1) 'a'"); !slices.Contains(got, word{"k", "if"}) || !slices.Contains(got, word{"m", "1"}) {
		t.Errorf("words: %q", got)
	}
}

func TestConfigIsShownAsWritten(t *testing.T) {
	site := build(t, Options{}, input("a.imjoy.html", "<config lang=\"json\">\n{\n  \"name\": \"A\",\n  \"inputs\": {\n    \"z\": 1.0,\n    \"a\": \"<b>\"\n  }\n}\n</config>"))
	var got string
	elements(page(t, site, "plugins/a.html"), func(n *htmlNode) {
		if n.Data == "pre" && n.Parent.Data == "td" {
			got = n.FirstChild.Data
		}
	})
	if want := "{\n  \"z\": 1.0,\n  \"a\": \"<b>\"\n}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"blur.imjoy.html": "blur.imjoy.html", "our/lab:Blur@GPU": "our/lab:Blur@GPU", "a b": "'a b'", "": "''", "it's": `'it'\''s'`,
		"$(rm -rf ~)": "'$(rm -rf ~)'", "`x`": "'`x`'", "-rf": "'-rf'", "a\"b": "'a\"b'", "~root": "'~root'", "a;b": "'a;b'", "!x": "'!x'",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("%q is quoted as %s, want %s", text, got, want)
		}
	}
}

func TestFreeSlug(t *testing.T) {
	taken := map[string]bool{}
	for _, tt := range []struct{ name, want string }{
		{"Image Window", "image-window"}, {"image window", "image-window-2"}, {"../../etc", "etc"}, {"CON", "plugin-con"}, {"com1", "plugin-com1"},
		{"細胞", "plugin"}, {"", "plugin-2"}, {strings.Repeat("a", 300), strings.Repeat("a", 60)}, {"a<b>c", "a-b-c"},
	} {
		if got := freeSlug(tt.name, taken); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCorpus(t *testing.T) {
	inputs := corpusInputs(t)
	site := build(t, Options{}, inputs...)
	checkSite(t, site)
	for _, note := range site.Notes {
		t.Log(note)
	}
	pages := 0
	for _, path := range site.Paths() {
		if strings.HasSuffix(path, ".html") {
			pages++
		}
	}
	if want := 2*len(inputs) + 1; pages != want {
		t.Errorf("%d pages of %d plugins, want %d", pages, len(inputs), want)
	}
}

func BenchmarkBuild(b *testing.B) {
	inputs := corpusInputs(b)
	total := 0
	for _, in := range inputs {
		total += len(in.Document.Text())
	}
	warm := NewCache()
	if _, err := Build(context.Background(), []Repository{{Plugins: inputs}}, Options{Cache: warm}); err != nil {
		b.Fatal(err)
	}
	for name, cache := range map[string]*Cache{"cold": nil, "warm": warm} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(total))
			for b.Loop() {
				if _, err := Build(context.Background(), []Repository{{Plugins: inputs}}, Options{Cache: cache}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

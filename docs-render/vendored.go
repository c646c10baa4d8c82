package docsrender

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"path"
	"strings"
)

// KaTeX and mermaid as vendored/update.go has packed them; see the licences there. A
// site gets them only when one of its pages needs them.
//
//go:embed vendored/*.gz vendored/fonts/*.woff2
var vendored embed.FS

// typesetting reports whether a page has formulas or diagrams, and adds what its
// script loads for them.
func (b *builder) typesetting(html string) bool {
	maths, diagrams := strings.Contains(html, `class="math"`), strings.Contains(html, `class="mermaid"`)
	if maths {
		b.mathOnce.Do(func() {
			b.unpack("katex.js", "text/javascript; charset=utf-8")
			b.unpack("katex.css", "text/css; charset=utf-8")
			fonts, _ := vendored.ReadDir("vendored/fonts") // embedded
			for _, font := range fonts {
				body, _ := vendored.ReadFile(path.Join("vendored/fonts", font.Name()))
				b.add("assets/fonts/"+font.Name(), "font/woff2", body)
			}
		})
	}
	if diagrams {
		b.mermaidOnce.Do(func() { b.unpack("mermaid.js", "text/javascript; charset=utf-8") })
	}
	return maths || diagrams
}

func (b *builder) unpack(name, kind string) {
	packed, _ := vendored.ReadFile("vendored/" + name + ".gz")
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("embedded " + name + ": " + err.Error())
	}
	body, err := io.ReadAll(plain)
	if err != nil {
		panic("embedded " + name + ": " + err.Error())
	}
	b.add("assets/"+name, kind, body)
}

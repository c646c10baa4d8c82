//go:build ignore

// Update packs the pinned releases of KaTeX and mermaid for the documentation pages:
//
//	go run docs-render/vendored/update.go
package main

import (
	"log"
	"path/filepath"
	"runtime"

	"github.com/imjoy-tools/imjoy/internal/vendored"
)

var packages = []vendored.Package{
	{
		Name: "katex@0.16.47", Integrity: "sha512-Eeo8Ys1doU1z+x8AZsPpQu+p/QcZBI5PeOo7QGQdy2x2m0MU/hYagBbGOmXwr5KVbEfVuWv9LpnQWeehogurjg==",
		Files:  map[string]string{"dist/katex.min.js": "katex.js.gz", "dist/katex.min.css": "katex.css.gz", "LICENSE": "LICENSE.katex"},
		Folder: "dist/fonts/", Suffix: ".woff2", Into: "fonts",
	},
	{
		Name: "mermaid@11.17.2", Integrity: "sha512-V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg==",
		Files: map[string]string{"dist/mermaid.min.js": "mermaid.js.gz", "LICENSE": "LICENSE.mermaid"},
	},
}

func main() {
	log.SetFlags(0)
	_, here, _, _ := runtime.Caller(0)
	if err := vendored.Update(filepath.Dir(here), packages); err != nil {
		log.Fatal(err)
	}
}

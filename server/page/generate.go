//go:build ignore

// Generate writes what the page is made of to the folder built.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/server/page"
)

func main() {
	log.SetFlags(0)
	files, err := page.Build(".")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.MkdirAll("built", 0o755); err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join("built", name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

//go:build ignore

// Update packs the pinned releases of KaTeX and mermaid for the documentation pages:
//
//	go run docs-render/vendored/update.go
//
// It asks npm for each package, refuses one whose integrity is not the one written
// here, and writes the few files that pages need beside itself, compressed.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// part is a package and the files that are taken out of it.
type part struct {
	name, integrity string
	files           map[string]string // in the package: where it goes
	fonts           string            // a folder whose woff2 files are taken
}

var parts = []part{
	{
		name: "katex@0.16.47", integrity: "sha512-Eeo8Ys1doU1z+x8AZsPpQu+p/QcZBI5PeOo7QGQdy2x2m0MU/hYagBbGOmXwr5KVbEfVuWv9LpnQWeehogurjg==",
		files: map[string]string{"dist/katex.min.js": "katex.js.gz", "dist/katex.min.css": "katex.css.gz", "LICENSE": "LICENSE.katex"},
		fonts: "dist/fonts/",
	},
	{
		name: "mermaid@11.17.2", integrity: "sha512-V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg==",
		files: map[string]string{"dist/mermaid.min.js": "mermaid.js.gz", "LICENSE": "LICENSE.mermaid"},
	},
}

func main() {
	log.SetFlags(0)
	_, here, _, _ := runtime.Caller(0)
	for _, p := range parts {
		if err := p.update(filepath.Dir(here)); err != nil {
			log.Fatalf("%s: %v", p.name, err)
		}
	}
}

func (p part) update(dir string) error {
	temp, err := os.MkdirTemp("", "vendored")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	name, err := exec.Command("npm", "pack", "--silent", "--pack-destination", temp, p.name).Output()
	if err != nil {
		return fmt.Errorf("npm pack: %w", err)
	}
	archive, err := os.ReadFile(filepath.Join(temp, strings.TrimSpace(string(name))))
	if err != nil {
		return err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.integrity {
		return fmt.Errorf("the integrity is %s", got)
	}
	return p.unpack(dir, archive)
}

func (p part) unpack(dir string, archive []byte) error {
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		name := strings.TrimPrefix(header.Name, "package/")
		to := p.files[name]
		if p.fonts != "" && strings.HasPrefix(name, p.fonts) && strings.HasSuffix(name, ".woff2") {
			to = "fonts/" + path.Base(name)
		}
		if to == "" {
			continue
		}
		body, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if strings.HasSuffix(to, ".gz") {
			body = compress(body)
		}
		to = filepath.Join(dir, filepath.FromSlash(to))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, body, 0o644); err != nil {
			return err
		}
	}
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	w.Write(body)                                           // to memory
	w.Close()
	return out.Bytes()
}

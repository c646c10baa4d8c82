//go:build ignore

// Update takes the pinned releases of what the page is built with:
//
//	go run server/vendored/update.go
//
// It asks npm for each package, refuses one whose integrity is not the one written
// here, and writes the few files that are needed beside itself. imjoy-rpc is the
// original host library of window plugins.
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
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

var parts = []struct {
	name, integrity string
	files           map[string]string // in the package: where it goes
}{
	{
		name: "imjoy-rpc@0.5.59", integrity: "sha512-6eM7MG+A49K7n3rL+F8dQxCZP7YsH3ufNbtJr+EioeSUxHmHTFj1AGtSa/tO895MASXKfqHv1zWAUwr4j/q/2w==",
		files: map[string]string{"dist/imjoy-rpc.min.js": "imjoy-rpc.js", "src/rpc.js": "imjoy-rpc/rpc.js", "src/utils.js": "imjoy-rpc/utils.js", "LICENSE": "LICENSE.imjoy-rpc"},
	},
	{
		name: "htm@3.1.1", integrity: "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
		files: map[string]string{"preact/standalone.module.js": "preact-htm.js", "LICENSE": "LICENSE.htm"},
	},
	{
		name: "preact@11.2.0", integrity: "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==", // htm has it inside; the licence is here
		files: map[string]string{"LICENSE": "LICENSE.preact"},
	},
}

var sourceMap = regexp.MustCompile(`(?m)^//# sourceMappingURL=.*`)

func main() {
	log.SetFlags(0)
	_, here, _, _ := runtime.Caller(0)
	for _, p := range parts {
		if err := update(filepath.Dir(here), p.name, p.integrity, p.files); err != nil {
			log.Fatalf("%s: %v", p.name, err)
		}
	}
}

func update(dir, name, integrity string, wanted map[string]string) error {
	temp, err := os.MkdirTemp("", "vendored")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	packed, err := exec.Command("npm", "pack", "--silent", "--pack-destination", temp, name).Output()
	if err != nil {
		return fmt.Errorf("npm pack: %w", err)
	}
	archive, err := os.ReadFile(filepath.Join(temp, strings.TrimSpace(string(packed))))
	if err != nil {
		return err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return fmt.Errorf("the integrity is %s", got)
	}
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
		to := wanted[strings.TrimPrefix(header.Name, "package/")]
		if to == "" {
			continue
		}
		body, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), sourceMap.ReplaceAll(body, nil), 0o644); err != nil {
			return err
		}
	}
}

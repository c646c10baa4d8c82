//go:build ignore

// Update takes the pinned releases of what the page is built with:
//
//	go run server/vendored/update.go
//
// imjoy-rpc is the original host library of window plugins.
package main

import (
	"log"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/imjoy-tools/imjoy/internal/vendored"
)

var packages = []vendored.Package{
	{
		Name: "imjoy-rpc@0.5.59", Integrity: "sha512-6eM7MG+A49K7n3rL+F8dQxCZP7YsH3ufNbtJr+EioeSUxHmHTFj1AGtSa/tO895MASXKfqHv1zWAUwr4j/q/2w==",
		Files:  map[string]string{"dist/imjoy-rpc.min.js": "imjoy-rpc.js", "src/rpc.js": "imjoy-rpc/rpc.js", "src/utils.js": "imjoy-rpc/utils.js", "LICENSE": "LICENSE.imjoy-rpc"},
		Change: withoutSourceMap,
	},
	{
		Name: "htm@3.1.1", Integrity: "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
		Files:  map[string]string{"preact/standalone.module.js": "preact-htm.js", "LICENSE": "LICENSE.htm"},
		Change: withoutSourceMap,
	},
	{
		Name: "preact@11.2.0", Integrity: "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==", // htm has it inside; the licence is here
		Files: map[string]string{"LICENSE": "LICENSE.preact"},
	},
}

var sourceMap = regexp.MustCompile(`(?m)^//# sourceMappingURL=.*`)

func withoutSourceMap(text []byte) []byte { return sourceMap.ReplaceAll(text, nil) }

func main() {
	log.SetFlags(0)
	_, here, _, _ := runtime.Caller(0)
	if err := vendored.Update(filepath.Dir(here), packages); err != nil {
		log.Fatal(err)
	}
}

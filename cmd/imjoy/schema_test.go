package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/schema"
)

// TestOutputFitsItsSchema: what the commands write is what `imjoy schema` says.
func TestOutputFitsItsSchema(t *testing.T) {
	dir := t.TempDir()
	texts := map[string]string{
		"good.imjoy.html":  "<config lang=\"json\">{\"name\": \"A\", \"type\": \"web-worker\", \"api_version\": \"0.1.8\"}</config>\n<link href=\"a.css\"/>\n<script lang=\"javascript\" async>api.export({setup() {}})</script>\n",
		"bad.imjoy.html":   "<Config>{\"name\": \"A\", \"name\": 1,}\n<window>\n<docs>\n# <script>\n</docs>\n",
		"empty.imjoy.html": "",
		"yaml.imjoy.html":  "<config lang=\"yaml\">\nname: Y\ntype: window\napi_version: 0.1.8\ntags: [a, a]\nenv: {b: c}\n</config>\n<window><p></p><p></p></window>\n",
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for format, args := range map[string][]string{"parse": {"parse", "--json", name}, "lint": {"lint", "--format", "json", name}} {
			var out, talk bytes.Buffer
			a := &app.App{Stdin: new(bytes.Buffer), Stdout: &out, Stderr: &talk, Env: func(string) string { return "" }, Dir: dir}
			run(t.Context(), a, args)
			decoder := json.NewDecoder(&out)
			decoder.UseNumber()
			var value any
			if err := decoder.Decode(&value); err != nil {
				t.Fatalf("%v: %v\n%s", args, err, &talk)
			}
			for _, v := range schema.OfFormat(format).Validate(value) {
				t.Errorf("%v: %s: %s", args, v.Pointer, v.Message)
			}
		}
	}
}

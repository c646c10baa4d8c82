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

// TestMadeFilesFitTheirSchemas: what `imjoy new` and `imjoy manifest build` write is what the
// schemas of configs and manifests say, and a fault in it is what they refuse.
func TestMadeFilesFitTheirSchemas(t *testing.T) {
	dir := t.TempDir()
	do := func(args ...string) []byte {
		t.Helper()
		var out, talk bytes.Buffer
		a := &app.App{Stdin: new(bytes.Buffer), Stdout: &out, Stderr: &talk, Env: func(string) string { return "" }, Dir: dir}
		if code := run(t.Context(), a, args); code != exitFine {
			t.Fatalf("%v: exit %d: %s", args, code, &talk)
		}
		return out.Bytes()
	}
	for _, kind := range []string{"web-worker", "window", "native-python"} {
		do("new", "Plugin "+kind, "--type", kind)
	}
	do("manifest", "build")
	text, err := os.ReadFile(filepath.Join(dir, "manifest.imjoy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var made map[string]any
	if err := json.Unmarshal(text, &made); err != nil {
		t.Fatal(err)
	}
	for _, v := range schema.OfFormat("manifest").Validate(made) {
		t.Errorf("manifest: %s: %s", v.Pointer, v.Message)
	}
	plugins, _ := made["plugins"].([]any)
	if len(plugins) != 3 {
		t.Fatalf("the manifest lists %d plugins", len(plugins))
	}
	for _, p := range plugins {
		config := p.(map[string]any)
		delete(config, "uri")
		for _, v := range schema.Config().Validate(config) {
			t.Errorf("config of %v: %s: %s", config["name"], v.Pointer, v.Message)
		}
		config["tags"] = 7
		if len(schema.Config().Validate(config)) == 0 {
			t.Error("a config whose tags are a number is fine")
		}
	}
	made["plugins"] = "none"
	if len(schema.OfFormat("manifest").Validate(made)) == 0 {
		t.Error("a manifest whose plugins are a text is fine")
	}
}

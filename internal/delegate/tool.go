package delegate

import (
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Tool is another linter.
type Tool struct {
	Name     string
	language string   // of the scripts it reads
	configs  []string // names of its configuration, best first
	option   string   // that names a configuration
	own      map[string]string
	args     []string
	read     func(output []byte, t *texts) ([]source.Diagnostic, error)
}

// The languages that scripts are sorted into.
const (
	JavaScript = "javascript"
	Python     = "python"
)

// stub tells a type checker of Python what the modules of ImJoy hold.
const stub = "from typing import Any\napi: Any\n"

var tools = []*Tool{
	{
		Name: "ruff", language: Python, configs: []string{".ruff.toml", "ruff.toml", "pyproject.toml"}, option: "--config",
		args: []string{"check", "--output-format", "json", "--no-cache", "--force-exclude", "--config", "builtins=['api']"},
		read: readRuff,
	},
	{
		Name: "pyright", language: Python, configs: []string{"pyrightconfig.json"}, option: "--project",
		own:  map[string]string{"__builtins__.pyi": stub, "imjoy.pyi": stub, "imjoy_rpc.pyi": stub, "pyrightconfig.json": `{"reportMissingImports": "none", "reportMissingModuleSource": "none"}`},
		args: []string{"--outputjson"},
		read: readPyright,
	},
	{
		Name: "biome", language: JavaScript, configs: []string{"biome.json", "biome.jsonc"}, option: "--config-path",
		own:  map[string]string{"biome.json": `{"javascript": {"globals": ["api", "imjoyRPC"]}}`},
		args: []string{"lint", "--reporter=json", "--max-diagnostics=none", "--colors=off"},
		read: readBiome,
	},
	{
		Name: "oxlint", language: JavaScript, configs: []string{".oxlintrc.json"}, option: "--config",
		own:  map[string]string{".oxlintrc.json": `{"globals": {"api": "readonly", "imjoyRPC": "readonly"}, "env": {"browser": true, "worker": true}}`},
		args: []string{"--format", "json"},
		read: readOxlint,
	},
}

// Names lists the tools that are known, as `--with` takes them.
func Names() (names []string) {
	for _, t := range tools {
		names = append(names, t.Name)
	}
	return names
}

// Find returns a tool by its name, nil for others.
func Find(name string) *Tool {
	i := slices.IndexFunc(tools, func(t *Tool) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return tools[i]
}

// slug makes a code of a tool's name for a rule: "lint/style/useConst" of biome is
// "biome-lint-style-use-const".
func slug(tool, rule string) string {
	var b strings.Builder
	b.WriteString(tool)
	gap, capital := true, false
	for _, c := range rule {
		upper := 'A' <= c && c <= 'Z'
		switch {
		case upper, 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			if gap || upper && !capital {
				b.WriteByte('-')
			}
			b.WriteString(strings.ToLower(string(c)))
			gap = false
		default:
			gap = true
		}
		capital = upper || '0' <= c && c <= '9'
	}
	return b.String()
}

// sentence gives a foreign message the form of ours: no period.
func sentence(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSuffix(text, ".")
}

func severity(word string) source.Severity {
	switch strings.ToLower(word) {
	case "error", "fatal":
		return source.Error
	case "warning", "warn":
		return source.Warning
	}
	return source.Info
}

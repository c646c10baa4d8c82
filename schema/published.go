package schema

import (
	"embed"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

//go:embed published/*.schema.json
var published embed.FS

// Names lists the published schemas, in the order they are shown.
func Names() []string { return []string{"config", "manifest", "lock", "lint", "parse", "workflow"} }

// Published returns the JSON Schema (draft 7) of one of this project's formats: of
// the config of a plugin, the manifest of a repository, the lock of a project, a workflow of plugins, and what `imjoy lint
// --format json` and `imjoy parse --json` write. It is nil for other names.
func Published(name string) []byte {
	text, err := published.ReadFile("published/" + name + ".schema.json")
	if err != nil {
		return nil
	}
	return text
}

// OfFormat returns a published schema compiled, nil for other names. It is compiled
// once, at its first use.
func OfFormat(name string) *Schema {
	if compile := compiled[name]; compile != nil {
		return compile()
	}
	return nil
}

// Config returns the schema of a plugin's config.
func Config() *Schema { return OfFormat("config") }

var compiled = func() map[string]func() *Schema {
	table := map[string]func() *Schema{}
	for _, name := range Names() {
		table[name] = sync.OnceValue(func() *Schema {
			s := source.New(name+".schema.json", Published(name))
			n, _ := conf.ParseJSON(source.Whole(s, s.All()))
			schema, err := Compile(n)
			if err != nil {
				panic(err) // the tests compile all of them
			}
			return schema
		})
	}
	return table
}()

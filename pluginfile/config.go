package pluginfile

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Config is the config of a plugin: the tree as it was written, and the fields that
// have one simple type, read from it. A field that is absent, or has another type
// than it should, is the zero value here; [Config.Field] has what was written, with
// its place. Fields that may vary by tag (env, requirements, ui, ...) are left to
// package tags.
//
// A config is never nil; without a config block, Block and Root are.
type Config struct {
	Block *Block     // the first config block of [Document.Recovered]; without one, Hypha's manifest
	Lang  string     // the language it was read as: "json" or "yaml"
	Root  *conf.Node // all of it, unknown fields included

	Name        string
	Type        string // canonical; "" when it varies by tag
	Version     string
	APIVersion  string // text, also when YAML has it as a number
	Description string
	Tags        []string
	Labels      []string
	Permissions []string
	Cmd         string
	Runnable    bool // false only when the config says so
}

// Fields that had another name once. The old one counts while the new one is not
// there, `mode` only up to [legacyVersion].
const (
	legacyVersion  = "0.1.1"
	noLangVersion  = "0.1.5" // the last that needs no lang on its config block
	modeField      = "mode"
	typeField      = "type"
	defaultsField  = "defaults"
	defaultField   = "default"
	nameField      = "name"
	apiVersionName = "api_version"
)

var legacyTypes = map[string]string{"pyworker": "native-python", "webworker": "web-worker", "webpython": "web-python"}

// Field returns the value of a field by its canonical name, nil when it is absent:
// `type` finds the `mode` of an old plugin, `defaults` a misspelt `default`.
func (c *Config) Field(name string) *conf.Node {
	if n := c.Root.Get(name); n != nil {
		return n
	}
	switch {
	case name == typeField && c.Legacy():
		return c.Root.Get(modeField)
	case name == defaultsField:
		return c.Root.Get(defaultField)
	}
	return nil
}

// Legacy reports whether the config's api_version is one in which fields and types
// still had their old names.
func (c *Config) Legacy() bool {
	return c.APIVersion != "" && CompareVersions(c.APIVersion, legacyVersion) <= 0
}

// CanonicalType returns the present name of a type: in a legacy config "pyworker"
// is "native-python", and so on. Use it for types that vary by tag.
func (c *Config) CanonicalType(name string) string {
	if now, ok := legacyTypes[name]; ok && c.Legacy() {
		return now
	}
	return name
}

// readConfig reads the first config block. Where the two readers differ it is the
// careful one's: the original's may have half of the file in it.
func readConfig(d *Document) (*Config, []source.Diagnostic) {
	c := &Config{Block: First(d.Recovered, ConfigBlock), Runnable: true}
	if c.Block == nil {
		c.Block = d.First(ConfigBlock)
	}
	var missing []source.Diagnostic
	if c.Block == nil {
		c.Block = First(d.Recovered, ManifestBlock)
		missing = append(missing, noConfig(d, c.Block))
	}
	if c.Block == nil {
		return c, missing
	}
	c.Lang = "json"
	if c.Block.Lang() == "yaml" {
		c.Lang = "yaml"
	}
	root, diagnostics := conf.Parse(c.Lang, c.Block.Body())
	c.Root = root
	c.fill()
	unreadable := root == nil && len(diagnostics) > 0 // and why is told
	diagnostics = append(missing, raise(diagnostics, root)...)
	if diagnostics = append(diagnostics, c.checkLang()...); !unreadable {
		diagnostics = append(diagnostics, c.check()...)
	}
	return c, diagnostics
}

// noConfig reports a document without a config; manifest is the block that stands in
// for it in Hypha, or nil.
func noConfig(d *Document, manifest *Block) source.Diagnostic {
	if manifest != nil {
		return ruleNoConfig.Diagnostic(manifest.TagPlace(), "the config stands in a <manifest> block, which only Hypha reads", "name the block <config>")
	}
	return ruleNoConfig.Diagnostic(d.Source.Place(source.Span{}), "the file has no config block, so it is no plugin",
		`add <config lang="json">{"name": ..., "type": ..., "version": ..., "api_version": ...}</config>`)
}

// fill reads the typed fields.
func (c *Config) fill() {
	c.APIVersion, _ = c.Root.Get(apiVersionName).Scalar()
	c.Name, _ = c.Root.Get(nameField).Str()
	c.Version, _ = c.Root.Get("version").Scalar()
	c.Description, _ = c.Root.Get("description").Str()
	c.Cmd, _ = c.Root.Get("cmd").Str()
	c.Tags, _ = c.Root.Get("tags").Strings()
	c.Labels, _ = c.Root.Get("labels").Strings()
	c.Permissions, _ = c.Root.Get("permissions").Strings()
	if written, _ := c.Field(typeField).Str(); written != "" {
		c.Type = c.CanonicalType(written)
	}
	if run, ok := c.Root.Get("runnable").Bool(); ok {
		c.Runnable = run
	}
}

// check reports what the original would stumble over, or read otherwise than meant.
func (c *Config) check() (list []source.Diagnostic) {
	report := func(rule *source.Rule, place source.Place, message, hint string) {
		list = append(list, rule.Diagnostic(place, message, hint))
	}
	if c.Root == nil || !c.Root.Map() {
		place := c.Block.TagPlace()
		if c.Root != nil && c.Root.Place.Known() {
			place = c.Root.Place
		}
		report(ruleConfigNotObject, place, "the config is not an object", `write {"name": ..., "type": ...}`)
		return list
	}
	list = append(list, checkName(c.Name, c.place(nameField))...)
	for _, field := range []string{apiVersionName, "version"} {
		if n := c.Root.Get(field); n != nil && n.Kind == conf.Number {
			report(ruleVersionNumber, n.Place, fmt.Sprintf("%s is a number here, and ImJoy needs text", field), fmt.Sprintf("write it in quotes: %q", n.Text))
		}
	}
	if old := c.Root.Member(defaultField); old != nil {
		message, hint := "ImJoy reads `defaults`, not `default`", "rename the field to `defaults`"
		if c.Root.Get(defaultsField) != nil {
			message, hint = "`default` is ignored: `defaults` is there, too", "remove it"
		}
		report(ruleDefault, old.KeyPlace, message, hint)
	}
	c.checkLegacy(report)
	return list
}

// checkLang reports a config block that does not say in which language it is.
func (c *Config) checkLang() []source.Diagnostic {
	lang, place := c.Block.Lang(), c.Block.TagPlace()
	if attr, ok := c.Block.Attr("lang"); ok {
		place = attr.Place(c.Block.Source)
	}
	var message string
	switch {
	case lang == "json" || lang == "yaml":
		return nil
	case lang != "":
		message = fmt.Sprintf("ImJoy knows no config language %q; it was read as JSON", lang)
	case CompareVersions(c.APIVersion, noLangVersion) > 0:
		message = fmt.Sprintf("the config does not say its language, which api_version %s demands; it was read as JSON", c.APIVersion)
	default:
		return nil
	}
	return []source.Diagnostic{ruleConfigLang.Diagnostic(place, message, `write <config lang="json"> or <config lang="yaml">`)}
}

// checkLegacy tells an author of names that were given up.
func (c *Config) checkLegacy(report func(*source.Rule, source.Place, string, string)) {
	if !c.Legacy() {
		return
	}
	if m := c.Root.Member(modeField); m != nil && c.Root.Get(typeField) == nil {
		report(ruleLegacyName, m.KeyPlace, "`mode` is the old name of `type`", "rename the field to `type`, with the present name of its value")
	}
	n := c.Field(typeField)
	if written, ok := n.Str(); ok && legacyTypes[written] != "" {
		report(ruleLegacyName, n.Place, fmt.Sprintf("%q is the old name of the type %q", written, legacyTypes[written]), fmt.Sprintf("write %q", legacyTypes[written]))
	}
}

func (c *Config) place(field string) source.Place {
	if n := c.Root.Get(field); n != nil {
		return n.Place
	}
	return c.Block.TagPlace()
}

// decisive lists the fields in which a duplicate key is an error: somebody who
// reviews the plugin would read another value than the one that runs.
var decisive = []string{typeField, "permissions", "requirements", "env", "dependencies"}

// raise makes errors of duplicate keys in decisive fields.
func raise(diagnostics []source.Diagnostic, root *conf.Node) []source.Diagnostic {
	if !slices.ContainsFunc(diagnostics, func(d source.Diagnostic) bool { return d.Code == duplicateKey }) {
		return diagnostics
	}
	for _, pair := range root.Duplicates() {
		if !slices.Contains(decisive, pair[1].Key) {
			continue
		}
		for i := range diagnostics {
			if diagnostics[i].Code == duplicateKey && diagnostics[i].Place == pair[1].KeyPlace {
				diagnostics[i].Severity = source.Error
			}
		}
	}
	return diagnostics
}

const duplicateKey = "config-duplicate-key"

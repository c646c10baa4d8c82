package lint

import (
	"slices"
	"strings"
)

// families are what rules are about, by the words their codes begin with. The first that
// fits counts.
var families = []struct {
	name     string
	prefixes []string
}{
	{"structure", []string{"attribute", "block", "comment", "file", "text", "tag-malformed", "too-many", "source", "config-missing", "config-repeated"}},
	{"config", []string{"config", "name", "field", "flag", "type", "api-version", "version", "placeholder"}},
	{"tags", []string{"tag", "tags", "script-tag"}},
	{"ui", []string{"ui"}},
	{"inputs and outputs", []string{"schema", "inputs", "outputs"}},
	{"requirements", []string{"requirement", "env", "url", "secret"}},
	{"dependencies", []string{"dependency"}},
	{"permissions", []string{"permission", "permissions"}},
	{"python", []string{"python"}},
	{"scripts", []string{"javascript", "script", "export", "setup", "run", "method", "api"}},
	{"window", []string{"window"}},
	{"style", []string{"style"}},
	{"docs", []string{"docs"}},
	{"attachments", []string{"attachment"}},
	{"roles", []string{"role"}},
	{"repository", []string{"manifest", "repository"}},
	{"workflows", []string{"workflow"}},
	{"dialect", []string{"dialect"}},
	{"lint itself", []string{"suppression", "settings"}},
}

// FamilyOf returns what a rule is about.
func FamilyOf(code string) string {
	for _, f := range families {
		for _, prefix := range f.prefixes {
			if rest, ok := strings.CutPrefix(code, prefix); ok && (rest == "" || rest[0] == '-') {
				return f.name
			}
		}
	}
	return ""
}

// About returns what a rule is about, and whether its findings may come with a fix.
func About(code string) (family string, fixable bool) {
	return FamilyOf(code), slices.Contains(withFix, code) || slices.Contains(withLock, code)
}

// withFix are the rules whose findings may come with a fix.
var withFix = []string{
	"api-arguments", "api-deprecated", "api-setting-unset", "api-unawaited", "api-unknown", "api-version-unknown", "attachment-missing", "attribute-unclosed", "block-empty",
	"block-letter-case", "block-swallowed", "block-unclosed", "block-void-open", "config-bad-escape", "config-comment", "config-control-character",
	"config-default", "config-defaults", "config-duplicate-key", "config-extra-comma", "config-field-computed", "config-field-missing",
	"config-field-retired", "config-field-type", "config-field-unknown", "config-icon", "config-inner-quote", "config-lang", "config-legacy-name", "config-license",
	"config-literal", "config-missing-comma", "config-newline-in-string", "config-number", "config-odd-space", "config-quotes", "config-trailing-comma",
	"config-unquoted", "config-version-number", "config-yaml-ambiguous", "dependency-misspelt", "dependency-repeated", "dependency-self", "docs-anchor",
	"export-missing", "export-value", "flag-unknown", "inputs-ext", "javascript-debugger", "javascript-mistake", "javascript-module", "javascript-unawaited", "javascript-undefined", "javascript-unicode-class", "javascript-unknown-property",
	"method-name", "permission-host", "permission-spelling", "python-import", "python-unawaited", "python-unknown-attribute", "python-undefined", "requirement-insecure", "requirement-manager", "requirement-misspelt", "requirement-renamed", "schema-invalid", "schema-keyword", "schema-misspelt",
	"script-lang", "script-source-type", "suppression-unknown", "suppression-unused", "tag-key-unused", "tags-empty-object", "type-unsupported",
	"ui-bare-element", "ui-setting-missing", "ui-unknown-key", "ui-unknown-type", "url-dead-host", "url-insecure", "window-id-missing", "window-stray-end", "window-unclosed",
}

package lint

import (
	"slices"
	"strings"
	"testing"
)

// promised are the families of faults that the linter set out to find, item by item, with
// the codes that tell them.
var promised = []struct{ family, item, codes string }{
	{"structure", "blocks lost, swallowed, unclosed, unknown, unused, wrapped", "block-closed-early block-empty block-letter-case block-swallowed block-unclosed block-unknown block-unused block-void-open block-wrapped"},
	{"structure", "tags and attributes", "tag-malformed attribute-duplicate attribute-too-long attribute-unclosed too-many-attributes too-many-blocks"},
	{"structure", "text outside of blocks, comments, bytes", "text-ignored text-encoding text-not-utf8 text-nul comment-unclosed file-too-large"},
	{"structure", "the config itself", "config-missing config-repeated config-lang config-not-object"},
	{"config", "syntax", "config-syntax config-trailing-comma config-missing-comma config-extra-comma config-quotes config-inner-quote config-unquoted config-comment config-newline-in-string config-bad-escape config-literal config-number config-odd-space config-control-character config-encoding config-duplicate-key config-yaml-alias config-yaml-ambiguous config-yaml-tag config-lone-surrogate"},
	{"config", "types", "config-field-type config-field-missing field-shape"},
	{"config", "unknown keys with did-you-mean", "config-field-unknown flag-unknown"},
	{"config", "limits", "config-too-long config-limit config-number-range"},
	{"config", "versions", "api-version-unknown config-version-number version-form"},
	{"config", "deprecated words", "config-legacy-name config-field-retired config-field-computed config-default"},
	{"config", "placeholder text", "placeholder-text"},
	{"config", "names, types, licences, pictures", "name-characters name-unusable type-missing type-unsupported config-license config-icon config-cover config-description config-defaults"},
	{"tags", "every field by tag against the tags: a matrix of holes", "tag-without-value tag-key-unused tags-missing tags-empty-object"},
	{"tags", "the tags themselves, and scripts", "tags-many tags-shape tags-unused script-tag tag-unknown script-missing"},
	{"ui", "what the tolerant tokenizer refuses", "ui-syntax ui-bare-element ui-unusable ui-too-large ui-unknown-key ui-unknown-type"},
	{"ui", "would fail in ImJoy", "ui-unportable"},
	{"ui", "ids, defaults, options", "ui-missing-id ui-duplicate-id ui-bad-default ui-bad-options ui-bad-bounds"},
	{"ui", "read in a script but absent", "ui-setting-missing"},
	{"ui", "present but never read", "ui-field-unread"},
	{"ui", "settings written but never read", "api-setting-unread api-setting-unset"},
	{"inputs and outputs", "do they compile", "schema-invalid schema-keyword schema-misspelt schema-reference schema-unknown-format schema-pattern"},
	{"inputs and outputs", "what the shorthand does to them", "schema-shorthand"},
	{"inputs and outputs", "regex cost", "inputs-pattern-cost inputs-pattern-length"},
	{"inputs and outputs", "dtype", "inputs-dtype schema-keyword"},
	{"inputs and outputs", "shapes, axes, ndim", "schema-keyword"},
	{"inputs and outputs", "files", "inputs-ext inputs-mime inputs-size"},
	{"inputs and outputs", "what run returns", "outputs-undeclared outputs-unreturned"},
	{"requirements", "syntax, PEP 508 and 440", "requirement-syntax requirement-empty requirement-shape requirement-manager requirement-option requirement-option-useless requirement-redirect requirement-url requirement-script requirement-kind requirement-repeated requirement-misspelt requirement-renamed requirement-standard"},
	{"requirements", "unpinned", "requirement-unversioned requirement-unpinned"},
	{"requirements", "dead or unversioned CDN, plain http", "url-dead-host url-unversioned url-insecure requirement-insecure"},
	{"requirements", "shell needed", "requirement-shell requirement-command"},
	{"requirements", "secrets", "requirement-credentials url-credentials secret-in-file"},
	{"requirements", "private paths", "requirement-private-path script-private-path"},
	{"requirements", "packages known only to conda", "requirement-conda-only"},
	{"requirements", "impossible Python", "requirement-impossible env-python env-python-old"},
	{"requirements", "env", "env-file env-ignored env-several env-type env-variable"},
	{"dependencies", "address", "dependency-address"},
	{"dependencies", "unpinned", "dependency-unpinned"},
	{"dependencies", "cycle", "repository-cycle dependency-self"},
	{"dependencies", "unknown in the repository", "repository-dependency-missing dependency-misspelt"},
	{"dependencies", "used but not declared", "repository-dependency-undeclared"},
	{"dependencies", "declared but not used, or twice", "dependency-unused dependency-repeated"},
	{"javascript", "syntax", "javascript-syntax javascript-module javascript-unicode-class"},
	{"javascript", "undeclared assignment", "javascript-undeclared"},
	{"javascript", "missing or double export", "export-missing export-repeated export-value"},
	{"javascript", "missing setup or run", "setup-missing run-missing"},
	{"javascript", "names one edit away from a lifecycle name, or of another host", "method-name"},
	{"javascript", "unknown or deprecated api names with the replacement", "api-unknown api-removed api-deprecated"},
	{"javascript", "argument shapes of api calls", "api-arguments"},
	{"javascript", "services and ops", "api-service repository-service"},
	{"javascript", "attachments that are not there", "attachment-missing"},
	{"javascript", "network hosts not in permissions", "permission-host permission-missing"},
	{"javascript", "what the runtime does not have", "javascript-no-page javascript-undefined javascript-unknown-property javascript-debugger javascript-regexp-cost javascript-remote-module script-lang script-source-type script-unread source-ignored"},
	{"python", "syntax", "python-syntax"},
	{"python", "export, arguments of setup and run", "export-missing python-arguments"},
	{"javascript", "missing awaits on results of api and of async functions that are used", "api-unawaited javascript-unawaited"},
	{"python", "missing awaits on api results and coroutines that are used", "api-unawaited python-unawaited"},
	{"python", "Python 2 leftovers", "python-2 python-syntax"},
	{"python", "unresolvable imports against requirements", "python-import"},
	{"javascript", "what throws, or cannot do what it seems to", "javascript-constant javascript-mistake python-mistake"},
	{"python", "what Python in a page does not have", "python-no-system"},
	{"window", "addresses that lead nowhere", "window-link"},
	{"dependencies", "collections of nothing", "dependency-none"},
	{"python", "attributes that nothing sets", "python-unknown-attribute"},
	{"python", "syntax that the plugin's Python does not have", "python-too-new"},
	{"python", "names that nothing defines", "python-undefined"},
	{"window", "single root", "window-roots"},
	{"window", "inert script, remote scripts", "window-script url-unversioned url-insecure url-dead-host"},
	{"window", "unbalanced tags", "window-unclosed window-stray-end"},
	{"window", "ids used by the script", "window-id-missing window-id-repeated"},
	{"style", "", "style-braces style-html style-import style-lang"},
	{"docs", "missing", "docs-missing docs-repeated"},
	{"docs", "placeholder", "placeholder-text"},
	{"docs", "broken relative links and anchors", "docs-link docs-anchor"},
	{"docs", "images without alt", "docs-image-alt"},
	{"docs", "mentions that swallow blocks", "block-swallowed"},
	{"docs", "HTML that is taken out", "docs-script"},
	{"attachments", "duplicate, unused, unnamed", "attachment-duplicate attachment-unused attachment-unnamed"},
	{"permissions", "", "permission-unknown permission-spelling permission-idle permission-host permissions-shape"},
	{"roles", "what is still missing; ticks by Roles", "role-unfinished role-order repository-data repository-event"},
	{"roles", "purity", "role-impure"},
	{"repository", "duplicate names", "repository-name-repeated manifest-duplicate"},
	{"repository", "manifest drift", "manifest-drift manifest-missing-file manifest-unlisted manifest-config manifest-no-config manifest-shape manifest-name manifest-uri manifest-uri-missing manifest-collection"},
	{"repository", "backslashes", "manifest-backslash"},
	{"repository", "misspelled extensions", "manifest-misspelled-file"},
	{"workflows", "form, steps, ids and references", "workflow-shape workflow-version workflow-key workflow-id workflow-reference"},
	{"workflows", "steps against their plugins", "workflow-plugin workflow-tag workflow-op workflow-config workflow-data workflow-mismatch workflow-file workflow-changed workflow-unpinned"},
	{"dialect", "ImJoy and Hypha read this differently", "dialect-block dialect-entity dialect-nested tags-empty-object"},
	{"lint itself", "suppressions, settings", "suppression-unused suppression-unknown settings-invalid"},
}

// Every item that was promised has a code, and every code is part of an item.
func TestFamiliesAreWhatWasPromised(t *testing.T) {
	known, told := codes(), map[string]bool{}
	for _, p := range promised {
		list := strings.Fields(p.codes)
		if len(list) == 0 {
			t.Errorf("%s, %s: no code tells this", p.family, p.item)
		}
		for _, code := range list {
			told[code] = true
			if !slices.Contains(known, code) {
				t.Errorf("%s, %s: there is no code %s", p.family, p.item, code)
			}
		}
	}
	for _, code := range known {
		if !told[code] && !strings.HasPrefix(code, "workflow-") { // about files that are no plugins
			t.Errorf("%s (%s) is part of no item", code, FamilyOf(code))
		}
		if FamilyOf(code) == "" {
			t.Errorf("%s is of no family", code)
		}
	}
}

package requirement

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// prefixes are the words before the colon of a requirement of a browser's plugin.
var prefixes = []string{"js", "mjs", "css", "cache", "npm"}

// pageScript reads a requirement of a window or iframe; workerScript of a worker.
func (p *parser) pageScript()   { p.script(false) }
func (p *parser) workerScript() { p.script(true) }

// script decides by prefix, then by the suffix of the file's name. ImJoy tests the
// whole text, so a query hides the suffix from it and a suffix beats the prefix;
// both end in a failure there, and in a warning here.
func (p *parser) script(worker bool) {
	start, end := p.trimmed(0, len(p.text))
	if text := p.text[start:end]; strings.HasPrefix(text, "npm:") {
		p.npmPackage(start, end)
		return
	}
	prefix, original := imjoyKind(strings.ToLower(p.text[start:end]))
	if original == "" {
		p.ignoredScript(start, end)
		return
	}
	u, ok := p.scriptURL(p.skipSpace(start+len(prefix), end), end)
	if !ok {
		return
	}
	kind := original
	switch suffix := suffixKind(u.Path); {
	case prefix != "":
		if kind = prefixKinds[prefix]; kind != original {
			p.report(ruleScriptKind, start, start+len(prefix), fmt.Sprintf("ImJoy goes by the suffix and loads this as a %s, which fails", kindWord(original)), "remove the prefix, or the suffix")
		}
	case suffix != "" && suffix != kind:
		kind = suffix
		p.report(ruleScriptKind, start, end, fmt.Sprintf("ImJoy loads this as a %s, though the file is a %s", kindWord(original), kindWord(kind)), fmt.Sprintf("write %q before it", prefixOf(kind)))
	}
	switch {
	case worker && kind == StyleSheet:
		p.report(ruleScript, start, end, "a web worker has no page to style, and ImJoy stops with an error here", "remove it")
	case worker && kind == ModuleScript:
		p.report(ruleScript, start, end, "ImJoy cannot load modules into a web worker", `use <script type="module"> and import it there`)
	default:
		p.d.URLs = append(p.d.URLs, Script{Item: p.item(start, end), Kind: kind, URL: u.String()})
	}
}

// npmText matches "npm:NAME" or "npm:NAME@RANGE"; a file of the package is named by the
// import.
var npmText = pattern(`^npm:(@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*(@[0-9A-Za-z^~<>=|*.+_-]+)?$`)

// npmPackage says what a bare name means in the imports of module scripts. ImJoy only
// logs it, and has no bare names.
func (p *parser) npmPackage(start, end int) {
	text := p.text[start:end]
	if !npmText().MatchString(text) {
		p.report(ruleScript, start, end, fmt.Sprintf("%q is not a package of npm", text), "write npm:NAME@VERSION")
		return
	}
	p.d.URLs = append(p.d.URLs, Script{Item: p.item(start, end), Kind: NPMPackage, URL: text})
}

var prefixKinds = map[string]ScriptKind{"js:": ClassicScript, "mjs:": ModuleScript, "css:": StyleSheet, "cache:": CacheOnly}

// imjoyKind answers what ImJoy does with a requirement, and its prefix.
func imjoyKind(lower string) (prefix string, kind ScriptKind) {
	for p := range prefixKinds {
		if strings.HasPrefix(lower, p) {
			prefix = p
		}
	}
	switch {
	case strings.HasSuffix(lower, ".css") || prefix == "css:":
		return prefix, StyleSheet
	case strings.HasSuffix(lower, ".mjs") || prefix == "mjs:":
		return prefix, ModuleScript
	case strings.HasSuffix(lower, ".js") || prefix == "js:" || strings.HasPrefix(lower, "http"):
		return prefix, ClassicScript
	}
	return prefix, prefixKinds[prefix]
}

// suffixKind is what a file's name says it is.
func suffixKind(path string) ScriptKind {
	switch lower := strings.ToLower(path); {
	case strings.HasSuffix(lower, ".css"):
		return StyleSheet
	case strings.HasSuffix(lower, ".mjs"):
		return ModuleScript
	case strings.HasSuffix(lower, ".js"):
		return ClassicScript
	}
	return ""
}

func prefixOf(kind ScriptKind) string {
	switch kind {
	case StyleSheet:
		return "css:"
	case ModuleScript:
		return "mjs:"
	}
	return "js:"
}

func kindWord(kind ScriptKind) string {
	switch kind {
	case StyleSheet:
		return "style sheet"
	case ModuleScript:
		return "module"
	}
	return "script"
}

// scriptURL reads the URL of a script. A browser takes more URLs than an installer,
// and it runs what it gets in a sandbox.
func (p *parser) scriptURL(start, end int) (u *url.URL, ok bool) {
	text := p.text[start:end]
	if strings.HasPrefix(text, "//") {
		p.report(ruleURL, start, end, "the URL has no scheme", "write https:"+text)
		return nil, false
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, len(text) > maxURL, strings.ContainsAny(text, " \t\r\n\"'<>\\^`{|}"):
		p.report(ruleURL, start, end, "this URL cannot be read", "write https://HOST/path")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		p.report(ruleURL, start, end, fmt.Sprintf("%q is not a URL on a host", text), "write https://HOST/path")
	case u.User != nil || hasSecret(u):
		p.report(ruleCredentials, start, end, "the URL holds credentials that every reader of this file can use", "remove them, and revoke them")
	default:
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			p.report(ruleInsecure, start, start+len("http"), "code fetched over plain http can be changed on its way, and pages served by https refuse it", "write https")
		}
		return u, true
	}
	return nil, false
}

// ignoredScript reports what ImJoy only logs.
func (p *parser) ignoredScript(start, end int) {
	word, _, found := strings.Cut(p.text[start:end], ":")
	hint := "write the URL of a script"
	switch near := source.Nearest(word, prefixes); {
	case found && near != "":
		hint = fmt.Sprintf("did you mean %q?", near+":")
	case found && (word == "pip" || word == "conda" || word == "package" || word == "repo"):
		hint = "packages are for Python plugins"
	}
	p.report(ruleScript, start, end, fmt.Sprintf("ImJoy ignores %q", p.text[start:end]), hint)
}

// webPython reads a requirement of a web-python plugin: Python packages by name,
// scripts and styles by prefix.
func (p *parser) webPython() {
	start, end := p.trimmed(0, len(p.text))
	lower := strings.ToLower(p.text[start:end])
	word, _, found := strings.Cut(lower, ":")
	switch {
	case found && (word == "js" || word == "css" || word == "cache"):
		p.pageScript()
	case found && word == "package":
		p.pip(start+len("package:"), end)
	case strings.HasPrefix(lower, "http"):
		p.webPythonURL(start, end, lower)
	case !found || strings.ContainsAny(word, ";<>="):
		p.bare(start, end)
	case word == "pip":
		p.report(ruleManager, start, start+len(word), `ImJoy's Python in the browser does not know "pip:"`, `write the name alone, or "package:"`)
	default:
		p.report(ruleManager, start, start+len(word), fmt.Sprintf("%q is not a way to load something", p.text[start:start+len(word)]), meant(word, "package", "js", "css", "cache"))
	}
}

func (p *parser) webPythonURL(start, end int, lower string) {
	switch {
	case strings.HasSuffix(lower, ".js"):
		p.report(ruleScriptKind, start, end, "ImJoy asks for a Python package of that name", `write "js:" before it`)
		p.pageScript()
	case strings.HasSuffix(lower, ".whl"):
		p.pip(start, end)
	default:
		p.report(ruleScript, start, end, "ImJoy skips URLs here", `write "js:" or "css:" before it`)
	}
}

package lint

import (
	"net/url"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Fixes of findings that other packages make: they know the fault, and here is known
// what else depends on it. A fix is safe when the plan of every tag stays the same.

// fixers are by code what makes the fix of a finding.
var fixers = map[string]func(*subject, source.Diagnostic) []source.Fix{
	"config-legacy-name":    fixLegacyName,
	"config-default":        fixDefault,
	"config-lang":           fixConfigLang,
	"config-version-number": quoteScalar,
	"script-lang":           fixScriptLang,

	"requirement-insecure": fixInsecure,
	"config-field-missing": fixMissingField,
	"dependency-repeated":  removeItem,
	"dependency-self":      removeItem,
	"requirement-empty":    removeItem,
	"requirement-repeated": removeItem,
	"suppression-unused":   removeSuppression,
	"window-unclosed":      closeElement,

	"schema-keyword": writeMeant, "suppression-unknown": writeMeant, "tag-key-unused": writeMeant, "type-unsupported": writeMeant,
	"ui-setting-missing": writeMeant, "ui-unknown-key": writeMeant, "ui-unknown-type": writeMeant, "script-tag": writeMeant,
	"api-setting-unset": writeMeant, // not the other way round: both at once would only swap them
	"python-undefined":  writeMeant, "window-id-missing": writeMeant, "docs-anchor": writeMeant,
}

// addFixes adds fixes to findings that have none.
func addFixes(s *subject, found []source.Diagnostic) {
	for i := range found {
		if fixer := fixers[found[i].Code]; fixer != nil && len(found[i].Fixes) == 0 && found[i].Place.Known() {
			found[i].Fixes = fixer(s, found[i])
		}
	}
}

func fix(title string, safe bool, edits ...source.Edit) []source.Fix {
	return []source.Fix{{Title: title, Safe: safe, Edits: edits}}
}

// fixLegacyName writes present names. They mean the same as long as the config says an
// old api_version.
func fixLegacyName(s *subject, d source.Diagnostic) []source.Fix {
	c := s.Document.Config
	if mode := c.Root.Member("mode"); mode != nil && mode.KeyPlace.Span == d.Place.Span {
		if c.Root.Get("type") != nil {
			return nil
		}
		edits, err := c.Root.Rename("/mode", "type")
		if err != nil {
			return nil
		}
		return fix(`rename it to "type"`, c.Legacy(), edits...)
	}
	for pointer, n := range c.Root.All() {
		if text, ok := n.Str(); ok && n.Place.Span == d.Place.Span && (strings.HasPrefix(pointer, "/type") || strings.HasPrefix(pointer, "/mode")) {
			now := map[string]string{"pyworker": "native-python", "webworker": "web-worker", "webpython": "web-python"}[text]
			if edits, err := c.Root.Set(pointer, now); err == nil && now != "" {
				return fix("write "+now, c.Legacy(), edits...)
			}
		}
	}
	return nil
}

func fixDefault(s *subject, _ source.Diagnostic) []source.Fix {
	root := s.Document.Config.Root
	if root.Get("defaults") != nil {
		edits, err := root.Remove("/default")
		if err != nil {
			return nil
		}
		return fix("remove default, which does not count", true, edits...)
	}
	edits, err := root.Rename("/default", "defaults")
	if err != nil {
		return nil
	}
	return fix("rename it to defaults", true, edits...)
}

// fixConfigLang says the language that the config was read as.
func fixConfigLang(s *subject, d source.Diagnostic) []source.Fix {
	block := s.Document.Config.Block
	if block == nil || s.Document.Config.Lang != "json" || len(s.Document.Config.Root.Keys()) == 0 {
		return nil
	}
	attr, _ := block.Attr("lang")
	return fix(`write lang="json"`, true, setAttribute(block, attr, "lang", "json"))
}

// setAttribute is the edit that gives an attribute of a start tag a value.
func setAttribute(b *pluginfile.Block, attr pluginfile.Attr, name, value string) source.Edit {
	if attr.Name != "" {
		return source.Edit{Span: attr.Span, New: name + `="` + value + `"`}
	}
	at := b.Tag.Start + 1 + len(b.Kind)
	return source.Edit{Span: source.Span{Start: at, End: at}, New: " " + name + `="` + value + `"`}
}

// quoteScalar puts a number of YAML in quotes.
func quoteScalar(_ *subject, d source.Diagnostic) []source.Fix {
	text := string(d.Place.Slice(d.Place.Span))
	if text == "" || strings.ContainsAny(text, " \t\n\"'") {
		return nil
	}
	return fix("put it in quotes", true, source.Edit{Span: d.Place.Span, New: conf.Quote(text)})
}

// fixScriptLang writes the language as the plugin's type wants it, where the script is
// in that language already.
func fixScriptLang(s *subject, d source.Diagnostic) []source.Fix {
	for _, script := range s.Scripts {
		b := script.Block
		attr, _ := b.Attr("lang")
		if !b.Tag.Contains(d.Place.Span) || d.Severity == source.Error {
			continue
		}
		if script.Language != tags.JavaScript && script.Language != tags.Python || !script.Read || attr.Value == script.Language {
			return nil
		}
		return fix("write lang=\""+script.Language+"\"", true, setAttribute(b, attr, "lang", script.Language))
	}
	return nil
}

// meantWord finds in a hint the one word that was probably meant, meantText what it stands
// for in the file.
var (
	meantWord = lazily(`^did you mean (?:the tag )?"?([\w.#$+-][\w.#$+ /-]*?)"?\?`)
	meantText = lazily("^(?:\"[^\"\\\\\n]*\"|'[^'\\\\\n]*'|`[^`\\\\\n$]*`|[\\w.#$+-]+)$")
)

// writeMeant writes the word that a finding guesses in the place of the one that stands
// there, inside of its quotes.
func writeMeant(_ *subject, d source.Diagnostic) []source.Fix {
	found := meantWord().FindStringSubmatch(d.Hint)
	written := string(d.Place.Slice(d.Place.Span))
	if found == nil || !meantText().MatchString(written) {
		return nil
	}
	word, span := found[1], d.Place.Span
	if strings.ContainsRune("\"'`", rune(written[0])) {
		span = source.Span{Start: span.Start + 1, End: span.End - 1}
		if before := written[1 : len(written)-1]; strings.HasPrefix(before, "#") && !strings.HasPrefix(word, "#") {
			span.Start++ // a selector
		}
	} else if strings.ContainsAny(word, " /") {
		return nil // it needs quotes there
	}
	return meant(source.Place{Source: d.Place.Source, Span: span}, word)
}

// fixInsecure asks for a script by https.
func fixInsecure(_ *subject, d source.Diagnostic) []source.Fix {
	written := string(d.Place.Slice(d.Place.Span))
	at := strings.Index(written, "http")
	if at < 0 || strings.HasPrefix(written[at:], "https") {
		return nil
	}
	end := d.Place.Span.Start + at + len("http")
	return fix("write https", false, source.Edit{Span: source.Span{Start: end, End: end}, New: "s"})
}

// fixMissingField adds a field that every plugin needs, with the value to begin with. A
// name is nobody's to guess.
func fixMissingField(s *subject, d source.Diagnostic) []source.Fix {
	root := s.Document.Config.Root
	for _, name := range []string{"version", "api_version"} {
		if !strings.HasSuffix(d.Message, " no "+name) || root.Get(name) != nil {
			continue
		}
		value := strings.Trim(example(name), `"`)
		edits, err := root.Set("/"+name, value)
		if err != nil {
			return nil
		}
		return fix("add "+name+" "+value, false, edits...)
	}
	return nil
}

// removeItem takes the value that a finding is about out of its list in the config.
func removeItem(s *subject, d source.Diagnostic) []source.Fix {
	root := s.Document.Config.Root
	for pointer, n := range root.All() {
		if n.Place.Span != d.Place.Span || n.Kind != conf.String {
			continue
		}
		if list := root.At(pointer[:strings.LastIndexByte(pointer, '/')]); !list.List() {
			return nil
		}
		edits, err := root.Remove(pointer)
		if err != nil {
			return nil
		}
		return fix("remove it", false, edits...)
	}
	return nil
}

// closeElement writes the end tag that the slash of `<b/>` is not.
func closeElement(_ *subject, d source.Diagnostic) []source.Fix {
	written := string(d.Place.Slice(d.Place.Span))
	end := strings.TrimPrefix(d.Hint, "add ")
	if !strings.HasSuffix(written, "/>") || !strings.HasPrefix(end, "</") {
		return nil
	}
	at := d.Place.Span.End
	return fix("close it", false, source.Edit{Span: source.Span{Start: at - len("/>"), End: at}, New: ">" + end})
}

// removeSuppression takes out a comment that suppresses nothing, or one of its codes.
func removeSuppression(s *subject, d source.Diagnostic) []source.Fix {
	for _, p := range s.suppressions {
		if p.place.Span == d.Place.Span {
			return fix("remove it", false, source.Edit{Span: p.removal})
		}
	}
	return nil
}

// meant is the fix that writes the name that was probably meant; the plugin means
// something else afterwards.
func meant(place source.Place, name string) []source.Fix {
	return fix("write "+name, false, source.Edit{Span: place.Span, New: name})
}

// renameMember is the fix that gives a member of the config another key.
func renameMember(root *conf.Node, key, name string) []source.Fix {
	edits, err := root.Rename("/"+conf.EscapePointer(key), name)
	if err != nil {
		return nil
	}
	return fix("rename it to "+name, false, edits...)
}

// removeMember is the fix that takes a member out of the config.
func removeMember(root *conf.Node, key string, safe bool) []source.Fix {
	edits, err := root.Remove("/" + conf.EscapePointer(key))
	if err != nil {
		return nil
	}
	return fix("remove "+key, safe, edits...)
}

// addressFix is the fix that writes another address in the place of one, where it stands
// there letter by letter.
func addressFix(l link, address string) []source.Fix {
	written := string(l.place.Slice(l.place.Span))
	at := strings.Index(written, l.url)
	if at < 0 || address == "" || strings.Count(written, l.url) != 1 {
		return nil
	}
	start := l.place.Span.Start + at
	return fix("write "+address, false, source.Edit{Span: source.Span{Start: start, End: start + len(l.url)}, New: address})
}

// livingAddress returns where what was on a dead host is served now, "" when that cannot
// be told from the address.
func livingAddress(u *url.URL) string {
	switch strings.ToLower(u.Hostname()) {
	case "unpkg.io":
		return "https://unpkg.com" + u.EscapedPath()
	case "cdn.rawgit.com", "rawgit.com", "gitcdn.xyz", "gitcdn.link":
		parts := strings.SplitN(strings.TrimPrefix(strings.TrimPrefix(u.EscapedPath(), "/repo"), "/"), "/", 4)
		if len(parts) == 4 && u.RawQuery == "" {
			return "https://cdn.jsdelivr.net/gh/" + parts[0] + "/" + parts[1] + "@" + parts[2] + "/" + parts[3]
		}
	}
	return ""
}

package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/glob"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Settings are what a project's imjoy.yaml says about linting:
//
//	lint:
//	  ignore: [docs-missing]
//	  severity: {url-unversioned: error}
//	  strict: true
//	  exclude: ["old/**"]
//	  baseline: lint-baseline.json
//	  with: [ruff]
//	  files:
//	    "examples/**": {ignore: [dependency-unpinned]}
type Settings struct {
	Options
	Strict   bool
	Exclude  []glob.Pattern
	Baseline string   // file, relative to that of the settings
	With     []string // other linters
	files    []fileSettings
}

type fileSettings struct {
	pattern glob.Pattern
	Options
}

var ruleSettings = &source.Rule{
	Code: "settings-invalid", Severity: source.Error,
	Summary: "imjoy.yaml says something about lint that cannot be",
	Doc: "Under `lint` stand `select`, `ignore`, `severity`, `strict`, `exclude`, `baseline`, `with`, and `files`, which maps patterns of paths to `select`, `ignore` and `severity`. " +
		"Codes and families are those of `imjoy explain`.",
	Bad:  "lint:\n  ignore: [windows-roots]\n",
	Good: "lint:\n  ignore: [window-roots]\n",
}

// ReadSettings reads the text of an imjoy.yaml. What cannot be is told as diagnostics,
// and the settings hold the rest.
func ReadSettings(name string, text []byte) (*Settings, []source.Diagnostic) {
	src := source.New(name, text)
	root, found := conf.ParseYAML(source.Whole(src, src.All()))
	s := new(Settings)
	r := &settingsReader{found: found}
	section := root.Get("lint")
	if section == nil {
		return s, r.found
	}
	if !section.Map() {
		r.wrong(section, "lint is no map of settings", "")
		return s, r.found
	}
	for _, m := range section.Members {
		r.setting(s, m)
	}
	return s, r.found
}

type settingsReader struct{ found []source.Diagnostic }

func (r *settingsReader) wrong(n *conf.Node, message, hint string) {
	r.found = append(r.found, ruleSettings.Diagnostic(n.Place, message, hint))
}

var settingNames = []string{"select", "ignore", "severity", "strict", "exclude", "baseline", "with", "files"}

func (r *settingsReader) setting(s *Settings, m conf.Member) {
	switch m.Key {
	case "strict":
		s.Strict = m.Value.Kind == conf.Bool && m.Value.Text == "true"
		if m.Value.Kind != conf.Bool {
			r.wrong(m.Value, "strict is true or false", "")
		}
	case "exclude":
		for _, text := range r.texts(m.Value, "exclude") {
			s.Exclude = append(s.Exclude, glob.Compile(text.Text))
		}
	case "baseline":
		text, ok := m.Value.Str()
		if !ok {
			r.wrong(m.Value, "baseline is the name of a file", "")
		}
		s.Baseline = text
	case "with":
		for _, text := range r.texts(m.Value, "with") {
			s.With = append(s.With, text.Text)
		}
	case "files":
		r.files(s, m.Value)
	default:
		if !r.option(&s.Options, m) {
			r.unknown(m, settingNames)
		}
	}
}

func (r *settingsReader) files(s *Settings, n *conf.Node) {
	if !n.Map() {
		r.wrong(n, "files is a map from patterns of paths to settings", "")
	}
	for _, m := range n.Members {
		f := fileSettings{pattern: glob.Compile(m.Key)}
		if !m.Value.Map() {
			r.wrong(m.Value, "the settings of a pattern are a map", "")
		}
		for _, inner := range m.Value.Members {
			if !r.option(&f.Options, inner) {
				r.unknown(inner, settingNames[:3])
			}
		}
		s.files = append(s.files, f)
	}
}

// option reads a setting that may also be for some files only.
func (r *settingsReader) option(o *Options, m conf.Member) bool {
	switch m.Key {
	case "select":
		o.Select = r.codes(m.Value, "select")
	case "ignore":
		o.Ignore = r.codes(m.Value, "ignore")
	case "severity":
		if !m.Value.Map() {
			r.wrong(m.Value, "severity is a map from codes to severities", "")
		}
		o.Severity = map[string]source.Severity{}
		for _, inner := range m.Value.Members {
			severity, ok := ParseSeverity(inner.Value.Text)
			switch rule, _ := Lookup(inner.Key); {
			case rule == nil:
				r.noCode(inner.KeyPlace, inner.Key)
			case !ok:
				r.wrong(inner.Value, fmt.Sprintf("%q is no severity", inner.Value.Text), "write error, warning, info or none")
			default:
				o.Severity[inner.Key] = severity
			}
		}
	default:
		return false
	}
	return true
}

func (r *settingsReader) codes(n *conf.Node, name string) (codes []string) {
	for _, text := range r.texts(n, name) {
		if Known(text.Text) {
			codes = append(codes, text.Text)
		} else {
			r.noCode(text.Place, text.Text)
		}
	}
	return codes
}

func (r *settingsReader) noCode(place source.Place, name string) {
	hint := "`imjoy explain` lists them"
	if _, near := Lookup(name); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	r.found = append(r.found, ruleSettings.Diagnostic(place, fmt.Sprintf("there is no code or family %q", name), hint))
}

// texts returns the texts of a list, or the one that stands in its place.
func (r *settingsReader) texts(n *conf.Node, name string) (list []*conf.Node) {
	items := []*conf.Node{n}
	if n.List() {
		items = n.Items
	}
	for _, item := range items {
		if _, ok := item.Str(); ok {
			list = append(list, item)
		} else if !item.Null() {
			r.wrong(item, name+" is a list of texts", "")
		}
	}
	return list
}

func (r *settingsReader) unknown(m conf.Member, names []string) {
	hint := "the settings are " + strings.Join(names, ", ")
	if near := source.Nearest(m.Key, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.found = append(r.found, ruleSettings.Diagnostic(m.KeyPlace, fmt.Sprintf("lint has no setting %q", m.Key), hint))
}

// Excludes reports whether a path is not to be looked at when it is found below a
// folder. Paths are relative to the folder of the settings.
func (s *Settings) Excludes(path string) bool {
	return slices.ContainsFunc(s.Exclude, func(p glob.Pattern) bool { return p.Match(path) })
}

// For returns the options for a file: those of all files, changed by the patterns that
// match its path, in their order.
func (s *Settings) For(path string) Options {
	o := s.Options
	for _, f := range s.files {
		if !f.pattern.Match(path) {
			continue
		}
		if f.Select != nil {
			o.Select = f.Select
		}
		o.Ignore = slices.Concat(o.Ignore, f.Ignore)
		o.Severity = mergeSeverities(o.Severity, f.Severity)
	}
	return o
}

func mergeSeverities(maps ...map[string]source.Severity) map[string]source.Severity {
	merged := map[string]source.Severity{}
	for _, m := range maps {
		for code, severity := range m {
			merged[code] = severity
		}
	}
	return merged
}

// ParseSeverity reads the name of a severity.
func ParseSeverity(word string) (source.Severity, bool) {
	for _, s := range []source.Severity{source.None, source.Info, source.Warning, source.Error} {
		if s.String() == word {
			return s, true
		}
	}
	return source.None, false
}

package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// Draft is a workflow to be written.
type Draft struct {
	Name, Description string
	Steps             []DraftStep
}

// DraftStep is a step of a [Draft]. Zero parts are left out.
type DraftStep struct {
	Plugin, Tag, Op, SHA256 string
	Config                  *value.Object
	// Data may hold an [Answer] or [Path] wherever a value can be. Nil: none.
	Data value.Value
}

// Answer stands in the data of a draft for what an earlier step answered; Step counts
// from 0, and -1 is what the workflow works on.
type Answer struct {
	Step int
	Path []string
}

// Path stands in the data of a draft for a file.
type Path string

// Write returns the text of a workflow. Data that is too large or cannot be written is
// left out; notes say so, in sentences.
func Write(d Draft) (text []byte, notes []string) {
	w := &writer{ids: ids(d.Steps)}
	w.line("version: %d", Version)
	if d.Name != "" {
		w.line("name: %s", scalar(d.Name))
	}
	if d.Description != "" {
		w.line("description: %s", scalar(d.Description))
	}
	w.line("steps:")
	for i, s := range d.Steps {
		w.step(i, s)
	}
	return []byte(w.text.String()), w.notes
}

type writer struct {
	text  strings.Builder
	ids   []string
	notes []string
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

func (w *writer) step(i int, s DraftStep) {
	w.line("  - id: %s", w.ids[i])
	w.line("    plugin: %s", scalar(s.Plugin))
	for _, one := range [][2]string{{"tag", s.Tag}, {"op", s.Op}} {
		if one[1] != "" {
			w.line("    %s: %s", one[0], scalar(one[1]))
		}
	}
	if s.Config.Len() > 0 {
		w.value(i, "config", s.Config)
	}
	switch v := s.Data.(type) {
	case nil:
	case Answer:
		w.line("    from: %s", w.reference(v))
	case Path:
		w.line("    file: %s", scalar(string(v)))
	default:
		if list, ok := paths(v); ok {
			w.line("    file: %s", list)
		} else {
			w.value(i, "data", v)
		}
	}
	if s.SHA256 != "" {
		w.line("    sha256: %s", s.SHA256)
	}
}

// paths writes a list of nothing but files.
func paths(v value.Value) (string, bool) {
	list, _ := v.([]any)
	var words []string
	for _, item := range list {
		p, ok := item.(Path)
		if !ok {
			return "", false
		}
		words = append(words, scalar(string(p)))
	}
	return "[" + strings.Join(words, ", ") + "]", len(words) > 0
}

func (w *writer) value(i int, key string, v value.Value) {
	text, err := w.flow(v, key == "data")
	switch {
	case err != nil:
		w.notes = append(w.notes, fmt.Sprintf("the %s of step %s cannot be written: %v", key, w.ids[i], err))
	case len(text) > maxWritten:
		w.notes = append(w.notes, fmt.Sprintf("the %s of step %s is too large for the file: it is given when the workflow is run", key, w.ids[i]))
	default:
		w.line("    %s: %s", key, text)
	}
}

// flow writes a value on one line.
func (w *writer) flow(v value.Value, data bool) (string, error) {
	switch v := v.(type) {
	case Answer:
		return "{from: " + w.reference(v) + "}", nil
	case Path:
		return "{file: " + scalar(string(v)) + "}", nil
	case string:
		return scalar(v), nil
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			var err error
			if parts[i], err = w.flow(item, data); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case *value.Object:
		if v == nil {
			return "null", nil
		}
		parts := []string{}
		for key, item := range v.All() {
			if len(key) > maxKey {
				return "", fmt.Errorf("a key has more than %d bytes", maxKey)
			}
			text, err := w.flow(item, data)
			if err != nil {
				return "", err
			}
			parts = append(parts, scalar(key)+": "+text)
		}
		text := "{" + strings.Join(parts, ", ") + "}"
		if data && len(parts) == 1 && slices.Contains([]string{"from", "file", "literal"}, v.Keys()[0]) {
			text = "{literal: " + text + "}"
		}
		return text, nil
	}
	text, err := value.JSON(v)
	return string(text), err
}

func (w *writer) reference(a Answer) string {
	id := Given
	if a.Step >= 0 && a.Step < len(w.ids) {
		id = w.ids[a.Step]
	}
	text := strings.Join(append([]string{id}, a.Path...), ".")
	return scalar(text)
}

// ids makes an id for each step of what its plugin, or its op, is called.
func ids(steps []DraftStep) []string {
	list := make([]string, 0, len(steps))
	for _, s := range steps {
		name := s.Op
		if name == "" {
			_, file, found := cutLast(s.Plugin, ":")
			if !found || strings.Contains(s.Plugin, "://") {
				_, file, _ = cutLast("/"+strings.ReplaceAll(s.Plugin, `\`, "/"), "/")
			}
			name, _, _ = strings.Cut(strings.TrimSuffix(file, ".imjoy.html"), "@")
		}
		base := idOf(name)
		id := base
		for n := 2; slices.Contains(list, id) || id == Given; n++ {
			id = base + "-" + strconv.Itoa(n)
		}
		list = append(list, id)
	}
	return list
}

func cutLast(text, sep string) (before, after string, found bool) {
	at := strings.LastIndex(text, sep)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(sep):], true
}

var notInID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^a-z0-9_]+`) })

func idOf(name string) string {
	id := strings.Trim(notInID().ReplaceAllString(strings.ToLower(name), "-"), "-")
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		id = strings.TrimSuffix("step-"+id, "-")
	}
	return id[:min(len(id), maxID-4)]
}

// plainScalar is text that YAML reads as itself wherever it stands; everything else is
// written as JSON, which YAML reads too.
var plainScalar = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./@-]*( [A-Za-z0-9_./@-]+)*$`)
})

// otherWords mean something else than text in some YAML.
var otherWords = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "."}

func scalar(text string) string {
	if plainScalar().MatchString(text) && !slices.Contains(otherWords, strings.ToLower(text)) {
		return text
	}
	quoted := conf.Quote(text)
	return unprintable().ReplaceAllStringFunc(quoted, func(c string) string { return fmt.Sprintf(`\u%04x`, []rune(c)[0]) })
}

// unprintable are the characters that YAML has only escaped, and JSON as they are.
var unprintable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]") })

// FileName is what the file of a workflow of this name is called.
func FileName(name string) string {
	words := strings.Trim(notInID().ReplaceAllString(strings.ToLower(name), "-"), "-")
	if words == "" {
		return "workflow.yaml"
	}
	return strings.TrimRight(words[:min(len(words), maxID)], "-") + ".workflow.yaml"
}

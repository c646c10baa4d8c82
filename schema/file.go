package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// fileCheck is the keyword `file`: the value is a file with one of some MIME types,
// one of some extensions, and a size.
type fileCheck struct {
	at     string // the keyword's place in its schema: "file", or "type"
	mimes  []mime
	exts   []string // lower case, with a dot
	sizes  []float64
	min    *float64
	max    *float64
	folder bool
}

func (*fileCheck) name() string { return "file" }

// mime is an entry of `mime`.
type mime struct {
	text string
	re   *pattern // for entries that are neither a type nor type/*
}

// folderType is the MIME type of a folder, as desktops call it.
const folderType = "inode/directory"

func (o *object) file(key string, n *conf.Node) {
	switch {
	case n.Map():
		o.add(o.fileCheck(key, n, fileKeys))
	case n.List() || n.Kind == conf.Number:
		o.report(ruleKeyword, n, fmt.Sprintf("file is an object, not a %s", n.Kind), `write {"ext": [".png"]}, or {} for any file`)
	default: // ImJoy takes false, null and texts for "any file"
		o.add(&fileCheck{at: key})
	}
}

// fileCheck reads the keywords of a file; known are the only ones allowed there.
func (o *object) fileCheck(at string, n *conf.Node, known []string) *fileCheck {
	c := &fileCheck{at: at}
	o.unknownKeys(n, known, "file")
	for _, entry := range o.texts(at, n, "mime") {
		m := mime{text: strings.ToLower(strings.TrimSpace(entry.Text))}
		if !mimeType().MatchString(m.text) {
			if m.re = o.compilePattern(entry.Text, entry); m.re == nil {
				continue
			}
		}
		c.mimes = append(c.mimes, m)
	}
	for _, entry := range o.texts(at, n, "ext") {
		ext := strings.ToLower(strings.TrimSpace(entry.Text))
		if ext == "" {
			o.report(ruleKeyword, entry, "this extension is empty", "")
			continue
		}
		if ext != strings.ToLower(entry.Text) {
			d := o.report(ruleKeyword, entry, "there is a space in this extension; ImJoy finds no such file", "remove the space")
			d.Severity = source.Warning
			d.Fixes = []source.Fix{{Title: "remove the space", Edits: []source.Edit{{Span: entry.Place.Span, New: conf.Quote(strings.TrimSpace(entry.Text))}}}}
		}
		c.exts = append(c.exts, "."+strings.TrimLeft(ext, "*."))
	}
	c.sizes = o.numbers(at, n, "size")
	c.min, c.max = o.limit(at, n, "minSize"), o.limit(at, n, "maxSize")
	if folder := o.rule(at, n, "folder"); folder != nil {
		value, ok := folder.Bool()
		if !ok {
			o.report(ruleKeyword, folder, "folder is true or false", "")
		}
		c.folder = value
	}
	return c
}

// mimeType is compiled when it is first needed.
var mimeType = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\*|[\w.+-]+)/(\*|[\w.+-]+)$`) })

// rule returns a keyword's value and remembers its place; at is the keyword it is in.
func (o *object) rule(at string, n *conf.Node, key string) *conf.Node {
	value := n.Get(key)
	if value == nil || value.Kind == conf.Null || value.Kind == conf.Invalid {
		return nil
	}
	o.rules[o.pointer+"/"+rulePath(at, key)] = value
	return value
}

// rulePath is the pointer from a schema to a rule: beside `type`, or in the keyword.
func rulePath(at, key string) string {
	if at == "type" {
		return key
	}
	return at + "/" + key
}

// texts returns the entries of a list of texts, or the one text.
func (o *object) texts(at string, n *conf.Node, key string) []*conf.Node {
	value := o.rule(at, n, key)
	items := []*conf.Node{value}
	if value.List() {
		items = value.Items
	}
	var out []*conf.Node
	for _, item := range items {
		if item == nil {
			continue
		}
		if _, isText := item.Str(); !isText {
			o.report(ruleKeyword, item, fmt.Sprintf("%s is a text or a list of texts", key), "")
			continue
		}
		out = append(out, item)
	}
	return out
}

func (o *object) numbers(at string, n *conf.Node, key string) (out []float64) {
	value := o.rule(at, n, key)
	if value == nil {
		return nil
	}
	items := []*conf.Node{value}
	if value.List() {
		items = value.Items
	}
	for _, item := range items {
		f, ok := item.Float()
		if !ok || f < 0 {
			o.report(ruleKeyword, item, fmt.Sprintf("%s is a number from 0, or a list of such", key), "")
			continue
		}
		out = append(out, f)
	}
	return out
}

func (o *object) limit(at string, n *conf.Node, key string) *float64 {
	value := o.rule(at, n, key)
	if value == nil {
		return nil
	}
	f, ok := value.Float()
	if !ok || f < 0 {
		o.report(ruleKeyword, value, key+" is a number of bytes", "")
		return nil
	}
	return &f
}

// unknownKeys warns of keys that mean nothing in a keyword of ours.
func (o *object) unknownKeys(n *conf.Node, known []string, keyword string) {
	if known == nil {
		return
	}
	for _, m := range n.Members {
		if slices.Contains(known, m.Key) {
			continue
		}
		hint := "known are " + strings.Join(known, ", ")
		if near := source.Nearest(m.Key, known); near != "" {
			hint = "did you mean " + conf.Quote(near) + "?"
		}
		d := o.report(ruleKeyword, &conf.Node{Place: m.KeyPlace}, fmt.Sprintf("%s has no keyword %s", keyword, conf.Quote(m.Key)), hint)
		d.Severity = source.Warning
	}
}

func (c *fileCheck) test(v any) []fault {
	f, isFile := fileOf(v)
	if !isFile {
		hint := "a file is {\"name\", \"type\", \"size\", \"path\"}"
		return []fault{{keyword: c.at, message: "expected a file, got " + show(v), hint: hint}}
	}
	if c.folder != (f.mime == folderType) {
		if c.folder {
			return []fault{{keyword: rulePath(c.at, "folder"), message: f.name + " is a file, expected a folder"}}
		}
		return []fault{{keyword: c.at, message: f.name + " is a folder, expected a file"}}
	}
	var faults []fault
	add := func(key, format string, args ...any) {
		faults = append(faults, fault{keyword: rulePath(c.at, key), message: fmt.Sprintf(format, args...)})
	}
	if len(c.exts) > 0 && !slices.ContainsFunc(c.exts, func(ext string) bool { return strings.HasSuffix(strings.ToLower(f.name), ext) }) {
		add("ext", "the name %s ends with none of %s", conf.Quote(cut(f.name, 60)), strings.Join(c.exts, ", "))
	}
	if len(c.mimes) > 0 && !slices.ContainsFunc(c.mimes, func(m mime) bool { return m.fits(f.mime) }) {
		is := "is " + f.mime
		if f.mime == "" {
			is = "has no MIME type"
		}
		add("mime", "%s %s, expected %s", f.name, is, orList(mimeTexts(c.mimes)))
	}
	if c.sizes == nil && c.min == nil && c.max == nil {
		return faults
	}
	if f.size < 0 {
		add("size", "the size of %s is not known", f.name)
		return faults
	}
	if len(c.sizes) > 0 && !slices.Contains(c.sizes, f.size) {
		add("size", "%s has %s, expected %s", f.name, byteCount(f.size), orList(mapped(c.sizes, byteCount)))
	}
	if c.min != nil && f.size < *c.min {
		add("minSize", "%s is too small: %s, at least %s", f.name, byteCount(f.size), byteCount(*c.min))
	}
	if c.max != nil && f.size > *c.max {
		add("maxSize", "%s is too large: %s, at most %s", f.name, byteCount(f.size), byteCount(*c.max))
	}
	return faults
}

// fits reports whether a MIME type is what the entry means.
func (m mime) fits(kind string) bool {
	kind = strings.ToLower(kind)
	kind, _, _ = strings.Cut(kind, ";")
	kind = strings.TrimSpace(kind)
	if m.re != nil {
		found, _ := m.re.match(kind)
		return found
	}
	if kind == m.text || m.text == "*/*" {
		return true
	}
	family, any := strings.CutSuffix(m.text, "/*")
	return any && strings.HasPrefix(kind, family+"/")
}

func mimeTexts(list []mime) []string {
	return mapped(list, func(m mime) string { return m.text })
}

// fileValue is what is known of a file; size is -1 when it is not known.
type fileValue struct {
	name, mime string
	size       float64
}

// fileOf recognises a file among plain values.
func fileOf(v any) (f fileValue, ok bool) {
	object, isObject := v.(map[string]any)
	if !isObject {
		return f, false
	}
	name, hasName := object["name"].(string)
	f = fileValue{name: name, size: -1}
	f.mime, _ = object["type"].(string)
	if size, ok := toFloat(object["size"]); ok {
		f.size = size
	}
	if kind, tagged := object["_rtype"]; tagged {
		return f, kind == "file"
	}
	_, hasPath := object["path"].(string)
	return f, hasName && (hasPath || f.size >= 0)
}

// byteCount writes a size for people: "10 MB", and exactly where it is small.
func byteCount(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if whole := n / unit.size; n >= unit.size && whole == float64(int64(whole)) && whole < 10_000 {
			return fmt.Sprintf("%d %s", int64(whole), unit.name)
		}
	}
	switch {
	case n == 1:
		return "1 byte"
	case n < 1e4:
		return fmt.Sprintf("%g bytes", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", n/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", n/1e6)
	}
	return fmt.Sprintf("%.1f GB", n/1e9)
}

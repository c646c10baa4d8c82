package schema

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Description is a schema read aloud.

type Description struct {
	Summary string // of the whole, as a phrase: "an object", "an image file (.png)"
	Rows    []Row  // of the properties, nested ones behind their parents
}

// Row describes one property.

type Row struct {
	Name     string       // "image", "options.size"
	Required bool         // the property must be there
	Text     string       // what it is: "an image file (.png, .tif), at most 10 MB"
	Title    string       // as the author wrote it; may be empty
	Note     string       // the author's description; may be empty
	Default  string       // as JSON; may be empty
	Place    source.Place // of its schema
}

// How much is described: how deep properties and phrases go, and how many there are.

const (
	maxDescribed = 4
	maxRows      = 500
	maxPhrases   = 5_000
)

// Describe reads the schema aloud, for documentation. Texts are plain; they hold

// what authors wrote and must be escaped like that.

func (s *Schema) Describe() Description {
	if s == nil {
		return Description{}
	}
	d := describer{root: s.node}
	if !s.whole {
		d.properties(s.node, "", func(string) bool { return true }, 0)
		return Description{Summary: "an object", Rows: d.rows}
	}
	d.object(s.node, "", 0, s.impliesRequired())
	return Description{Summary: d.phrase(s.node, 0), Rows: d.rows}
}

// impliesRequired reports whether ImJoy's rule makes all properties required.

func (s *Schema) impliesRequired() bool {
	n := s.rules["/required"]
	return n != nil && n == s.node.Get("properties")
}

type describer struct {
	root    *conf.Node
	rows    []Row
	phrases int
}

// object adds the rows of a schema's properties.

func (d *describer) object(n *conf.Node, prefix string, depth int, all bool) {
	n = d.follow(n)
	required, _ := n.Get("required").Strings()
	d.properties(n.Get("properties"), prefix, func(name string) bool {
		for _, r := range required {
			if r == name {
				return true
			}
		}
		return all
	}, depth)
}

func (d *describer) properties(n *conf.Node, prefix string, required func(string) bool, depth int) {
	if depth >= maxDescribed {
		return
	}
	for _, name := range n.Keys() {
		if len(d.rows) >= maxRows {
			return
		}
		value := n.Get(name)
		row := Row{Name: prefix + name, Required: required(name), Text: d.phrase(value, 0), Place: value.Place}
		row.Title, _ = value.Get("title").Str()
		row.Note, _ = value.Get("description").Str()
		if value := value.Get("default"); value != nil {
			text, _ := json.Marshal(value.Plain())
			row.Default = cut(string(text), 80)
		}
		d.rows = append(d.rows, row)
		d.object(value, row.Name+".", depth+1, false)
		if items := d.follow(value).Get("items"); items.Map() {
			d.object(items, row.Name+"[].", depth+1, false)
		}
	}
}

// follow goes along references within the schema.

func (d *describer) follow(n *conf.Node) *conf.Node {
	for range maxDescribed {
		ref, isRef := n.Get("$ref").Str()
		if !isRef {
			return n
		}
		b := builder{root: d.root}
		fragment, local := strings.CutPrefix(ref, "#")
		if !local {
			return nil
		}
		if n = d.root; fragment != "" && fragment != "/" {
			n = b.find(fragment)
		}
	}
	return nil
}

// phrase says what a schema accepts.

func (d *describer) phrase(n *conf.Node, depth int) string {
	n = d.follow(n)
	if d.phrases++; n == nil || depth > maxDescribed || d.phrases > maxPhrases {
		return "a value"
	}
	if n.Kind == conf.Bool {
		if yes, _ := n.Bool(); !yes {
			return "nothing"
		}
	}
	if !n.Map() {
		return "anything"
	}
	parts := d.kinds(n, depth)
	for _, key := range []string{"anyOf", "oneOf"} {
		if list := n.Get(key); list.List() {
			var forms []string
			for _, item := range list.Items {
				forms = append(forms, d.phrase(item, depth+1))
			}
			parts = append(parts, orList(unique(forms)))
		}
	}
	if list := n.Get("allOf"); list.List() {
		for _, item := range list.Items {
			parts = append(parts, d.phrase(item, depth+1))
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(unique(parts), ", and ")
	case n.Get("properties").Map():
		return "an object"
	case n.Get("pattern") != nil:
		return "a text" + textLimits(n)
	}
	return "anything"
}

// kinds says what the keywords of one schema itself mean.

func (d *describer) kinds(n *conf.Node, depth int) []string {
	if value := n.Get("const"); value != nil {
		return []string{showPlain(value.Plain())}
	}
	if list := n.Get("enum"); list.List() {
		var values []string
		for i, item := range list.Items {
			if i == 20 {
				values = append(values, fmt.Sprintf("one of %d more", len(list.Items)-i))
				break
			}
			values = append(values, showPlain(item.Plain()))
		}
		return []string{orList(values)}
	}
	names, _ := n.Get("type").Strings()
	var forms []string
	for _, name := range names {
		forms = append(forms, d.kind(name, n, depth))
	}
	var parts []string
	if len(forms) > 0 {
		parts = append(parts, orList(forms))
	}
	o := object{builder: newBuilder(n), out: map[string]any{}}
	if file := n.Get("file"); file != nil {
		parts = append(parts, o.fileCheck("file", file, nil).phrase())
	}
	if array := n.Get("ndarray"); array != nil {
		parts = append(parts, o.ndarrayCheck("ndarray", array, nil).phrase())
	}
	if address := n.Get("url"); address != nil {
		parts = append(parts, o.urlCheck("url", address).phrase())
	}
	return parts
}

// kind says what a type with the keywords beside it means.

func (d *describer) kind(name string, n *conf.Node, depth int) string {
	o := object{builder: newBuilder(n), out: map[string]any{}}
	switch name {
	case "string":
		return "a text" + textLimits(n)
	case "number", "integer":
		return typeWords[name] + numberLimits(n)
	case "array":
		return d.listPhrase(n, depth)
	case "file":
		return o.fileCheck("type", n, nil).phrase()
	case "ndarray":
		return o.ndarrayCheck("type", n, nil).phrase()
	case "url":
		return o.urlCheck("type", n).phrase()
	}
	if word := typeWords[name]; word != "" {
		return word
	}
	return name
}

func (d *describer) listPhrase(n *conf.Node, depth int) string {
	text := "a list"
	switch items := n.Get("items"); {
	case items.Map():
		if of := d.phrase(items, depth+1); of != "anything" {
			text += ", each " + of
		}
	case items.List():
		var parts []string
		for _, item := range items.Items {
			parts = append(parts, d.phrase(item, depth+1))
		}
		text += " of " + strings.Join(parts, ", then ")
	}
	if count := countLimits(n, "minItems", "maxItems", "item", "items"); count != "" {
		text += ", " + count
	}
	return text
}

func (c *fileCheck) phrase() string {
	text := "a file"
	if c.folder {
		text = "a folder"
	}
	families := map[string]bool{}
	for _, m := range c.mimes {
		family, _, _ := strings.Cut(m.text, "/")
		families[family] = true
	}
	for family, noun := range map[string]string{"image": "an image file", "text": "a text file", "audio": "an audio file", "video": "a video file"} {
		if len(families) == 1 && families[family] && !c.folder {
			text = noun
		}
	}
	switch {
	case len(c.exts) > 0:
		text += " (" + strings.Join(c.exts, ", ") + ")"
	case len(c.mimes) > 0 && text == "a file" || len(c.mimes) > 0 && !strings.HasSuffix(c.mimes[0].text, "/*"):
		text += " (" + strings.Join(mimeTexts(c.mimes), ", ") + ")"
	}
	if len(c.sizes) > 0 {
		text += ", of " + orList(mapped(c.sizes, byteCount))
	}
	if c.min != nil {
		text += ", at least " + byteCount(*c.min)
	}
	if c.max != nil {
		text += ", at most " + byteCount(*c.max)
	}
	return text
}

func (c *ndarrayCheck) phrase() string {
	text := "an array"
	if len(c.dtypes) > 0 {
		text = "a " + orList(c.dtypes) + " array"
		if c.dtypes[0][0] == 'i' {
			text = "an" + text[1:]
		}
	}
	switch {
	case c.shape != nil:
		text += " of shape " + shapeText(c.shape)
	case len(c.ndims) == 1:
		text += " with " + axesCount(c.ndims[0])
	case len(c.ndims) > 1:
		text += " with " + orList(mapped(c.ndims, func(n int) string { return fmt.Sprint(n) })) + " axes"
	}
	if c.axes != nil {
		text += " (" + axesText(c.axes) + ")"
	}
	return text
}

func (c *urlCheck) phrase() string {
	if len(c.extensions) == 0 {
		return "a URL"
	}
	return "a URL ending with " + orList(c.extensions)
}

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, text := range list {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

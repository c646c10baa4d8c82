package freeze

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// Record is the name of the attachment that tells what a frozen file holds.
const Record = "imjoy-freeze.json"

// PluginPrefix begins the names of attachments with the plugins that the file depends
// on; what follows is the plugin's name. They are base64: a document inside another
// would end it.
const PluginPrefix = "imjoy-freeze/"

// Frozen is what the attachment [Record] says.
type Frozen struct {
	Version int    `json:"version"`
	Source  string `json:"source"` // SHA-256 of the file before
	Parts   []Part `json:"parts"`
	// Wheels are the Python packages that were kept beside the file.
	Wheels *Wheels `json:"wheels,omitempty"`
}

// plugins puts the plugins that this one depends on into attachments.
func (f *freezer) plugins() {
	var wants []string
	for _, plan := range f.plans {
		for _, d := range plan.Dependencies {
			wants = append(wants, d.Address.String())
		}
	}
	if len(wants) == 0 || f.alreadyThere() {
		return
	}
	place := f.plans[0].Dependencies
	if f.o.Plugins == nil || len(place) == 0 {
		return
	}
	list, err := f.o.Plugins(f.ctx)
	if err != nil {
		f.failed(strings.Join(wants, ", "), err, place[0].Place)
		return
	}
	slices.SortFunc(list, func(a, b Plugin) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range list {
		sum := sha256.Sum256(p.Text)
		f.parts = append(f.parts, Part{Kind: "plugin", URL: p.Name, From: p.Origin, SHA256: hex.EncodeToString(sum[:]), Size: len(p.Text), Text: p.Text})
		f.insertEnd(attachment(PluginPrefix+p.Name, wrapped(base64.StdEncoding.EncodeToString(p.Text), f.eol()), f.eol()))
	}
}

func (f *freezer) alreadyThere() bool {
	return slices.ContainsFunc(f.doc.All(pluginfile.AttachmentBlock), func(b *pluginfile.Block) bool { return strings.HasPrefix(b.Name(), PluginPrefix) })
}

func (f *freezer) attachment(name string) *pluginfile.Block {
	for _, b := range f.doc.All(pluginfile.AttachmentBlock) {
		if b.Name() == name {
			return b
		}
	}
	return nil
}

// escaper writes what ImJoy's parser reads in attributes: these four and no others.
var escaper = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")

func attachment(name, text, eol string) string {
	return fmt.Sprintf("<attachment name=\"%s\">%s%s%s</attachment>", escaper.Replace(name), eol, text, eol)
}

func wrapped(text, eol string) string {
	var b strings.Builder
	for len(text) > 100 {
		b.WriteString(text[:100] + eol)
		text = text[100:]
	}
	b.WriteString(text)
	return b.String()
}

func (f *freezer) insertEnd(block string) { f.insert("", block+f.eol()) }

// record writes the attachment that tells what was put in; a file that was frozen
// before keeps what it said.
func (f *freezer) record() {
	sum := sha256.Sum256(f.doc.Source.Text)
	frozen := Frozen{Version: 1, Source: hex.EncodeToString(sum[:])}
	old := f.attachment(Record)
	if old != nil {
		_ = json.Unmarshal([]byte(old.Body().Text), &frozen)
	}
	frozen.Parts = append(slices.Clone(frozen.Parts), f.parts...)
	if frozen.Parts == nil {
		frozen.Parts = []Part{}
	}
	if f.wheels != nil {
		frozen.Wheels = f.wheels
	}
	var text bytes.Buffer
	w := json.NewEncoder(&text) // it writes "<" so that no tag can stand in the text
	w.SetIndent("", "  ")
	_ = w.Encode(frozen)
	body := strings.ReplaceAll(strings.TrimSpace(text.String()), "\n", f.eol())
	if old != nil {
		f.edit(old.Inner, f.eol()+body+f.eol())
		return
	}
	f.insertEnd(attachment(Record, body, f.eol()))
}

// Embedded returns the document of a plugin that a frozen file holds, by its name.
func Embedded(doc *pluginfile.Document, name string) ([]byte, bool) {
	for _, b := range doc.All(pluginfile.AttachmentBlock) {
		if b.Name() != PluginPrefix+name {
			continue
		}
		text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(b.Body().Text), ""))
		return text, err == nil
	}
	return nil, false
}

package pluginfile

import (
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Kind is the name of a block as written in its start tag. Names are
// case-sensitive: "Config" is not Config (format notes, section 1.3).
type Kind string

// The blocks of an ImJoy plugin, and the two that Hypha adds.
const (
	ConfigBlock     Kind = "config"
	ScriptBlock     Kind = "script"
	WindowBlock     Kind = "window"
	StyleBlock      Kind = "style"
	DocsBlock       Kind = "docs"
	AttachmentBlock Kind = "attachment"
	LinkBlock       Kind = "link"
	FileBlock       Kind = "file"     // Hypha
	ManifestBlock   Kind = "manifest" // Hypha
)

// Document is the text of one plugin: its blocks in file order, its config, and
// every place in it. It is immutable and safe for concurrent use.
type Document struct {
	Source *source.Source

	// Blocks is what ImJoy's own parser answers, quirks included.
	Blocks []*Block
	// Recovered is what a careful reader sees. It is the same slice as Blocks
	// unless ImJoy loses content; each difference is an error diagnostic.
	Recovered []*Block

	// Config is the first config block of Recovered, typed; never nil (a document
	// without a config has an empty one whose Block is nil).
	Config *Config
}

// Block is one top-level element.
type Block struct {
	Kind       Kind
	Attrs      []Attr
	Source     *source.Source
	Span       source.Span // from "<" of the start tag to ">" of the end tag
	Tag        source.Span // the start tag alone
	Inner      source.Span // the raw text between the tags
	SelfClosed bool        // <link ... />: there is no inner text
	Closed     bool        // its own end tag was found

	once sync.Once
	body *source.Excerpt
}

// Attr is one attribute of a start tag. Later attributes of the same name win.
type Attr struct {
	Name      string
	Value     string // entities decoded; "" when missing
	HasValue  bool   // false for `name` alone
	Span      source.Span
	NameSpan  source.Span
	ValueSpan source.Span // without quotes; empty when missing
}

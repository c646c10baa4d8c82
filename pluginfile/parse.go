package pluginfile

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Parse reads the text of a plugin; name is what messages call it. It always
// answers a document, however broken the text, and the diagnostics in the order of
// their places. The text is kept, not copied, and must not change.
func Parse(name string, text []byte) (*Document, []source.Diagnostic) {
	doc := &Document{Source: source.New(name, text), Config: &Config{}}
	diagnostics := checkText(doc.Source)
	if len(text) > MaxFileBytes {
		return doc, diagnostics
	}
	diagnostics = append(diagnostics, doc.split()...)
	diagnostics = append(diagnostics, doc.checkBlocks()...)
	config, found := readConfig(doc)
	doc.Config = config
	if len(doc.Recovered) == 0 && len(diagnostics) > 0 && diagnostics[0].Code == ruleEncoding.Code {
		return doc, diagnostics[:1] // the rest only follows from it
	}
	return doc, tidy(append(diagnostics, found...))
}

// split finds the blocks, as the original does and as a careful reader would.
func (d *Document) split() []source.Diagnostic {
	original, doubt := readBlocks(d.Source)
	d.Blocks, d.Recovered = original.blocks, original.blocks
	diagnostics, stray := original.diagnostics, original.stray
	if doubt >= 0 {
		c := recoverBlocks(d.Source, original, doubt)
		diagnostics, stray = append(diagnostics, c.diagnostics...), c.stray
		if !slices.Equal(c.blocks, d.Blocks) {
			d.Recovered = c.blocks
		}
	}
	for _, span := range stray {
		diagnostics = append(diagnostics, ruleStrayText.Diagnostic(d.Source.Place(span),
			"text outside of blocks is ignored", "put it into a comment, <!-- like this -->, or into a block"))
	}
	return diagnostics
}

// tidy sorts diagnostics and drops those that both readers reported.
func tidy(list []source.Diagnostic) []source.Diagnostic {
	source.Sort(list)
	return slices.CompactFunc(list, func(a, b source.Diagnostic) bool {
		return a.Code == b.Code && a.Place == b.Place && a.Message == b.Message
	})
}

// Ambiguous reports whether a careful reader sees other blocks than ImJoy does. At
// least one error diagnostic says why.
func (d *Document) Ambiguous() bool { return !slices.Equal(d.Blocks, d.Recovered) }

// First returns the first block of a kind that ImJoy sees, or nil.
func (d *Document) First(kind Kind) *Block { return First(d.Blocks, kind) }

// All returns the blocks of a kind that ImJoy sees, in file order.
func (d *Document) All(kind Kind) []*Block { return All(d.Blocks, kind) }

// First returns the first block of a kind in a list of blocks, or nil.
func First(blocks []*Block, kind Kind) *Block {
	for _, b := range blocks {
		if b.Kind == kind {
			return b
		}
	}
	return nil
}

// All returns the blocks of a kind in a list of blocks.
func All(blocks []*Block, kind Kind) (list []*Block) {
	for _, b := range blocks {
		if b.Kind == kind {
			list = append(list, b)
		}
	}
	return list
}

// Blocking returns the error diagnostics of reading: those that say that a plugin's
// text is lost, ambiguous or not what it seems. While there are any, a plugin must
// not be planned, installed or run. Diagnostics of other packages, such as lint's,
// are not among them.
func Blocking(diagnostics []source.Diagnostic) (list []source.Diagnostic) {
	for _, d := range diagnostics {
		if d.Severity == source.Error && readingCodes[d.Code] {
			list = append(list, d)
		}
	}
	return list
}

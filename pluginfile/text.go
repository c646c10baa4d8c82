package pluginfile

import (
	"io"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Text returns the text of the document, byte for byte as it was read. It must not
// be modified; [Document.Edit] makes a changed copy.
func (d *Document) Text() []byte { return d.Source.Text }

// WriteTo writes the text of the document, byte for byte as it was read.
func (d *Document) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(d.Source.Text)
	return int64(n), err
}

var _ io.WriterTo = (*Document)(nil)

// Edit returns the text with edits made; every byte outside of them stays. It fails
// when edits overlap or lie outside of the text.
func (d *Document) Edit(edits ...source.Edit) ([]byte, error) {
	return source.Apply(d.Source.Text, edits)
}

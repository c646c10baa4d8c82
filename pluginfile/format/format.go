package format

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Options choose what else is laid out. The zero value leaves scripts as they are.
type Options struct {
	// Script returns the new text of a script block; ok is false to leave it. The text
	// is the de-indented one, and so is the answer.
	Script func(b *pluginfile.Block) (text string, ok bool)
}

// Broken is why a file cannot be formatted: errors of reading, which say that text is
// lost or in doubt.
type Broken struct{ Faults []source.Diagnostic }

func (e *Broken) Error() string {
	return fmt.Sprintf("the file has errors: %s", e.Faults[0].Message)
}

// errChanged is a layout that would have meant something else. No text is known for
// which that happens; if there is one, it stays as it is.
var errChanged = errors.New("the file would mean something else afterwards, so it is left alone")

// Format returns the text of a plugin in its layout; an app of Hypha without a config block
// stays as it is. The error is a *[Broken] for a file
// that cannot be read without doubt.
func Format(name string, text []byte, o Options) ([]byte, error) {
	doc, parsed := pluginfile.Parse(name, text)
	if ofHypha(doc) {
		return text, nil
	}
	if faults := pluginfile.Blocking(parsed); len(faults) > 0 {
		return nil, &Broken{faults}
	}
	if doc.Ambiguous() || len(doc.Blocks) == 0 {
		return text, nil
	}
	p := &printer{doc: doc, eol: lineEnding(text), options: o, changed: map[int]string{}}
	out := p.print()
	err := p.verify(out)
	if err != nil && doc.Config.Lang == "yaml" {
		p = &printer{doc: doc, eol: p.eol, options: o, changed: map[int]string{}, keepLineEnds: true}
		out = p.print()
		err = p.verify(out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ofHypha reports whether a file is an app of Hypha only: its fields stand in a manifest
// block, whose layout is not ours.
func ofHypha(doc *pluginfile.Document) bool {
	return pluginfile.First(doc.Recovered, pluginfile.ConfigBlock) == nil && pluginfile.First(doc.Recovered, pluginfile.ManifestBlock) != nil
}

// lineEnding is how most lines of a text end.
func lineEnding(text []byte) string {
	if crlf := bytes.Count(text, []byte("\r\n")); crlf > 0 && 2*crlf > bytes.Count(text, []byte("\n")) {
		return "\r\n"
	}
	return "\n"
}

// printer writes one document.
type printer struct {
	doc     *pluginfile.Document
	eol     string
	options Options
	out     bytes.Buffer
	changed map[int]string // new texts of scripts, by the number of their block

	keepLineEnds bool // white space at the ends of a YAML config's lines is part of its values
}

func (p *printer) print() []byte {
	src := p.doc.Source
	at := 0
	if bytes.HasPrefix(src.Text, []byte("\uFEFF")) {
		p.out.WriteString("\uFEFF")
		at = len("\uFEFF")
	}
	for i, b := range p.doc.Blocks {
		p.gap(string(src.Text[at:b.Span.Start]), i == 0, false)
		p.block(i, b)
		at = b.Span.End
	}
	p.gap(string(src.Text[at:]), false, true)
	return p.out.Bytes()
}

// gap writes what stands between two blocks: comments, and text that nobody reads. What
// touches a block goes on touching it.
func (p *printer) gap(text string, first, last bool) {
	content := strings.TrimSpace(text)
	if content == "" {
		switch {
		case last:
			p.out.WriteString(p.eol)
		case !first:
			p.out.WriteString(p.eol + p.eol)
		}
		return
	}
	start := strings.Index(text, content)
	p.space(text[:start], first)
	p.out.WriteString(p.trimLines(content))
	if last {
		p.out.WriteString(p.eol)
		return
	}
	p.space(text[start+len(content):], false)
}

// space writes what separates a comment from a block: nothing on one line, a line break
// where there was one, and else a blank line.
func (p *printer) space(was string, first bool) {
	switch lines := strings.Count(was, "\n"); {
	case first:
	case lines == 0 && was == "":
	case lines == 0:
		p.out.WriteString(" ")
	case lines == 1:
		p.out.WriteString(p.eol)
	default:
		p.out.WriteString(p.eol + p.eol)
	}
}

// trimLines takes the white space off the ends of lines.
func (p *printer) trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		cut := strings.TrimRight(line, " \t\r")
		if i < len(lines)-1 && strings.HasSuffix(line, "\r") {
			cut += "\r"
		}
		lines[i] = cut
	}
	return strings.Join(lines, "\n")
}

func (p *printer) block(i int, b *pluginfile.Block) {
	src := b.Source
	inner := string(src.Slice(b.Inner))
	switch {
	case b.SelfClosed:
	case b == p.doc.Config.Block:
		if text, ok := p.config(b); ok {
			inner = text
		}
	case b.Kind == pluginfile.StyleBlock:
		inner = p.trimLines(inner)
	case b.Kind == pluginfile.WindowBlock && !keepsSpace(inner):
		inner = p.trimLines(inner)
	case b.Kind == pluginfile.ScriptBlock && p.options.Script != nil:
		if text, ok := p.options.Script(b); ok {
			text = strings.TrimRight(text, "\n")
			p.changed[i] = "\n" + text + "\n"
			inner = p.eol + strings.ReplaceAll(text, "\n", p.eol) + p.eol
		}
	}
	p.out.Write(src.Text[b.Span.Start:b.Inner.Start])
	p.out.WriteString(inner)
	p.out.Write(src.Text[b.Inner.End:b.Span.End])
}

// keepsSpace reports whether a window has elements that show white space as it is.
func keepsSpace(html string) bool {
	lower := strings.ToLower(html)
	return strings.Contains(lower, "<pre") || strings.Contains(lower, "<textarea") || strings.Contains(lower, "white-space") || strings.Contains(lower, "<script")
}

// verify reads the new text and compares what it means.
func (p *printer) verify(out []byte) error {
	again, parsed := pluginfile.Parse(p.doc.Source.Name, out)
	if len(pluginfile.Blocking(parsed)) > 0 || len(again.Blocks) != len(p.doc.Blocks) {
		return errChanged
	}
	for i, b := range p.doc.Blocks {
		if !p.same(i, b, again.Blocks[i]) {
			return errChanged
		}
	}
	if !reflect.DeepEqual(p.doc.Config.Root.Plain(), again.Config.Root.Plain()) {
		return errChanged
	}
	return nil
}

func (p *printer) same(i int, b, now *pluginfile.Block) bool {
	if b.Kind != now.Kind || !bytes.Equal(b.Source.Slice(b.Tag), now.Source.Slice(now.Tag)) {
		return false
	}
	if text, ok := p.changed[i]; ok {
		return strings.TrimRight(now.Body().Text, "\n") == strings.TrimRight(text, "\n")
	}
	switch b.Kind {
	case pluginfile.ConfigBlock:
		return true // its values are compared
	case pluginfile.StyleBlock, pluginfile.WindowBlock:
		return p.trimLines(string(b.Source.Slice(b.Inner))) == p.trimLines(string(now.Source.Slice(now.Inner)))
	}
	return bytes.Equal(b.Source.Slice(b.Inner), now.Source.Slice(now.Inner))
}

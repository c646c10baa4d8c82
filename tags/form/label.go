package form

import (
	"html"
	"slices"
	"strings"

	htmltoken "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// labeler walks the markup from the first piece to the last, as somebody reads it.
type labeler struct {
	p    *parser
	line strings.Builder // text since the last field or line break
	last *Field          // the last field on this line
	open []string        // HTML elements that are open, outermost first
}

// labels finds for each field what the form says before and behind it, and reports
// fields that ImJoy cannot show because they stand inside another HTML element.
func (p *parser) labels() {
	l := labeler{p: p}
	for _, piece := range p.form.Markup {
		if piece.Field < 0 {
			l.html(piece.HTML)
			continue
		}
		l.field(&p.form.Fields[piece.Field])
	}
	l.lineBreak()
	for i := range p.form.Fields {
		f := &p.form.Fields[i]
		if f.Label == "" {
			f.Label = f.ID
		}
	}
}

func (l *labeler) field(f *Field) {
	if text := clean(l.line.String()); f.Label == "" {
		f.Label = text
	}
	l.line.Reset()
	l.last = f
	if len(l.open) > 0 {
		l.p.report(ruleUnportable, f.Place,
			"ImJoy cannot show an element inside <"+l.open[len(l.open)-1]+"> and shows no form at all",
			"close the tag before the element")
	}
}

func (l *labeler) lineBreak() {
	if l.last != nil {
		l.last.After = clean(l.line.String())
		if l.last.Label == "" {
			l.last.Label, l.last.After = l.last.After, ""
		}
	}
	l.last = nil
	l.line.Reset()
}

// html reads a piece of markup: its text, its line breaks, what stays open.
func (l *labeler) html(markup string) {
	if strings.IndexByte(markup, '<') < 0 {
		l.line.WriteString(html.UnescapeString(markup))
		return
	}
	tokens := htmltoken.NewTokenizer(strings.NewReader(markup))
	for {
		switch kind := tokens.Next(); kind {
		case htmltoken.ErrorToken:
			return
		case htmltoken.TextToken:
			l.line.WriteString(html.UnescapeString(string(tokens.Raw())))
		case htmltoken.StartTagToken, htmltoken.SelfClosingTagToken, htmltoken.EndTagToken:
			raw, _ := tokens.TagName()
			name := string(raw)
			if !isInline(name) {
				l.lineBreak()
			}
			switch {
			case kind == htmltoken.EndTagToken:
				if i := slices.Index(l.open, name); i >= 0 {
					l.open = l.open[:i]
				}
			case kind == htmltoken.StartTagToken && !isVoid(name) && len(l.open) < maxDepth:
				l.open = append(l.open, name)
			}
		}
	}
}

// isVoid reports whether an HTML element never has content.
func isVoid(name string) bool {
	switch atom.Lookup([]byte(name)) {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Wbr, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Link, atom.Meta, atom.Source, atom.Track:
		return true
	}
	return false
}

// isInline reports whether an HTML element stands within a line of text.
func isInline(name string) bool {
	switch atom.Lookup([]byte(name)) {
	case atom.A, atom.B, atom.I, atom.U, atom.S, atom.Em, atom.Strong, atom.Small, atom.Span, atom.Code, atom.Kbd, atom.Sub, atom.Sup,
		atom.Font, atom.Label, atom.Mark, atom.Img, atom.Wbr, atom.Abbr, atom.Q, atom.Var, atom.Samp, atom.Tt, atom.Big:
		return true
	}
	return false
}

// clean makes a label of a line of text.
func clean(line string) string {
	line = strings.Join(strings.Fields(line), " ")
	return strings.TrimSpace(strings.TrimRight(line, " :=："))
}

// display decodes a text that ImJoy shows as HTML: a label, a prefix.
func display(n *conf.Node) string {
	if n == nil || n.Kind == conf.Null {
		return ""
	}
	return strings.TrimSpace(html.UnescapeString(printed(n)))
}

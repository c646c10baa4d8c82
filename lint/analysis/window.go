package analysis

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Window is what a window block consists of. Spans are offsets into its body.
type Window struct {
	Block   *pluginfile.Block
	Roots   []Root    // in order, without white space
	Scripts []Element // <script> elements, at any depth
	Loads   []Literal // addresses of scripts, style sheets and frames that elements load
	Images  []Literal // other addresses that elements show: images, sounds
	Near    []Literal // relative addresses that elements show or load, at their start tags
	Labels  []Literal // ids that labels are for
	IDs     []Literal // values of id attributes
	Strays  []Literal // end tags that end nothing
	Open    []Literal // start tags of elements that are never closed and must be
}

// Place returns where a span of the window's text stands in the file.
func (w *Window) Place(span source.Span) source.Place { return w.Block.Body().Place(span) }

// Root is one node on the top level of a window.
type Root struct {
	Name string // of the element; "" for text and comments
	Span source.Span
	Kind RootKind
}

// RootKind is what a root is.
type RootKind int

// The kinds of roots.
const (
	ElementRoot RootKind = iota
	TextRoot
	CommentRoot
)

// Element is the start tag of an element.
type Element struct {
	Span  source.Span
	Attrs map[string]string
}

// readWindow reads the HTML of a window as a browser reads a template.
func readWindow(b *pluginfile.Block) *Window {
	r := &windowReader{window: &Window{Block: b}, tokens: html.NewTokenizer(strings.NewReader(b.Body().Text)), count: map[string]int{}}
	for r.next() {
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		r.unclosed(i)
	}
	for i := range r.window.Roots { // a root that is never closed goes on to the end
		if root := &r.window.Roots[i]; root.Span.End < root.Span.Start {
			root.Span.End = r.end
		}
	}
	return r.window
}

type windowReader struct {
	window *Window
	tokens *html.Tokenizer
	start  int // of the current token
	end    int
	open   []string       // names of open elements
	tags   []source.Span  // their start tags
	count  map[string]int // how many of them have a name, so that stray end tags cost nothing
}

func (r *windowReader) next() bool {
	kind := r.tokens.Next()
	r.start = r.end
	r.end += len(r.tokens.Raw())
	switch kind {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if raw := r.tokens.Raw(); len(r.open) == 0 && len(strings.TrimSpace(string(raw))) > 0 {
			lead := len(raw) - len(strings.TrimLeft(string(raw), " \t\r\n\f"))
			r.root(Root{Kind: TextRoot, Span: source.Span{Start: r.start + lead, End: r.start + len(strings.TrimRight(string(raw), " \t\r\n\f"))}})
		}
	case html.CommentToken:
		if len(r.open) == 0 {
			r.root(Root{Kind: CommentRoot, Span: source.Span{Start: r.start, End: r.end}})
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		r.element(r.tokens.Token())
	case html.EndTagToken:
		if name := r.tokens.Token().Data; r.count[name] == 0 && !implied[atom.Lookup([]byte(name))] {
			r.window.Strays = add(r.window.Strays, Literal{name, source.Span{Start: r.start, End: r.end}})
		} else {
			r.close(name, r.end)
		}
	}
	return true
}

func (r *windowReader) root(root Root) {
	r.window.Roots = add(r.window.Roots, root)
}

func (r *windowReader) element(t html.Token) {
	if t.DataAtom == atom.Html || t.DataAtom == atom.Head || t.DataAtom == atom.Body {
		return // a template drops these tags and keeps what is in them
	}
	if n := len(r.open); n > 0 && r.open[n-1] == "p" && closesParagraph[t.DataAtom] {
		r.close("p", r.start)
	}
	r.note(t)
	if len(r.open) == 0 {
		r.root(Root{Name: t.Data, Span: source.Span{Start: r.start, End: -1}})
		if t.Type == html.SelfClosingTagToken && t.DataAtom == atom.Svg {
			r.finish(r.end)
			return
		}
	}
	if void[t.DataAtom] {
		if len(r.open) == 0 {
			r.finish(r.end)
		}
		return
	}
	if t.Type == html.SelfClosingTagToken && foreign(r.open) {
		return
	}
	r.open = append(r.open, t.Data)
	r.tags = append(r.tags, source.Span{Start: r.start, End: r.end})
	r.count[t.Data]++
}

// finish ends the last root, unless it has ended.
func (r *windowReader) finish(end int) {
	if n := len(r.window.Roots); n > 0 && r.window.Roots[n-1].Span.End < 0 {
		r.window.Roots[n-1].Span.End = end
	}
}

// close ends the nearest open element of a name, and those in it.
func (r *windowReader) close(name string, end int) {
	for closed := r.count[name] == 0; !closed; {
		last := r.open[len(r.open)-1]
		if closed = last == name; !closed {
			r.unclosed(len(r.open) - 1)
		}
		r.open, r.tags = r.open[:len(r.open)-1], r.tags[:len(r.tags)-1]
		r.count[last]--
		if len(r.open) == 0 {
			r.finish(end)
		}
	}
}

// unclosed notes an open element that something else ends, unless HTML says that its
// end tag may be left away.
func (r *windowReader) unclosed(i int) {
	if name := r.open[i]; !optional[atom.Lookup([]byte(name))] {
		r.window.Open = add(r.window.Open, Literal{name, r.tags[i]})
	}
}

// foreign reports whether the innermost elements are drawings or formulas, in which a
// slash closes any element.
func foreign(open []string) bool {
	return slices.Contains(open, "svg") || slices.Contains(open, "math")
}

// note keeps what rules ask about an element.
func (r *windowReader) note(t html.Token) {
	span := source.Span{Start: r.start, End: r.end}
	attrs := make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		attrs[a.Key] = a.Val
	}
	if t.DataAtom == atom.Script {
		r.window.Scripts = add(r.window.Scripts, Element{Span: span, Attrs: attrs})
	}
	if id := attrs["id"]; id != "" {
		r.window.IDs = add(r.window.IDs, Literal{id, span})
	}
	if id := attrs["for"]; id != "" && t.DataAtom == atom.Label {
		r.window.Labels = add(r.window.Labels, Literal{id, span})
	}
	switch t.DataAtom {
	case atom.Link:
		r.load(&r.window.Loads, attrs["href"], span)
	case atom.Script, atom.Iframe, atom.Embed:
		r.load(&r.window.Loads, attrs["src"], span)
	default:
		r.load(&r.window.Images, attrs["src"], span)
	}
}

func (r *windowReader) load(list *[]Literal, address string, span source.Span) {
	if looksLikeURL(address) {
		*list = add(*list, Literal{address, span})
	} else if isRelative(address) {
		r.window.Near = add(r.window.Near, Literal{address, span})
	}
}

// isRelative reports whether an address is that of a file beside the page: one without a
// scheme, a host or a root, and without braces that scripts fill.
func isRelative(address string) bool {
	address = strings.TrimSpace(address)
	if address == "" || strings.ContainsAny(address[:1], "#/?") || strings.ContainsAny(address, "{}$<> ") {
		return false
	}
	before, _, scheme := strings.Cut(address, ":")
	return !scheme || strings.ContainsAny(before, "/.")
}

var void = atoms(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr)

// implied are end tags that mean something, or nothing at all, without a start tag.
var implied = atoms(atom.P, atom.Br, atom.Html, atom.Head, atom.Body)

// optional are elements whose end tags may be left away.
var optional = atoms(atom.P, atom.Li, atom.Dt, atom.Dd, atom.Option, atom.Optgroup, atom.Tr, atom.Td, atom.Th, atom.Thead, atom.Tbody, atom.Tfoot,
	atom.Colgroup, atom.Caption, atom.Html, atom.Head, atom.Body, atom.Rt, atom.Rp)

// closesParagraph are elements before which a browser ends an open <p>.
var closesParagraph = atoms(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Details, atom.Div, atom.Dl, atom.Fieldset, atom.Figure,
	atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Pre,
	atom.Section, atom.Table, atom.Ul)

func atoms(list ...atom.Atom) map[atom.Atom]bool {
	set := make(map[atom.Atom]bool, len(list))
	for _, a := range list {
		set[a] = true
	}
	return set
}

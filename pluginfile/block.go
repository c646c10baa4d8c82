package pluginfile

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Body returns the text of the block without its indentation, as ImJoy hands it to
// an interpreter; it maps back to the file. It is made on first use. A self-closed
// block has an empty one.
func (b *Block) Body() *source.Excerpt {
	b.once.Do(func() { b.body = source.Cut(b.Source, b.Inner, indentation(b.Source.Text, b.Inner)) })
	return b.body
}

// Attr returns the last attribute of that name. A missing and an empty value are
// the same to ImJoy, and so they are here: ok is false for `tag`, for `tag=""` and
// for no tag at all. The first two still return the attribute, so that its place
// can be shown; without any, the zero Attr is returned.
func (b *Block) Attr(name string) (attr Attr, ok bool) {
	for i := len(b.Attrs) - 1; i >= 0; i-- {
		if b.Attrs[i].Name == name {
			return b.Attrs[i], b.Attrs[i].Value != ""
		}
	}
	return Attr{}, false
}

// Value returns the value of the last attribute of that name, or "".
func (b *Block) Value(name string) string {
	attr, _ := b.Attr(name)
	return attr.Value
}

// Lang returns the language the block says it is written in, as written, or "".
func (b *Block) Lang() string { return b.Value("lang") }

// Name returns the block's name attribute (attachments have one), or "".
func (b *Block) Name() string { return b.Value("name") }

// Place returns where the whole block stands.
func (b *Block) Place() source.Place { return b.Source.Place(b.Span) }

// TagPlace returns where its start tag stands.
func (b *Block) TagPlace() source.Place { return b.Source.Place(b.Tag) }

// Place returns where an attribute of a block stands.
func (a Attr) Place(s *source.Source) source.Place { return s.Place(a.Span) }

// attributes makes the attributes of a tag. Their texts share one string.
func attributes(text []byte, tag source.Span, raw []rawAttr) []Attr {
	if len(raw) == 0 {
		return nil
	}
	shared := string(text[tag.Start:tag.End])
	part := func(s source.Span) string { return shared[s.Start-tag.Start : s.End-tag.Start] }
	attrs := make([]Attr, min(len(raw), MaxAttributes))
	for i := range attrs {
		a := raw[i]
		value := a.value
		value.End = min(value.End, value.Start+MaxValueBytes)
		attrs[i] = Attr{
			Name: part(a.name), NameSpan: a.name,
			Value: decode(part(value)), ValueSpan: a.value, HasValue: a.hasValue,
			Span: source.Span{Start: a.name.Start, End: a.end},
		}
	}
	return attrs
}

// decode resolves the four entities that ImJoy knows, and no others.
func decode(value string) string {
	if strings.IndexByte(value, '&') < 0 {
		return value
	}
	return entities.Replace(value)
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")

// same reports whether two blocks have the same kind, attributes and text.
func (b *Block) same(other *Block) bool {
	if b == other {
		return true
	}
	if b.Kind != other.Kind || b.Tag != other.Tag || b.Inner != other.Inner || b.SelfClosed != other.SelfClosed || len(b.Attrs) != len(other.Attrs) {
		return false
	}
	for i := range b.Attrs {
		if b.Attrs[i] != other.Attrs[i] {
			return false
		}
	}
	return true
}

package docsrender

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
)

// sanitize keeps of an author's HTML what documentation may hold. It writes nothing
// but escaped text and elements of a short list, with attributes of a short list,
// escaped; and every element it opens it also closes, so that no author can close
// one of the page's. What follows the start of an element that holds no text for
// readers (script, style, svg, ...) is dropped up to its end.
//
// A library would do the same; the well-known one costs every start of the program
// two milliseconds for rules about style sheets that documentation may not have.
func sanitize(dirty string) string {
	s := sanitizer{rules: authorHTML()}
	z := html.NewTokenizer(strings.NewReader(dirty))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			s.closeTo(0)
			return s.out.String()
		case html.TextToken:
			if s.skipping == "" {
				s.out.WriteString(z.Token().String())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			s.start(z.Token())
		case html.EndTagToken:
			s.end(z.Token().Data)
		}
	}
}

// maxOpen is how many elements may be open inside each other; further ones are
// dropped, their text stays.
const maxOpen = 256

type sanitizer struct {
	rules map[string]attributes
	out   strings.Builder
	open  []string // elements that were written and not closed yet

	skipping string // the element whose content is being dropped
	depth    int    // how often it is open inside itself
}

// dropped are elements whose content is not for readers, or belongs to another
// language than HTML.
var dropped = names("applet", "audio", "canvas", "frameset", "head", "iframe", "listing", "math", "noembed",
	"noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg", "template", "textarea",
	"title", "video", "xmp")

// void are elements without content; loose are those whose end tag may be left out,
// so that closing them late would make empty ones.
var (
	void  = names("br", "col", "hr", "img", "input", "wbr")
	loose = names("caption", "colgroup", "dd", "dt", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr")
)

func names(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, name := range list {
		m[name] = true
	}
	return m
}

func (s *sanitizer) start(t html.Token) {
	if s.skipping != "" {
		if t.Data == s.skipping {
			s.depth++
		}
		return
	}
	if dropped[t.Data] {
		s.skipping, s.depth = t.Data, 1
		return
	}
	rules, ok := s.rules[t.Data]
	if !ok || !void[t.Data] && len(s.open) >= maxOpen {
		return
	}
	t.Attr = rules.keep(t.Attr)
	if t.Data == "input" && get(t, "type") != "checkbox" || t.Data == "img" && get(t, "src") == "" {
		return
	}
	t.Type = html.StartTagToken
	s.out.WriteString(t.String())
	if !void[t.Data] {
		s.open = append(s.open, t.Data)
	}
}

// end closes the nearest open element of that name and everything inside it.
func (s *sanitizer) end(name string) {
	if s.skipping != "" {
		if name == s.skipping {
			if s.depth--; s.depth == 0 {
				s.skipping = ""
			}
		}
		return
	}
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i] == name {
			s.closeTo(i + 1)
			s.open = s.open[:i]
			s.out.WriteString("</" + name + ">")
			return
		}
	}
}

func (s *sanitizer) closeTo(n int) {
	for i := len(s.open) - 1; i >= n; i-- {
		if !loose[s.open[i]] {
			s.out.WriteString("</" + s.open[i] + ">")
		}
	}
	s.open = s.open[:n]
}

// attributes are those an element may have, with what their values must be.
type attributes map[string]func(string) bool

// keep returns the allowed attributes, each once: the first counts, as in browsers.
func (a attributes) keep(list []html.Attribute) []html.Attribute {
	var kept []html.Attribute
	seen := map[string]bool{}
	for _, attr := range list {
		if fits := a[attr.Key]; fits != nil && !seen[attr.Key] && attr.Namespace == "" && fits(attr.Val) {
			seen[attr.Key] = true
			kept = append(kept, attr)
		}
	}
	return kept
}

// authorHTML is the list. Classes are those of highlighted words and code blocks: none
// that the rest of the page gives a meaning to.
var authorHTML = sync.OnceValue(func() map[string]attributes {
	text := func(string) bool { return true }
	empty := func(v string) bool {
		return v == "" || strings.EqualFold(v, "checked") || strings.EqualFold(v, "disabled")
	}
	number := like(`^[0-9]{1,4}%?$`)
	align := like(`(?i)^(left|right|center|middle|top|bottom|justify)$`)
	everywhere := attributes{
		"id": like(`^[\pL\pN_:.-]{1,200}$`), "lang": like(`^[A-Za-z0-9-]{1,40}$`), "dir": like(`(?i)^(ltr|rtl|auto)$`), "title": text,
	}
	list := map[string]attributes{
		"a":     {"href": harmless, "name": like(`^[\pL\pN_:.-]{1,200}$`)},
		"img":   {"src": imageAddress, "alt": text, "width": number, "height": number, "align": align},
		"ol":    {"start": number, "type": like(`^[1aAiI]$`), "reversed": empty},
		"li":    {"value": number},
		"td":    {"align": align, "colspan": number, "rowspan": number},
		"th":    {"align": align, "colspan": number, "rowspan": number, "scope": like(`(?i)^(row|col|rowgroup|colgroup)$`)},
		"col":   {"span": number},
		"span":  {"class": like(`^(c|k|s|m|nt|na|nf|nb)$`)},
		"pre":   {"class": like(`^(code|math|mermaid)$`)},
		"code":  {"class": like(`^math$`)},
		"input": {"type": like(`^checkbox$`), "checked": empty, "disabled": empty},
		"time":  {"datetime": text}, "del": {"datetime": text}, "ins": {"datetime": text},
		"details": {"open": func(v string) bool { return v == "" }},
	}
	for _, name := range strings.Fields("p div h1 h2 h3 h4 h5 h6 table") {
		list[name] = attributes{"align": align}
	}
	for _, name := range strings.Fields(`abbr acronym article aside b bdi bdo big blockquote br caption center cite colgroup
		dd dfn dl dt em figcaption figure hgroup hr i kbd mark q rp rt ruby s samp section small strike strong sub summary sup
		tbody tfoot thead tr tt u ul var wbr`) {
		list[name] = attributes{}
	}
	for _, rules := range list {
		for name, fits := range everywhere {
			rules[name] = fits
		}
	}
	return list
})

func like(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

// harmless reports an address that runs nothing: on the web, a mailbox, or relative.
func harmless(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || strings.Contains(address, `\`) {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https", "mailto":
		return true
	}
	return u.Scheme == "" && u.Host == ""
}

// embedded is an image inside its address; SVG is not among them, it can hold scripts.
var embedded = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$`)
})

func imageAddress(address string) bool {
	if strings.HasPrefix(address, "data:") {
		return embedded().MatchString(address)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	return err == nil && u.Scheme != "mailto" && harmless(address)
}

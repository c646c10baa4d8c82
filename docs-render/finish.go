package docsrender

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// idPrefix begins every id that comes from an author, so that none can take the
// place of one of the page's.
const idPrefix = "docs-"

// heading is a line of a table of contents.
type heading struct {
	Level    int
	ID, Text string
}

// article is a plugin's docs, ready to be put into a page.
type article struct {
	HTML     string
	Headings []heading
	Text     string // without marks, for searching
}

// finisher rewrites sanitised HTML for its page: ids get a prefix, headings go one
// level down and get an anchor, images are packed or become links, links that lead
// nowhere become text.
type finisher struct {
	image func(src string) (packed string) // address of a packed image, or ""
	link  func(href string) (local string) // address of another page of the site, or ""

	out      strings.Builder
	text     strings.Builder
	headings []heading
	current  *heading
	caption  strings.Builder // of the current heading
	links    []bool          // open <a> elements: whether they were written
	ids      map[string]bool // ids that were given
}

// within are the elements that part no words.
var within = names("a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span", "strong", "sub", "u", "var")

// finish works on the output of the sanitiser only: tags are balanced or ignored.
func (f *finisher) finish(clean, title string) article {
	f.ids = map[string]bool{}
	clean = dropTitle(clean, title)
	z := html.NewTokenizer(strings.NewReader(clean))
	for {
		switch z.Next() {
		case html.ErrorToken:
			f.endHeading()
			return article{f.out.String(), f.headings, strings.Join(strings.Fields(f.text.String()), " ")}
		case html.TextToken:
			f.write(z.Token())
		case html.StartTagToken, html.SelfClosingTagToken:
			f.start(z.Token())
		case html.EndTagToken:
			f.end(z.Token())
		}
	}
}

func (f *finisher) write(t html.Token) {
	f.out.WriteString(t.String())
	if f.text.Len() < MaxSearchText {
		f.text.WriteString(t.Data)
	}
	if f.current != nil {
		f.caption.WriteString(t.Data)
	}
}

func (f *finisher) start(t html.Token) {
	if !within[t.Data] {
		f.text.WriteByte(' ')
	}
	f.identify(&t)
	switch t.DataAtom {
	case atom.Img:
		f.startImage(t)
		return
	case atom.A:
		f.startLink(t)
		return
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		f.startHeading(t)
		return
	case atom.Table:
		f.out.WriteString(`<div class="wide" role="group" aria-label="Table" tabindex="0">`)
	case atom.Input:
		set(&t, "disabled", "")
		set(&t, "aria-label", "task")
	}
	f.out.WriteString(t.String())
}

func (f *finisher) end(t html.Token) {
	switch t.DataAtom {
	case atom.A:
		if n := len(f.links); n == 0 || !f.links[n-1] {
			f.links = f.links[:max(0, n-1)]
			return
		}
		f.links = f.links[:len(f.links)-1]
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		f.endHeading()
		return
	}
	f.out.WriteString(t.String())
	if t.DataAtom == atom.Table {
		f.out.WriteString("</div>")
	}
}

// identify puts the prefix before an id; a second one of the same name is dropped.
func (f *finisher) identify(t *html.Token) {
	id := get(*t, "id")
	remove(t, "id", "name")
	if id != "" && !f.ids[id] {
		f.ids[id] = true
		set(t, "id", idPrefix+id)
	}
}

func (f *finisher) startHeading(t html.Token) {
	f.endHeading()
	level := min(int(t.Data[1]-'0')+1, 6)
	id := get(t, "id")
	if id == "" {
		id = idPrefix + "section-" + itoa(len(f.headings)+1)
		set(&t, "id", id)
	}
	t.Data, t.DataAtom = "h"+itoa(level), 0
	f.current = &heading{Level: level, ID: id}
	f.caption.Reset()
	f.out.WriteString(t.String())
}

func (f *finisher) endHeading() {
	if f.current == nil {
		return
	}
	h := *f.current
	f.current = nil
	h.Text = strings.Join(strings.Fields(f.caption.String()), " ")
	if h.Text != "" {
		f.headings = append(f.headings, h)
		f.out.WriteString(` <a class="anchor" href="#` + html.EscapeString(h.ID) + `" aria-label="Link to this section">#</a>`)
	}
	f.out.WriteString("</h" + itoa(h.Level) + ">")
}

func (f *finisher) startLink(t html.Token) {
	href := strings.TrimSpace(get(t, "href"))
	switch {
	case strings.HasPrefix(href, "#"):
		remove(&t, "rel")
		set(&t, "href", "#"+idPrefix+href[1:])
	case outside(href):
		set(&t, "rel", "noopener noreferrer nofollow")
	default:
		local := ""
		if f.link != nil && href != "" {
			local = f.link(href)
		}
		if local == "" {
			f.links = append(f.links, false)
			return
		}
		remove(&t, "rel")
		set(&t, "href", local)
	}
	f.links = append(f.links, true)
	f.out.WriteString(t.String())
}

// startImage writes an image whose bytes are in the site, else a link that names it.
func (f *finisher) startImage(t html.Token) {
	src, alt := get(t, "src"), get(t, "alt")
	if strings.HasPrefix(src, "data:image/") {
		set(&t, "alt", alt)
		f.out.WriteString(t.String())
		return
	}
	if packed := f.image(src); packed != "" {
		set(&t, "src", packed)
		set(&t, "alt", alt)
		set(&t, "loading", "lazy")
		f.out.WriteString(t.String())
		return
	}
	name := imageName(alt, src)
	inLink := len(f.links) > 0 && f.links[len(f.links)-1]
	if inLink || !outside(src) {
		f.out.WriteString(`<span class="image-link">` + html.EscapeString(name) + `</span>`)
		return
	}
	f.out.WriteString(`<a class="image-link" rel="noopener noreferrer nofollow" href="` + html.EscapeString(src) + `">` + html.EscapeString(name) + `</a>`)
}

// imageName is what stands for an image that is not shown.
func imageName(alt, src string) string {
	if alt = strings.TrimSpace(alt); alt != "" {
		return alt
	}
	u, err := url.Parse(src)
	if err != nil || u.Path == "" {
		return "image"
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

// outside reports whether a URL leads to the web or to a mailbox: the only places a
// page may link to besides its own site.
func outside(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return true
	}
	return false
}

// dropTitle takes away a first heading that only repeats the name of the plugin.
func dropTitle(clean, title string) string {
	z := html.NewTokenizer(strings.NewReader(clean))
	text, end, open := "", 0, false
	for {
		kind := z.Next()
		end += len(z.Raw())
		name, _ := z.TagName()
		switch {
		case kind == html.StartTagToken && !open && string(name) == "h1":
			open = true
		case kind == html.EndTagToken && open && string(name) == "h1":
			if strings.EqualFold(strings.TrimSpace(text), strings.TrimSpace(title)) {
				return clean[end:]
			}
			return clean
		case kind == html.TextToken && open:
			text += string(z.Text())
		case kind == html.TextToken && strings.TrimSpace(string(z.Raw())) == "":
		default:
			return clean
		}
	}
}

func get(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func set(t *html.Token, name, value string) {
	remove(t, name)
	t.Attr = append(t.Attr, html.Attribute{Key: name, Val: value})
}

func remove(t *html.Token, names ...string) {
	kept := t.Attr[:0]
	for _, a := range t.Attr {
		drop := false
		for _, name := range names {
			drop = drop || a.Key == name
		}
		if !drop {
			kept = append(kept, a)
		}
	}
	t.Attr = kept
}

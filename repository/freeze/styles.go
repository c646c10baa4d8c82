package freeze

import (
	"encoding/base64"
	"fmt"
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/asset"
)

var (
	cssImport  = pattern(`(?i)@import\s+(?:url\(\s*)?["']?([^"')\s;]+)["']?\s*\)?\s*([^;{}]*);`)
	cssURL     = pattern(`(?i)url\(\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^"'()\s]+))\s*\)`)
	cssComment = pattern(`(?s)/\*.*?\*/`)
	endOfStyle = pattern(`(?i)</(style)`)
)

func (f *freezer) styleBlock(text string) string {
	return "<style lang=\"css\">" + f.eol() + endOfStyle().ReplaceAllString(strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd")), `<\/$1`) + f.eol() + "</style>" + f.eol()
}

// sheet puts what a style sheet names into its text. base is its address, "" for a
// block of the plugin, in which only whole URLs lead anywhere.
func (f *freezer) sheet(text, base string, place source.Place, depth int) string {
	text = cssImport().ReplaceAllStringFunc(text, func(whole string) string {
		m := cssImport().FindStringSubmatch(whole)
		to, ok := styleRequest(m[1], base)
		if !ok || f.err != nil {
			return whole
		}
		if depth >= maxImports {
			f.leave(m[1], fmt.Sprintf("more than %d style sheets import each other", maxImports), place)
			return whole
		}
		a := f.get(asset.Request{Specifier: to, Importer: base, Kind: asset.Style}, place)
		if a == nil {
			return whole
		}
		f.put("style", a)
		inner := f.sheet(string(a.Text), a.Address, place, depth+1)
		if media := strings.TrimSpace(m[2]); media != "" {
			return "@media " + media + " {\n" + inner + "\n}"
		}
		return inner
	})
	return cssURL().ReplaceAllStringFunc(text, func(whole string) string {
		m := cssURL().FindStringSubmatch(whole)
		to, ok := styleRequest(m[1]+m[2]+m[3], base)
		if !ok || f.err != nil {
			return whole
		}
		if data, ok := f.data(to, base, place, maxStyleURL); ok {
			return `url("` + data + `")`
		}
		return whole
	})
}

// styleRequest is what a style sheet asks for; ok is false for what needs no request.
func styleRequest(ref, base string) (to string, ok bool) {
	lower := strings.ToLower(ref)
	switch {
	case strings.HasPrefix(lower, "https:"), strings.HasPrefix(lower, "http:"), strings.HasPrefix(lower, "//"):
		return ref, true
	case base == "" || strings.HasPrefix(ref, "#") || strings.Contains(strings.SplitN(ref, "/", 2)[0], ":"):
		return "", false
	}
	ref, _, _ = strings.Cut(ref, "#")
	if strings.HasPrefix(base, "npm:") {
		ref, _, _ = strings.Cut(ref, "?")
	}
	if !strings.HasPrefix(ref, ".") && !strings.HasPrefix(ref, "/") {
		ref = "./" + ref
	}
	return ref, ref != "./"
}

// data makes a data: URL of a picture or font.
func (f *freezer) data(to, base string, place source.Place, limit int) (string, bool) {
	a := f.get(asset.Request{Specifier: to, Importer: base, Kind: asset.Data}, place)
	if a == nil {
		return "", false
	}
	kind := mediaType(a)
	switch {
	case len(a.Text) > limit:
		f.leave(a.Request, fmt.Sprintf("it has %d kB, more than the %d that are put into a URL", len(a.Text)>>10, limit>>10), place)
		return "", false
	case kind == "text/html":
		f.leave(a.Request, "it is a page", place)
		return "", false
	}
	f.put("picture", a)
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(a.Text), true
}

// mediaTypes are those of the files that pages show, by suffix: the lists of systems
// differ, and the file must not.
var mediaTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf", ".eot": "application/vnd.ms-fontobject",
	".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".mp4": "video/mp4", ".mp3": "audio/mpeg",
}

func mediaType(a *asset.Asset) string {
	address, _, _ := strings.Cut(a.Address, "?")
	if kind, ok := mediaTypes[strings.ToLower(path.Ext(address))]; ok {
		return kind
	}
	kind, _, _ := strings.Cut(strings.ToLower(a.ContentType), ";")
	if kind = strings.TrimSpace(kind); kind != "" && !strings.ContainsAny(kind, "\"' ,") {
		return kind
	}
	return "application/octet-stream"
}

// styles changes style blocks, and the link blocks that name style sheets.
func (f *freezer) styles() {
	for _, b := range f.doc.All(pluginfile.StyleBlock) {
		was := string(b.Source.Text[b.Inner.Start:b.Inner.End])
		if strings.Contains(cssComment().ReplaceAllString(was, ""), "//") {
			if now := f.sheet(was, "", b.TagPlace(), 0); now != was {
				f.edit(b.Inner, endOfStyle().ReplaceAllString(strings.ToValidUTF8(now, "\ufffd"), `<\/$1`))
			}
		}
	}
	for _, b := range f.doc.All(pluginfile.LinkBlock) {
		href, ok := b.Attr("href")
		if !ok || !isRemote(href.Value) {
			continue
		}
		place := href.Place(b.Source)
		if rel := strings.ToLower(b.Value("rel")); rel != "stylesheet" && rel != "" {
			f.leave(href.Value, fmt.Sprintf("a link with rel=%q is not a style sheet", rel), place)
			continue
		}
		if a := f.get(asset.Request{Specifier: href.Value, Kind: asset.Style}, place); a != nil {
			f.put("style", a)
			f.edit(b.Span, strings.TrimSuffix(f.styleBlock(f.sheet(string(a.Text), a.Address, place, 0)), f.eol()))
		}
	}
}

func isRemote(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "//")
}

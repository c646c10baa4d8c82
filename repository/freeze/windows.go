package freeze

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var (
	startTag   = pattern(`<([A-Za-z][\w-]*)((?:\s+[^\s"'<>=/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*/?>`)
	addressIn  = pattern(`(?i)\s(src|href|poster|data)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	htmlMarkup = pattern(`(?s)<!--.*?-->`)
)

// windows changes what window blocks show.
func (f *freezer) windows() {
	for _, b := range f.doc.All(pluginfile.WindowBlock) {
		text := string(b.Source.Text[b.Inner.Start:b.Inner.End])
		// Comments keep their length, so that places stay.
		visible := htmlMarkup().ReplaceAllStringFunc(text, func(c string) string { return strings.Repeat(" ", len(c)) })
		for _, m := range startTag().FindAllStringSubmatchIndex(visible, -1) {
			f.element(b, visible, strings.ToLower(visible[m[2]:m[3]]), m[4], m[5])
			if f.err != nil {
				return
			}
		}
	}
}

func (f *freezer) element(b *pluginfile.Block, text, name string, from, to int) {
	for _, m := range addressIn().FindAllStringSubmatchIndex(text[from:to], -1) {
		start, end := m[4], m[5]
		if start < 0 {
			start, end = m[6], m[7]
		}
		address := strings.ReplaceAll(text[from+start:from+end], "&amp;", "&")
		if !isRemote(address) {
			continue
		}
		span := source.Span{Start: b.Inner.Start + from + start, End: b.Inner.Start + from + end}
		place := b.Source.Place(span)
		switch name {
		case "img", "source", "video", "audio", "input", "image", "track":
			if data, ok := f.data(address, "", place, maxStyleURL); ok {
				f.edit(span, data)
			}
		case "link":
			if data, ok := f.data(address, "", place, maxStyleURL); ok {
				f.edit(span, data)
			}
		case "script":
			f.left = append(f.left, Left{URL: address, Why: "scripts inside a window block never run", Place: place, Later: true})
		case "iframe", "embed", "object", "frame":
			f.leave(address, "it is a page of its own", place)
		}
	}
}

// pictures puts cover and icon into the config.
func (f *freezer) pictures() {
	for _, field := range []string{"cover", "icon"} {
		if n := f.doc.Config.Field(field); n != nil {
			f.picture(n, "/"+field)
		}
	}
}

func (f *freezer) picture(n *conf.Node, pointer string) {
	switch n.Kind {
	case conf.List:
		for i, item := range n.Items {
			f.picture(item, fmt.Sprintf("%s/%d", pointer, i))
		}
	case conf.Map:
		for _, m := range n.Members {
			f.picture(m.Value, pointer+"/"+conf.EscapePointer(m.Key))
		}
	}
	text, ok := n.Str()
	if !ok || !isRemote(text) {
		return
	}
	known := len(f.left)
	data, ok := f.data(text, "", n.Place, maxPicture)
	if !ok {
		for i := range f.left[known:] {
			f.left[known+i].Later = true
		}
		return
	}
	edits, err := f.doc.Config.Root.Set(pointer, data)
	if err != nil {
		f.failed(text, err, n.Place)
		return
	}
	f.edits = append(f.edits, edits...)
}

// pages tells of pages of other servers that speak for the plugin.
func (f *freezer) pages() {
	for _, field := range []string{"base_frame", "base_worker"} {
		if n := f.doc.Config.Field(field); n != nil {
			if text, ok := n.Str(); ok && isRemote(text) {
				f.leave(text, field+" is a program of another server, and the plugin is only its name", n.Place)
			}
		}
	}
}

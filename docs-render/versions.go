package docsrender

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/pluginfile"
)

// Version is an earlier state of a plugin's file.
type Version struct {
	Commit string    // "" when unknown
	Time   time.Time // when it was made; zero when unknown
	Text   []byte
}

// versions shows the earlier states of a plugin, newest first, with what the next
// one changed, and writes a page with the source of each.
func (b *builder) versions(ctx context.Context, p *plugin) (list []versionView, err error) {
	newer := p.Document
	for i, version := range p.Versions[:min(len(p.Versions), MaxVersions)] {
		doc, _ := pluginfile.Parse(p.shown, version.Text)
		name := fmt.Sprintf("source/%s.%d.html", p.slug, i+1)
		v := versionView{
			Version: cmp.Or(doc.Config.Version, "without a version"), Commit: version.Commit[:min(len(version.Commit), 7)],
			Changed: strings.Join(changed(doc, newer), ", "), Href: "../" + name,
		}
		if !version.Time.IsZero() {
			v.Date = version.Time.UTC().Format(time.DateOnly)
		}
		if err := b.oldSource(ctx, p, doc, name, v); err != nil {
			return nil, err
		}
		list = append(list, v)
		newer = doc
	}
	return list, nil
}

// changed names the kinds of blocks that differ between two states of a plugin.
func changed(before, after *pluginfile.Document) (kinds []string) {
	was, is := blockTexts(before), blockTexts(after)
	for _, list := range []map[pluginfile.Kind][]byte{is, was} {
		for kind := range list {
			if !bytes.Equal(was[kind], is[kind]) && !slices.Contains(kinds, string(kind)) {
				kinds = append(kinds, string(kind))
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// blockTexts joins the blocks of each kind.
func blockTexts(doc *pluginfile.Document) map[pluginfile.Kind][]byte {
	texts := map[pluginfile.Kind][]byte{}
	for _, block := range doc.Recovered {
		texts[block.Kind] = append(texts[block.Kind], doc.Text()[block.Span.Start:block.Span.End]...)
	}
	return texts
}

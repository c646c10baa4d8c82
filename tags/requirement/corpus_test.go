package requirement_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// TestPublicPlugins reads what every tag of every public plugin declares. Nothing
// but one private path is refused, and two commands need consent.
func TestPublicPlugins(t *testing.T) {
	var findings []string
	unpinned := map[string]bool{}
	type counts struct{ Plugins, Python, Pip, Conda, Channels, Repos, Scripts, Variables, Programs, Binders, Commands, Refused int }
	var count counts
	for _, file := range corpus.Files(t) {
		doc, _ := pluginfile.Parse(file.Name, file.Text)
		count.Plugins++
		for _, tag := range append(doc.Config.Tags, "") {
			d, diagnostics := declared(doc, tag)
			if len(doc.Config.Tags) > 0 && tag == "" {
				continue // a plugin with tags always has one
			}
			if d.Python != nil {
				count.Python++
			}
			if d.Program != nil {
				count.Programs++
			}
			if d.Binder != nil {
				count.Binders++
			}
			count.Pip += len(slices.DeleteFunc(slices.Clone(d.Pip), func(p requirement.Package) bool { return p.Implied }))
			count.Conda += len(d.Conda)
			count.Channels += len(d.Channels)
			count.Repos += len(d.Repos)
			count.Scripts += len(d.URLs)
			count.Variables += len(d.Variables)
			count.Commands += len(d.Commands)
			count.Refused += len(d.Refused)
			for _, f := range diagnostics {
				start, _ := f.Place.Range()
				if f.Code == "requirement-unpinned" {
					unpinned[f.Place.Name] = true
					continue
				}
				findings = append(findings, fmt.Sprintf("%s:%d:%d %s at %s", filepath.Base(f.Place.Name), start.Line, start.Column, f.Code, f.Place.Slice(f.Place.Span)))
			}
		}
	}
	slices.Sort(findings)
	want := []string{
		"NuclearEnvelopeDistance.imjoy.html:27:40 requirement-private-path at /Volumes/PILON_HD2/fmueller/Documents/code/ImJoy/rna-loc",
		"annaPalm.imjoy.html:24:67 requirement-command at pip install -r ANNA-PALM/requirements.txt",
		"annaPalm.imjoy.html:31:67 requirement-command at pip install -r ANNA-PALM/requirements.txt",
	}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Error(diff)
	}
	if len(unpinned) != 11 {
		t.Errorf("%d plugins have unpinned repositories", len(unpinned))
	}
	total := counts{Plugins: 98, Python: 32, Pip: 211, Conda: 51, Channels: 12, Repos: 20, Scripts: 201, Variables: 2, Programs: 4, Binders: 2, Commands: 2, Refused: 1}
	if diff := cmp.Diff(total, count); diff != "" {
		t.Error(diff)
	}
}

// declared reads the fields of a plugin for one tag.
func declared(doc *pluginfile.Document, tag string) (*requirement.Declaration, []source.Diagnostic) {
	pick := func(n *conf.Node) *conf.Node {
		if n.Map() && n.Get("type") == nil {
			return n.Get(tag)
		}
		return n
	}
	c := doc.Config
	return requirement.Parse(pick(c.Field("env")), pick(c.Field("requirements")), c.Field("cmd"), c.Type)
}

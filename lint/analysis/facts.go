package analysis

import (
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// Facts is what is known of a document, for all its tags. It must not change once
// rules read it.
type Facts struct {
	Document *pluginfile.Document
	Parsed   []source.Diagnostic // what parsing the document had to say
	Plans    []*tags.Plan        // one for each tag (the first 32), or the only one; never empty
	Planned  []source.Diagnostic // what the plans had to say, each once

	Scripts []*Script // all script blocks a careful reader sees, in file order
	Windows []*Window
}

// Script is one script block with what is known of its text.
type Script struct {
	Block    *pluginfile.Block
	Language string // one of the languages of package tags, or whatever it says
	Module   bool   // type="module"
	*Code
}

// Place returns where a span of the script's text stands in the file.
func (s *Script) Place(span source.Span) source.Place { return s.Block.Body().Place(span) }

// External reports whether the script's text lies elsewhere, behind src.
func (s *Script) External() bool { return s.Block.Value("src") != "" }

// Of returns the facts of a document that [pluginfile.Parse] answered together with
// the diagnostics parsed. Known texts are taken from the cache, which may be nil.
// Python scripts stay unread until [WithPython].
func Of(doc *pluginfile.Document, parsed []source.Diagnostic, cache *Cache) *Facts {
	f := &Facts{Document: doc, Parsed: parsed}
	f.Plans, f.Planned = plansOf(doc)
	for _, b := range doc.Recovered {
		switch b.Kind {
		case pluginfile.ScriptBlock:
			f.Scripts = append(f.Scripts, f.script(b, cache))
		case pluginfile.WindowBlock:
			f.Windows = append(f.Windows, readWindow(b))
		}
	}
	return f
}

// plansOf makes the plans of all tags. Of a plugin with hundreds of them, which no
// person wrote, the first ones stand for all.
func plansOf(doc *pluginfile.Document) (plans []*tags.Plan, found []source.Diagnostic) {
	names := tags.Of(doc)
	if len(names) <= maxPlans {
		return tags.All(doc)
	}
	for _, tag := range names[:maxPlans] {
		plan, list := tags.Resolve(doc, tag)
		plans = append(plans, plan)
		found = append(found, list...)
	}
	return plans, found
}

func (f *Facts) script(b *pluginfile.Block, cache *Cache) *Script {
	s := &Script{Block: b, Language: tags.Language(b), Module: b.Value("type") == "module"}
	if s.Language == "" {
		s.Language = f.language(b)
	}
	switch s.Language {
	case tags.JavaScript, tags.TypeScript:
		s.Code = cache.javaScript(b.Body().Text, s.Module, s.Language == tags.TypeScript)
	case tags.Python:
		s.Code = &Code{Reason: NoPython}
	default:
		s.Code = &Code{Reason: "its language is not known"}
	}
	return s
}

// language returns the language of a script that does not say: that of the first
// plan it runs in.
func (f *Facts) language(b *pluginfile.Block) string {
	for _, p := range f.Plans {
		for _, running := range p.Scripts {
			if running == b && p.Language != "" {
				return p.Language
			}
		}
	}
	return f.Plans[0].Language
}

// ScriptsOf returns the scripts that run for a plan, in file order. In a document
// whose blocks are in doubt these are all of its scripts.
func (f *Facts) ScriptsOf(p *tags.Plan) []*Script {
	if f.Document.Ambiguous() {
		return f.Scripts
	}
	var running []*Script
	for _, s := range f.Scripts {
		for _, b := range p.Scripts {
			if b == s.Block {
				running = append(running, s)
			}
		}
	}
	return running
}

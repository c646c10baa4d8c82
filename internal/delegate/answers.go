package delegate

import (
	"encoding/json"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What the tools write. Fields that are not needed are left out, and new ones ignored.

type ruffPlace struct{ Row, Column int }

func (p ruffPlace) position() source.Position { return source.Position{Line: p.Row, Column: p.Column} }

func readRuff(output []byte, t *texts) (found []source.Diagnostic, err error) {
	var answer []struct {
		Code, Filename, Message string
		URL                     string       `json:"url"`
		Location                ruffPlace    `json:"location"`
		End                     ruffPlace    `json:"end_location"`
		Fix                     *ruffFixJSON `json:"fix"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, err
	}
	for _, a := range answer {
		in := t.find(a.Filename)
		if in == nil {
			continue
		}
		level := "warning"
		if a.Code == "" || a.Code == "invalid-syntax" || a.Code == "E999" {
			a.Code, level = "invalid-syntax", "error"
		}
		d := t.diagnostic(in, a.Code, level, a.Message, in.span(a.Location.position(), a.End.position(), source.Runes))
		d.Hint = a.URL
		if a.Fix != nil {
			d.Fixes = []source.Fix{a.Fix.fix(in)}
		}
		found = append(found, d)
	}
	return found, nil
}

type ruffFixJSON struct {
	Applicability, Message string
	Edits                  []struct {
		Content  string
		Location ruffPlace `json:"location"`
		End      ruffPlace `json:"end_location"`
	}
}

// fix maps the edits to the plugin file. New lines get the indentation that the block
// takes away, so that it can be taken away again.
func (f *ruffFixJSON) fix(in *text) source.Fix {
	var edits []source.Edit
	for _, e := range f.Edits {
		edits = append(edits, source.Edit{Span: in.span(e.Location.position(), e.End.position(), source.Runes), New: e.Content})
	}
	return source.Fix{Title: f.Message, Safe: f.Applicability == "safe", Edits: in.outer(edits)}
}

func readPyright(output []byte, t *texts) (found []source.Diagnostic, err error) {
	type position struct{ Line, Character int }
	var answer struct {
		GeneralDiagnostics []struct {
			File, Severity, Message, Rule string
			Range                         struct{ Start, End position }
		}
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, err
	}
	at := func(p position) source.Position { return source.Position{Line: p.Line + 1, Column: p.Character + 1} }
	for _, a := range answer.GeneralDiagnostics {
		if in := t.find(a.File); in != nil {
			if a.Rule == "" {
				a.Rule = "syntax"
			}
			found = append(found, t.diagnostic(in, a.Rule, a.Severity, a.Message, in.span(at(a.Range.Start), at(a.Range.End), source.UTF16)))
		}
	}
	return found, nil
}

func readBiome(output []byte, t *texts) (found []source.Diagnostic, err error) {
	var answer struct {
		Diagnostics []struct {
			Severity, Message, Category string
			Location                    struct {
				Path       string
				Start, End source.Position
			}
		}
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, err
	}
	for _, a := range answer.Diagnostics {
		if in := t.find(a.Location.Path); in != nil {
			found = append(found, t.diagnostic(in, a.Category, a.Severity, a.Message, in.span(a.Location.Start, a.Location.End, source.Runes)))
		}
	}
	return found, nil
}

func readOxlint(output []byte, t *texts) (found []source.Diagnostic, err error) {
	var answer struct {
		Diagnostics []struct {
			Message, Code, Severity, Help, Filename string
			Labels                                  []struct {
				Span struct{ Offset, Length int }
			}
		}
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, err
	}
	for _, a := range answer.Diagnostics {
		in := t.find(a.Filename)
		if in == nil {
			continue
		}
		var span source.Span
		if len(a.Labels) > 0 { // offsets count bytes
			s := a.Labels[0].Span
			span.Start = min(max(s.Offset, 0), len(in.Text))
			span.End = min(span.Start+max(s.Length, 0), len(in.Text))
		}
		if a.Code == "" {
			a.Code = "syntax"
		}
		d := t.diagnostic(in, a.Code, a.Severity, a.Message, span)
		d.Hint = sentence(a.Help)
		found = append(found, d)
	}
	return found, nil
}

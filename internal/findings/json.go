package findings

import (
	"io"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// jsonVersion is raised when a field changes its meaning or goes away.
const jsonVersion = 1

type report struct {
	Version     int       `json:"version"`
	Files       int       `json:"files"`
	Diagnostics []finding `json:"diagnostics"`
}

// finding is a diagnostic for programs. Lines and columns are 1-based, columns count
// Unicode code points, ends are exclusive; all are 0 for what has no place.
type finding struct {
	jsonPlace
	Code     string          `json:"code"`
	Severity source.Severity `json:"severity"`
	Message  string          `json:"message"`
	Hint     string          `json:"hint"`
	Related  []jsonNote      `json:"related,omitempty"`
	Fixes    []jsonFix       `json:"fixes,omitempty"`
}

// jsonFix is a change that settles a finding. Its edits name places and, for programs
// that count bytes, offsets into the file.
type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
}

type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

type jsonNote struct {
	jsonPlace
	Message string `json:"message"`
}

func writeJSON(w io.Writer, list []source.Diagnostic, o Options) error {
	return encode(w, report{Version: jsonVersion, Files: o.Files, Diagnostics: findingsOf(list)})
}

func findingsOf(list []source.Diagnostic) []finding {
	out, r := make([]finding, len(list)), new(rulers)
	for i, d := range list {
		out[i] = finding{jsonPlace: placeOf(&r.primary, d.Place), Code: d.Code, Severity: d.Severity, Message: d.Message, Hint: d.Hint}
		for _, n := range d.Related {
			out[i].Related = append(out[i].Related, jsonNote{placeOf(&r.notes, n.Place), n.Message})
		}
		for _, f := range d.Fixes {
			if d.Place.Known() && len(f.Edits) > 0 {
				out[i].Fixes = append(out[i].Fixes, fixOf(&r.notes, d.Place.Source, f))
			}
		}
	}
	return out
}

func fixOf(r *ruler, src *source.Source, fix source.Fix) jsonFix {
	out := jsonFix{Title: fix.Title, Safe: fix.Safe}
	for _, e := range fix.Edits {
		p := placeOf(r, src.Place(e.Span))
		out.Edits = append(out.Edits, jsonEdit{p.Line, p.Column, p.EndLine, p.EndColumn, e.Span.Start, e.Span.End, e.New})
	}
	return out
}

func placeOf(r *ruler, p source.Place) jsonPlace {
	if !p.Known() {
		return jsonPlace{}
	}
	start, end := r.measure(p)
	return jsonPlace{p.Name, start.Line, start.Column, end.Line, end.Column}
}

// Diagnostics returns the list as [Write] puts it into JSON, for commands whose own
// JSON output has a "diagnostics" member.
func Diagnostics(list []source.Diagnostic) any { return findingsOf(list) }

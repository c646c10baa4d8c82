package findings

import (
	"encoding/json"
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
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(report{Version: jsonVersion, Files: o.Files, Diagnostics: findingsOf(list)})
}

func findingsOf(list []source.Diagnostic) []finding {
	out, r := make([]finding, len(list)), new(rulers)
	for i, d := range list {
		out[i] = finding{jsonPlace: placeOf(&r.primary, d.Place), Code: d.Code, Severity: d.Severity, Message: d.Message, Hint: d.Hint}
		for _, n := range d.Related {
			out[i].Related = append(out[i].Related, jsonNote{placeOf(&r.notes, n.Place), n.Message})
		}
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

package findings

import (
	"io"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// gitlabIssue is an entry of a GitLab Code Quality report, which is Code Climate's.
type gitlabIssue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
			End   int `json:"end"`
		} `json:"lines"`
	} `json:"location"`
}

func writeGitLab(w io.Writer, list []source.Diagnostic) error {
	issues, r := make([]gitlabIssue, len(list)), new(ruler)
	for i, print := range Fingerprints(list, nil) {
		d, p, issue := list[i], placeOf(r, list[i].Place), &issues[i]
		issue.Description, issue.CheckName, issue.Fingerprint = d.Message, d.Code, print
		issue.Severity = map[source.Severity]string{source.Error: "major", source.Warning: "minor"}[d.Severity]
		if issue.Severity == "" {
			issue.Severity = "info"
		}
		issue.Location.Path = p.File
		issue.Location.Lines.Begin, issue.Location.Lines.End = max(p.Line, 1), max(p.EndLine, 1)
	}
	return encode(w, issues)
}

package findings

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// writeGitHub writes workflow commands, which GitHub Actions shows beside the lines of
// a pull request.
func writeGitHub(w *bufio.Writer, list []source.Diagnostic) {
	r := new(ruler)
	for _, d := range list {
		command := "notice"
		switch d.Severity {
		case source.Error:
			command = "error"
		case source.Warning:
			command = "warning"
		}
		where := ""
		if p := placeOf(r, d.Place); p.File != "" {
			where = fmt.Sprintf("file=%s,line=%d,endLine=%d,", githubProperty.Replace(Clean(p.File)), p.Line, p.EndLine)
			if p.Line == p.EndLine { // columns of several lines are refused
				where += fmt.Sprintf("col=%d,endColumn=%d,", p.Column, p.EndColumn)
			}
		}
		message := Clean(d.Message)
		if d.Hint != "" {
			message += "\n" + cleanLines(d.Hint)
		}
		fmt.Fprintf(w, "::%s %stitle=%s::%s\n", command, where, githubProperty.Replace(Clean("imjoy "+ruleID(d.Code))), githubData.Replace(message))
	}
}

var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// cleanLines is Clean for a text of several lines.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Clean(strings.TrimRight(line, "\r"))
	}
	return strings.Join(lines, "\n")
}

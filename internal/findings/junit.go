package findings

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a suite for each file with findings and a test for each of them, which
// failed unless it is a note: those fail nothing here either. Without any finding it is
// one test that passed, because readers take an empty report for a run that broke.
func writeJUnit(w io.Writer, list []source.Diagnostic) error {
	report, r := junitReport{Name: "imjoy lint"}, new(ruler)
	for _, d := range list {
		p := placeOf(r, d.Place)
		name := xmlText(p.File)
		if n := len(report.Suites); n == 0 || report.Suites[n-1].Name != name {
			report.Suites = append(report.Suites, junitSuite{Name: name})
		}
		suite := &report.Suites[len(report.Suites)-1]
		where := ""
		if p.File != "" {
			where = fmt.Sprintf("%s:%d:%d: ", name, p.Line, p.Column)
		}
		text := where + d.Severity.String() + "[" + d.Code + "]: " + d.Message
		if d.Hint != "" {
			text += "\n" + d.Hint
		}
		test := junitCase{Name: fmt.Sprintf("%s (%d:%d)", d.Code, p.Line, p.Column), Class: name, File: name, Line: p.Line}
		if d.Severity == source.Info {
			test.Output = xmlText(cleanLines(text))
		} else {
			test.Failure = &junitFailure{Type: d.Severity.String(), Message: xmlText(Clean(d.Message)), Text: xmlText(cleanLines(text))}
			suite.Failures++
			report.Failures++
		}
		suite.Cases = append(suite.Cases, test)
		suite.Tests++
		report.Tests++
	}
	if report.Tests == 0 {
		report.Tests = 1
		report.Suites = []junitSuite{{Name: "imjoy lint", Tests: 1, Cases: []junitCase{{Name: "no findings", Class: "imjoy lint"}}}}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// xmlText leaves away what XML cannot hold.
func xmlText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

package plugintest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// Report is what came out of a number of plugins, in a form for other programs.
type Report struct {
	Version int            `json:"version"` // 1
	Passed  int            `json:"passed"`
	Failed  int            `json:"failed"` // tests, and plugins that could not be tested
	Skipped int            `json:"skipped"`
	Seconds float64        `json:"seconds"`
	Plugins []PluginReport `json:"plugins"`
}

// PluginReport is one plugin of a report.
type PluginReport struct {
	File    string       `json:"file"` // as it was named
	Plugin  string       `json:"plugin"`
	Tag     string       `json:"tag,omitempty"`
	Seconds float64      `json:"seconds"`
	Error   *Problem     `json:"error,omitempty"`
	Tests   []TestReport `json:"tests"`
}

// TestReport is one test of a report.
type TestReport struct {
	Name    string   `json:"name"`
	Outcome Outcome  `json:"outcome"`
	Seconds float64  `json:"seconds"`
	Error   *Problem `json:"error,omitempty"`
	Reason  string   `json:"reason,omitempty"` // of a skip
	Logs    []Line   `json:"logs,omitempty"`
}

// Problem is an error of a plugin, with the place that threw it where one is known.
type Problem struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`   // from 1
	Column  int    `json:"column,omitempty"` // from 1, in code points
}

// Line is something that was said.
type Line struct {
	Plugin string `json:"plugin"`
	Level  string `json:"level"`
	Text   string `json:"text"`
}

// Add adds the result of one plugin. What could not be opened has no plan: file is the
// name then.
func (r *Report) Add(file string, result Result) {
	r.Version = 1
	p := PluginReport{File: file, Seconds: seconds(result.Took), Tests: []TestReport{}, Error: problem(result.Err)}
	if result.Plan != nil {
		p.Plugin, p.Tag = result.Plan.Name, result.Plan.Tag
	}
	for _, t := range result.Tests {
		one := TestReport{Name: t.Name, Outcome: t.Outcome, Seconds: seconds(t.Took), Error: problem(t.Err), Reason: t.Reason}
		for _, l := range t.Logs {
			one.Logs = append(one.Logs, Line{l.Plugin, string(l.Level), l.Text})
		}
		p.Tests = append(p.Tests, one)
		switch t.Outcome {
		case Pass:
			r.Passed++
		case Fail:
			r.Failed++
		case Skip:
			r.Skipped++
		}
	}
	if result.Err != nil {
		r.Failed++
	}
	r.Seconds = seconds(time.Duration((r.Seconds + p.Seconds) * float64(time.Second)))
	r.Plugins = append(r.Plugins, p)
}

// seconds keeps what a person could measure.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond/10)) / float64(time.Second)
}

func problem(err error) *Problem {
	if err == nil {
		return nil
	}
	p := &Problem{Name: "Error", Message: err.Error()}
	var script *engine.ScriptError
	var ended *engine.Ended
	var thrown *value.Error
	var frames []engine.At
	switch {
	case errors.As(err, &script):
		p.Name, p.Message, frames = script.Name, script.Message, script.Frames
	case errors.As(err, &ended):
		p.Name, frames = string(ended.Reason), ended.Frames
	case errors.As(err, &thrown):
		p.Name, p.Message = thrown.Name, thrown.Message
	}
	if len(frames) > 0 {
		start, _ := frames[0].Place.Range()
		p.File, p.Line, p.Column = frames[0].Place.Source.Name, start.Line, start.Column
	}
	return p
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	if r.Version = 1; r.Plugins == nil {
		r.Plugins = []PluginReport{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// The parts of JUnit's XML that CI systems read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		File     string      `xml:"file,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr,omitempty"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitSkipped `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr,omitempty"`
	}
)

// WriteJUnit writes the report as JUnit's XML: a suite for each plugin, a case for each
// test, and for a plugin that could not be tested a case "setup" with an error.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Tests: r.Passed + r.Failed + r.Skipped, Failures: r.Failed, Skipped: r.Skipped, Time: junitTime(r.Seconds)}
	for _, p := range r.Plugins {
		all.Suites = append(all.Suites, p.junit())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (p *PluginReport) junit() junitSuite {
	name := p.Plugin
	if p.Tag != "" {
		name += "@" + p.Tag
	}
	suite := junitSuite{Name: name, File: p.File, Tests: len(p.Tests), Time: junitTime(p.Seconds)}
	for _, t := range p.Tests {
		c := junitCase{Class: name, Name: t.Name, File: p.File, Time: junitTime(t.Seconds)}
		switch t.Outcome {
		case Fail:
			suite.Failures++
			c.Failure = t.Error.junit()
			c.Line = t.Error.Line
		case Skip:
			suite.Skipped++
			c.Skipped = &junitSkipped{t.Reason}
		}
		for _, l := range t.Logs {
			c.Out += l.Text + "\n"
		}
		suite.Cases = append(suite.Cases, c)
	}
	if p.Error != nil {
		suite.Tests++
		suite.Errors++
		suite.Cases = append(suite.Cases, junitCase{Class: name, Name: "setup", File: p.File, Line: p.Error.Line, Time: junitTime(0), Error: p.Error.junit()})
	}
	return suite
}

func (p *Problem) junit() *junitProblem {
	text := p.Message
	if p.Line > 0 {
		text = fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	}
	return &junitProblem{Type: p.Name, Message: strings.TrimSpace(p.Message), Text: text}
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.4f", seconds) }

package findings

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Format is a way of writing a list of diagnostics.
type Format string

// The formats.
const (
	Full    Format = "full"    // for people: a frame with the lines of the file
	Concise Format = "concise" // one line each: file:line:column: severity[code]: message
	JSON    Format = "json"    // for programs: one versioned object
	GitHub  Format = "github"  // commands of GitHub Actions
	GitLab  Format = "gitlab"  // a Code Quality report
	SARIF   Format = "sarif"   // SARIF 2.1.0, for code scanning
	JUnit   Format = "junit"   // a test report: each finding is a failed test
)

// Formats lists the names of all formats, as help and completion show them.
func Formats() []string {
	return []string{string(Full), string(Concise), string(JSON), string(GitHub), string(GitLab), string(SARIF), string(JUnit)}
}

// Document reports whether the format is one whole document, which nothing may follow.
func (f Format) Document() bool { return f != Full && f != Concise && f != GitHub }

// Set, String and Type let a Format be a flag of a command.
func (f *Format) Set(name string) error {
	for _, known := range Formats() {
		if name == known {
			*f = Format(name)
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(Formats(), ", "))
}

func (f *Format) String() string { return string(*f) }

// Type is the word that help shows for the flag's value.
func (f *Format) Type() string { return "format" }

// Options say how to write. The zero value writes plain text for a terminal of
// [DefaultWidth] columns.
type Options struct {
	Color bool // use ANSI colours in [Full] and [Concise]
	Width int  // columns of the terminal; 0 means [DefaultWidth]
	Files int  // number of files that were looked at, for [JSON]

	// Link returns the address of a file by its name, for the hyperlinks of [Full] and
	// [Concise]; nil draws none. Only some terminals show them.
	Link func(file string) string

	Rules   []*source.Rule // documentation of the codes, for [SARIF]
	Version string         // of the program, for [SARIF]
}

// Write writes a list of diagnostics in the order it has; [source.Sort] makes that
// order stable. An empty list writes nothing, but for the empty object of [JSON].
func Write(w io.Writer, format Format, list []source.Diagnostic, o Options) error {
	buffered := bufio.NewWriter(w)
	switch format {
	case Full:
		writeFull(buffered, list, o)
	case Concise:
		writeConcise(buffered, list, o)
	case GitHub:
		writeGitHub(buffered, list)
	default:
		if err := writeDocument(buffered, format, list, o); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func writeDocument(w io.Writer, format Format, list []source.Diagnostic, o Options) error {
	switch format {
	case JSON:
		return writeJSON(w, list, o)
	case GitLab:
		return writeGitLab(w, list)
	case SARIF:
		return writeSARIF(w, list, o)
	case JUnit:
		return writeJUnit(w, list)
	}
	return fmt.Errorf("unknown format %q", format)
}

// encode writes a value as JSON for people and programs.
func encode(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// Summary counts a list in words: "3 errors, 1 warning in 2 files". It tells the
// number of files that were looked at.
func Summary(list []source.Diagnostic, files int) string {
	counts := map[source.Severity]int{}
	for _, d := range list {
		counts[d.Severity]++
	}
	var parts []string
	for _, c := range []struct {
		severity  source.Severity
		one, many string
	}{{source.Error, "error", "errors"}, {source.Warning, "warning", "warnings"}, {source.Info, "note", "notes"}} {
		if n := counts[c.severity]; n > 0 {
			parts = append(parts, count(n, c.one, c.many))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	return strings.Join(parts, ", ") + " in " + count(files, "file", "files")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

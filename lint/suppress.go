package lint

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Comments that suppress findings:
//
//	api.fs()   // imjoy-ignore api-removed           this line
//	# imjoy-ignore python-syntax, api-unknown        alone on a line: the next line
//	<!-- imjoy-ignore tag-key-unused -->             before a block: the whole block
//	<!-- imjoy-ignore-file placeholder-text -->      the file
//	api.foo()  // imjoy-ignore api-unknown -- an app of ours has it
//
// Errors of reading (lost blocks, broken configs, two configs) cannot be suppressed:
// they protect whoever installs the plugin, not its author.

var suppressionChecks = []check{
	{ruleSuppressionUnknown, suppressionUnknown},
	{ruleSuppressionUnused, func(*pass) {}}, // found by suppress
}

var ruleSuppressionUnknown = &source.Rule{
	Code: "suppression-unknown", Severity: source.Warning,
	Summary: "a suppressing comment names no code that there is",
	Doc: "`imjoy-ignore` in a comment is followed by the codes, or families of codes, to suppress: on its own line, on the next line when it stands alone, in the next block when it stands " +
		"before one. `imjoy-ignore-file` counts for the whole file. Behind `--` may stand why. A comment without codes suppresses nothing.",
	Bad:  "<!-- imjoy-ignore window-root -->\n" + windowPlugin + "<window><div></div></window>",
	Good: windowPlugin + "<!-- imjoy-ignore window-roots -->\n<window><div></div><p></p></window>",
}

var ruleSuppressionUnused = &source.Rule{
	Code: "suppression-unused", Severity: source.Info,
	Summary: "a suppressing comment suppresses nothing",
	Doc:     "What it suppressed is gone, or stands elsewhere. Remove it, so that it does not hide the next fault.",
	Bad:     windowPlugin + "<!-- imjoy-ignore window-roots -->\n<window><div></div></window>",
	Good:    windowPlugin + "<!-- imjoy-ignore window-roots -->\n<window><div></div><p></p></window>",
}

// suppression is one code of a suppressing comment.
type suppression struct {
	code  string // empty when the comment names none
	place source.Place
	lines [2]int // first and last line it counts for
	used  bool

	removal source.Span // what to take out to be rid of it
}

var suppressing = lazily(`(<!--|//|#|/\*)[ \t]*imjoy-ignore(-file)?\b:?([^\n]*)`)

// suppressions finds the comments of a document.
func suppressions(doc *pluginfile.Document) (list []suppression) {
	src := doc.Source
	if !bytes.Contains(src.Text, []byte("imjoy-ignore")) {
		return nil
	}
	for _, found := range suppressing().FindAllSubmatchIndex(src.Text, -1) {
		whole := source.Span{Start: found[0], End: found[1]}
		codes := string(src.Text[found[6]:found[7]])
		for _, end := range []string{"-->", "*/"} {
			if before, _, ok := strings.Cut(codes, end); ok {
				codes = before
				whole.End = found[6] + len(before)
			}
		}
		lines := linesOf(doc, found[0], found[4] >= 0)
		names := strings.FieldsFunc(withoutReason(codes), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' })
		if len(names) == 0 {
			list = append(list, suppression{place: src.Place(whole), lines: lines})
		}
		at, first := found[6], len(list)
		for _, name := range names {
			start := at + strings.Index(string(src.Text[at:found[7]]), name)
			at = start + len(name)
			list = append(list, suppression{code: name, place: src.Place(source.Span{Start: start, End: at}), lines: lines})
		}
		removals(list[first:], commentSpan(src, found[0], whole.End))
	}
	return list
}

// withoutReason takes away what stands behind the codes to explain them: `a, b -- why`, or
// `a: why`.
func withoutReason(codes string) string {
	codes, _, _ = strings.Cut(codes, "--")
	codes, _, _ = strings.Cut(codes, ": ")
	return strings.TrimSuffix(strings.TrimRight(codes, " \t\r"), ":")
}

// commentSpan is a whole comment: up to its end mark, or what its line is left with, and
// the line itself where nothing else stands on it.
func commentSpan(src *source.Source, start, end int) source.Span {
	for _, mark := range []string{"-->", "*/"} {
		if bytes.HasPrefix(src.Text[end:], []byte(mark)) {
			end += len(mark)
		}
	}
	span := source.Span{Start: start, End: end}
	if line := lineSpan(src, span); line != span {
		return line
	}
	for span.Start > 0 && (src.Text[span.Start-1] == ' ' || src.Text[span.Start-1] == '\t') {
		span.Start--
	}
	return span
}

// removals says what goes with each code of a comment: the comment with its only one, one
// of several with what separates it from its neighbour.
func removals(list []suppression, comment source.Span) {
	for i := range list {
		switch {
		case len(list) == 1:
			list[i].removal = comment
		case i+1 < len(list):
			list[i].removal = source.Span{Start: list[i].place.Span.Start, End: list[i+1].place.Span.Start}
		default:
			list[i].removal = source.Span{Start: list[i-1].place.Span.End, End: list[i].place.Span.End}
		}
	}
}

// linesOf returns the lines that a comment at an offset counts for.
func linesOf(doc *pluginfile.Document, at int, file bool) [2]int {
	src := doc.Source
	if file {
		return [2]int{1, src.LineCount()}
	}
	line := src.Position(at, source.Bytes).Line
	alone := len(strings.TrimSpace(string(src.Text[src.Line(line).Start:at]))) == 0
	if !alone {
		return [2]int{line, line}
	}
	for _, b := range doc.Recovered {
		if b.Span.Start > at {
			return [2]int{line, src.Position(b.Span.End, source.Bytes).Line}
		}
		if b.Span.End > at {
			break
		}
	}
	return [2]int{line, line + 1}
}

// suppress drops the findings that comments suppress, and tells of comments that
// suppress nothing.
func suppress(list []suppression, o Options, found []source.Diagnostic) []source.Diagnostic {
	if len(list) == 0 {
		return found
	}
	kept := found[:0]
	for _, d := range found {
		if !suppressed(list, d) {
			kept = append(kept, d)
		}
	}
	for _, s := range list {
		if !s.used && Known(s.code) && o.wants(s.code) {
			kept = append(kept, ruleSuppressionUnused.Diagnostic(s.place, fmt.Sprintf("there is no %s to suppress here", s.code), "remove it"))
		}
	}
	return kept
}

func suppressed(list []suppression, d source.Diagnostic) bool {
	if !d.Place.Known() || len(pluginfile.Blocking([]source.Diagnostic{d})) > 0 {
		return false
	}
	hit := false
	line := d.Place.Source.Position(d.Place.Span.Start, source.Bytes).Line
	for i := range list {
		s := &list[i]
		if s.lines[0] <= line && line <= s.lines[1] && s.code != "" && matches([]string{s.code}, d.Code) {
			s.used, hit = true, true
		}
	}
	return hit
}

func suppressionUnknown(p *pass) {
	if len(p.suppressions) == 0 {
		return
	}
	codes := p.codes()
	for _, s := range p.suppressions {
		switch {
		case s.code == "":
			p.report(s.place, "this comment names no code, so it suppresses nothing", "write the codes behind it: imjoy-ignore window-roots")
		case !known(s.code, codes):
			hint := "`imjoy explain` lists the codes"
			if near := source.Nearest(s.code, codes); near != "" {
				hint = fmt.Sprintf("did you mean %s?", near)
			}
			p.report(s.place, fmt.Sprintf("there is no code %q, so this suppresses nothing", s.code), hint)
		}
	}
}

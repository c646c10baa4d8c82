package findings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Frame draws the lines of a file around a place, with the place underlined and the
// notes that lie in the same file beside it; notes in other files follow with frames
// of their own. It ends with a line break, and is empty for a place that is nowhere.
// The severity colours the underline.
func Frame(place source.Place, severity source.Severity, notes []source.Note, o Options) string {
	return frame(place, severity, notes, o, new(rulers))
}

func frame(place source.Place, severity source.Severity, notes []source.Note, o Options, r *rulers) string {
	if !place.Known() {
		return ""
	}
	marks := []mark{newMark(&r.primary, place, "", true)}
	var elsewhere []mark
	for _, n := range notes {
		if !n.Place.Known() {
			continue
		}
		m := newMark(&r.notes, n.Place, Clean(n.Message), false)
		switch {
		case n.Place.Source == place.Source:
			marks = append(marks, m)
		default:
			elsewhere = append(elsewhere, m)
		}
	}
	d := newDrawing(append(slices.Clone(marks), elsewhere...), severity, o)
	d.file("-->", marks)
	for len(elsewhere) > 0 {
		same := 1
		for same < len(elsewhere) && elsewhere[same].Source == elsewhere[0].Source {
			same++
		}
		d.file(":::", elsewhere[:same])
		elsewhere = elsewhere[same:]
	}
	return d.String()
}

// mark is a span to underline, with what is written beside it.
type mark struct {
	source.Place
	start, end source.Position // of the span
	label      string
	primary    bool
}

// newMark leaves away line breaks at the end of a place: there is nothing to
// underline on the line after them.
func newMark(r *ruler, p source.Place, label string, primary bool) mark {
	for p.Span.Len() > 0 && (p.Text[p.Span.End-1] == '\n' || p.Text[p.Span.End-1] == '\r') {
		p.Span.End--
	}
	start, end := r.measure(p)
	return mark{p, start, end, label, primary}
}

// drawing collects the lines of a frame.
type drawing struct {
	strings.Builder
	paint
	severity source.Severity
	gutter   int // width of the line numbers
	columns  int // width left for code
	link     func(file string) string
}

func newDrawing(marks []mark, severity source.Severity, o Options) *drawing {
	last := 0
	for _, m := range marks {
		last = max(last, m.end.Line+contextLines)
	}
	gutter := len(strconv.Itoa(last))
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	return &drawing{
		paint: paint(o.Color), severity: severity,
		gutter: gutter, columns: max(o.Width-gutter-3, minimumWidth), link: o.Link,
	}
}

// file draws the marks of one file: a line that names the place, then the code.
func (d *drawing) file(arrow string, marks []mark) {
	src := marks[0].Source
	place := fmt.Sprintf("%s:%d:%d", Clean(src.Name), marks[0].start.Line, marks[0].start.Column)
	fmt.Fprintf(d, "%s%s %s\n", strings.Repeat(" ", d.gutter), d.style(styleGutter, arrow), hyperlink(d.link, src.Name, place))
	if len(src.Text) == 0 {
		return
	}
	rows := layout(src, marks)
	d.bar("")
	for i, r := range rows {
		if i > 0 && r.line > rows[i-1].line+1 {
			d.WriteString(d.style(styleGutter, "...") + "\n")
		}
		d.row(src, r)
	}
	d.bar("")
}

// row is one line of the file with the marks drawn under it.
type row struct {
	line  int
	marks []mark
}

// layout finds the lines to show for marks, in order, each once.
func layout(src *source.Source, marks []mark) []row {
	lines := map[int][]mark{}
	for _, m := range marks {
		first, last := m.start.Line, m.end.Line
		for line := max(first-contextLines, 1); line <= min(last+contextLines, src.LineCount()); line++ {
			inside := first <= line && line <= last
			_, shown := lines[line]
			switch {
			case !inside && !shown:
				lines[line] = nil // shown, without a mark of its own
			case !inside:
			case line < first+spanLines || line == last:
				lines[line] = append(lines[line], m)
			default: // inside a long span: go on at its last line
				line = last - 1
			}
		}
	}
	rows := make([]row, 0, len(lines))
	for line, marks := range lines {
		slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
		rows = append(rows, row{line, marks})
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.line, b.line) })
	// A blank line says nothing as the first or last one.
	for len(rows) > 0 && len(rows[0].marks) == 0 && blank(src, rows[0].line) {
		rows = rows[1:]
	}
	for n := len(rows); n > 0 && len(rows[n-1].marks) == 0 && blank(src, rows[n-1].line); n-- {
		rows = rows[:n-1]
	}
	return rows
}

func blank(src *source.Source, line int) bool {
	return len(strings.TrimSpace(string(src.Slice(src.Line(line))))) == 0
}

// row draws one line, again for a mark that is too far away on a long line.
func (d *drawing) row(src *source.Source, r row) {
	span := src.Line(r.line)
	if len(r.marks) == 0 {
		d.code(r.line, cutLine(src.Text, span.Start, span.End, span.Start, span.Start, d.columns))
		return
	}
	var shown *strip
	for _, m := range r.marks {
		start, end := inLine(src, span, m)
		if shown == nil || start < shown.start || start > shown.end || start == shown.end && shown.cutRest {
			shown = cutLine(src.Text, span.Start, span.End, start, end, d.columns)
			d.code(r.line, shown)
		}
		d.underline(shown, m, start, end)
	}
}

// inLine returns the part of a mark that lies on a line; on lines after its first
// one the indentation is not marked.
func inLine(src *source.Source, line source.Span, m mark) (start, end int) {
	start, end = max(m.Span.Start, line.Start), min(m.Span.End, line.End)
	if m.Span.Start < line.Start {
		for start < end && (src.Text[start] == ' ' || src.Text[start] == '\t') {
			start++
		}
	}
	start = min(start, line.End)
	return start, max(start, end)
}

func (d *drawing) code(line int, s *strip) {
	text := fmt.Sprintf("%*d |", d.gutter, line)
	d.WriteString(d.style(styleGutter, text))
	if s.text != "" {
		d.WriteString(" " + s.text)
	}
	d.WriteByte('\n')
}

func (d *drawing) underline(s *strip, m mark, start, end int) {
	from, to := s.column(start), s.column(end)
	sign := "-"
	if m.primary {
		sign = "^"
	}
	text := strings.Repeat(sign, max(to-from, 1))
	if m.label != "" && m.Span.End <= end { // written once, where the span ends
		text += " " + m.label
	}
	if m.primary {
		text = d.paint.severity(d.severity, text)
	} else {
		text = d.style(styleNote, text)
	}
	d.bar(strings.Repeat(" ", from) + text)
}

// bar draws a line without a number.
func (d *drawing) bar(text string) {
	if text != "" {
		text = " " + text
	}
	d.WriteString(strings.Repeat(" ", d.gutter+1) + d.style(styleGutter, "|") + text + "\n")
}

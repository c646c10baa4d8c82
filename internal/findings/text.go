package findings

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// writeFull writes each diagnostic with its frame, a blank line between them.
func writeFull(w *bufio.Writer, list []source.Diagnostic, o Options) {
	p, r := paint(o.Color), new(rulers)
	for i, d := range list {
		if i > 0 {
			w.WriteByte('\n')
		}
		fmt.Fprintf(w, "%s: %s\n", heading(p, d), p.style(styleBold, Clean(d.Message)))
		w.WriteString(frame(d.Place, d.Severity, d.Related, o, r))
		if d.Hint != "" {
			writeHint(w, p, d.Hint)
		}
	}
}

// writeHint writes advice of one or more lines under a frame.
func writeHint(w *bufio.Writer, p paint, hint string) {
	lead := "  hint: "
	for line := range strings.Lines(hint) {
		fmt.Fprintf(w, "%s%s\n", p.style(styleHint, lead), Clean(strings.TrimRight(line, "\r\n")))
		lead = strings.Repeat(" ", len(lead))
	}
}

func writeConcise(w *bufio.Writer, list []source.Diagnostic, o Options) {
	p, r := paint(o.Color), new(ruler)
	for _, d := range list {
		if d.Place.Known() {
			at := r.position(d.Place.Source, d.Place.Span.Start)
			place := fmt.Sprintf("%s:%d:%d", p.style(styleBold, Clean(d.Place.Name)), at.Line, at.Column)
			fmt.Fprintf(w, "%s: ", hyperlink(o.Link, d.Place.Name, place))
		}
		fmt.Fprintf(w, "%s: %s\n", heading(p, d), Clean(d.Message))
	}
}

// heading is "error[code]", or "error" for what has no code.
func heading(p paint, d source.Diagnostic) string {
	text := d.Severity.String()
	if d.Code != "" {
		text += "[" + Clean(d.Code) + "]"
	}
	return p.severity(d.Severity, text)
}

// hyperlink makes text a link to a file, for terminals that know OSC 8.
func hyperlink(link func(file string) string, file, text string) string {
	if link == nil {
		return text
	}
	address := link(file)
	if address == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return text
	}
	return "\x1b]8;;" + address + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

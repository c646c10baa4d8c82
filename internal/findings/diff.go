package findings

import (
	"bytes"
	"strings"
)

// CleanDiff makes a unified diff fit for a terminal: control characters of the files are
// shown, not sent. Without color it is left as it is, so that it can be applied.
func CleanDiff(diff []byte, color bool) []byte {
	if !color {
		return diff
	}
	var out bytes.Buffer
	p := paint(true)
	for line := range strings.Lines(string(diff)) {
		text := Clean(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
			text = p.style(styleBold, text)
		case strings.HasPrefix(text, "@@"):
			text = p.style(styleHint, text)
		case strings.HasPrefix(text, "+"):
			text = p.style("32", text)
		case strings.HasPrefix(text, "-"):
			text = p.style("31", text)
		}
		out.WriteString(text + "\n")
	}
	return out.Bytes()
}

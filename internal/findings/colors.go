package findings

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// paint wraps text in an ANSI style, or returns it as it is without colours.
type paint bool

const (
	styleBold   = "1"
	styleGutter = "34"   // blue: line numbers and bars
	styleNote   = "1;34" // bold blue: other places
	styleHint   = "36"   // cyan
)

func (p paint) style(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) severity(s source.Severity, text string) string {
	switch s {
	case source.Error:
		return p.style("1;31", text)
	case source.Warning:
		return p.style("1;33", text)
	}
	return p.style("1;36", text)
}

package conf

import (
	"fmt"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func (r *reader) looseFirst(close byte) bool {
	for r.at < len(r.src) && r.src[r.at] == ',' && !r.lost() {
		r.report(ruleExtraComma, r.at, r.at+1, "there is nothing before this comma", "").
			Fixes = r.replace("remove the comma", true, r.at, r.at+1, "")
		r.at++
		r.space()
	}
	return r.goesOn(close)
}

func (r *reader) afterComma(comma int, close byte) bool {
	for r.at < len(r.src) && r.src[r.at] == ',' && !r.lost() {
		r.report(ruleExtraComma, r.at, r.at+1, "there is nothing before this comma", "").
			Fixes = r.replace("remove the comma", true, r.at, r.at+1, "")
		r.at++
		r.space()
	}
	if r.at < len(r.src) && (r.src[r.at] == '}' || r.src[r.at] == ']') {
		r.report(ruleTrailingComma, comma, comma+1, "there is nothing behind the last comma", "JSON does not allow a trailing comma").
			Fixes = r.replace("remove the comma", true, comma, comma+1, "")
	}
	return r.goesOn(close)
}

func (r *reader) goesOn(close byte) bool {
	opened := r.open[len(r.open)-1]
	for r.at < len(r.src) {
		if r.lost() {
			return false
		}
		c := r.src[r.at]
		switch {
		case c == close:
			r.at++
			return false
		case c != '}' && c != ']' && c != ')':
			return true
		case c != ')' && r.closesOuter(c):
			r.report(ruleSyntax, r.at, r.at+1, fmt.Sprintf("%q comes before the %q that closes the bracket opened earlier", c, close), "").
				Related = []source.Note{{Place: r.place(opened, opened+1), Message: "opened here"}}
			r.last().Fixes = r.replace(fmt.Sprintf("add %q", close), false, r.at, r.at, string(close))
			return false
		}
		r.report(ruleSyntax, r.at, r.at+1, fmt.Sprintf("there is no open bracket for this %q", c), "").
			Fixes = r.replace("remove it", false, r.at, r.at+1, "")
		r.at++
		r.space()
	}
	r.report(ruleSyntax, opened, opened+1, fmt.Sprintf("this bracket is never closed: the text ends without %q", close), "").
		Fixes = r.replace(fmt.Sprintf("add %q at the end", close), false, len(r.src), len(r.src), string(close))
	return false
}

func (r *reader) last() *source.Diagnostic {
	if len(r.diagnostics) == 0 || len(r.diagnostics) >= MaxDiagnostics {
		return &source.Diagnostic{}
	}
	return &r.diagnostics[len(r.diagnostics)-1]
}

func (r *reader) closesOuter(bracket byte) bool {
	opening := byte('{')
	if bracket == ']' {
		opening = '['
	}
	for _, at := range r.open[:len(r.open)-1] {
		if r.src[at] == opening {
			return true
		}
	}
	return false
}

func (r *reader) looseSeparator(valueEnd int, close byte) bool {
	if r.at >= len(r.src) {
		return r.goesOn(close)
	}
	switch c := r.src[r.at]; {
	case c == '}' || c == ']' || c == ')':
		return r.goesOn(close)
	case c == ';':
		r.report(ruleMissingComma, r.at, r.at+1, "a comma stands between values, not a semicolon", "").
			Fixes = r.replace("write a comma", true, r.at, r.at+1, ",")
		comma := r.at
		r.at++
		r.space()
		return r.afterComma(comma, close)
	case c == ':':
		r.report(ruleSyntax, r.at, r.at+1, "a colon is out of place here", "a comma stands between values").
			Fixes = r.replace("write a comma", false, r.at, r.at+1, ",")
		r.at++
		r.space()
		return r.goesOn(close)
	}
	r.report(ruleMissingComma, valueEnd, valueEnd, "a comma is missing behind this value", "").
		Fixes = r.replace("add the comma", true, valueEnd, valueEnd, ",")
	return true
}

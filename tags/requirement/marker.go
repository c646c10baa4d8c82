package requirement

import (
	"fmt"
	"slices"
	"strings"
)

// markerNames are the variables an environment marker may compare.
var markerNames = []string{
	"python_version", "python_full_version", "os_name", "sys_platform", "platform_release", "platform_system",
	"platform_version", "platform_machine", "platform_python_implementation", "implementation_name",
	"implementation_version", "extra",
}

var markerOperators = []string{"===", "<=", "<", "!=", "==", ">=", ">", "~=", "not in", "in"}

const maxMarkerDepth = 20

// marker reads what follows the ";" of a requirement, up to the end: nothing of PEP
// 508 can follow a marker.
func (l *pipLine) marker(semicolon, end int, pkg *Package) int {
	m := markerReader{l: l, end: end}
	m.at = l.skipSpace(semicolon+1, end)
	from := m.at
	if m.at >= end || !m.startsMarker() {
		l.shell(semicolon, end)
		return end
	}
	m.or(0)
	if m.at = l.skipSpace(m.at, end); !l.bad && m.at < end {
		m.fail()
	}
	if !l.bad {
		pkg.Marker = strings.Join(strings.Fields(l.text[from:end]), " ")
	}
	return end
}

// markerReader reads the expression after the ";".
type markerReader struct {
	l       *pipLine
	at, end int
}

// startsMarker tells a marker from the next command of a shell.
func (m *markerReader) startsMarker() bool {
	rest := m.l.text[m.at:m.end]
	if rest[0] == '(' || rest[0] == '"' || rest[0] == '\'' {
		return true
	}
	return slices.Contains(markerNames, leadingWord(rest))
}

func (m *markerReader) or(depth int) {
	m.and(depth)
	for !m.l.bad && m.keyword("or") {
		m.and(depth)
	}
}

func (m *markerReader) and(depth int) {
	m.compare(depth)
	for !m.l.bad && m.keyword("and") {
		m.compare(depth)
	}
}

// compare reads "(" or ")" or VALUE OPERATOR VALUE.
func (m *markerReader) compare(depth int) {
	m.space()
	if m.at < m.end && m.l.text[m.at] == '(' {
		if depth >= maxMarkerDepth {
			m.fail()
			return
		}
		m.at++
		m.or(depth + 1)
		m.space()
		if m.l.bad {
			return
		}
		if m.at >= m.end || m.l.text[m.at] != ')' {
			m.fail()
			return
		}
		m.at++
		return
	}
	m.value()
	m.operator()
	m.value()
}

// value reads a variable or a quoted text.
func (m *markerReader) value() {
	if m.space(); m.l.bad {
		return
	}
	rest := m.l.text[m.at:m.end]
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		close := strings.IndexByte(rest[1:], rest[0])
		if close < 0 || strings.Trim(rest[1:1+close], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._+,#:-") != "" {
			m.fail()
			return
		}
		m.at += close + 2
		return
	}
	name := leadingWord(rest)
	if !slices.Contains(markerNames, name) {
		m.fail()
		return
	}
	m.at += len(name)
}

func (m *markerReader) operator() {
	if m.space(); m.l.bad {
		return
	}
	rest := m.l.text[m.at:m.end]
	for _, operator := range markerOperators {
		if strings.HasPrefix(rest, operator) {
			m.at += len(operator)
			return
		}
	}
	m.fail()
}

func (m *markerReader) keyword(word string) bool {
	m.space()
	if leadingWord(m.l.text[m.at:m.end]) != word {
		return false
	}
	m.at += len(word)
	return true
}

func (m *markerReader) space() { m.at = m.l.skipSpace(m.at, m.end) }

// fail reports the first thing that is no marker.
func (m *markerReader) fail() {
	if m.l.bad {
		return
	}
	if m.at >= m.end {
		m.l.report(ruleSyntax, m.end-1, m.end, "the environment marker is not complete", `write ; python_version < "3.8"`)
		return
	}
	if c := m.l.text[m.at]; strings.IndexByte(shellCharacters, c) >= 0 && c != '(' && c != ')' {
		m.l.shell(m.at, m.end)
		return
	}
	end := max(m.l.wordEnd(m.at, m.end), m.at+1)
	m.l.report(ruleSyntax, m.at, end, fmt.Sprintf("%q is not part of an environment marker", m.l.text[m.at:end]), `write ; python_version < "3.8"`)
}

// leadingWord returns the letters and underscores text begins with.
func leadingWord(text string) string {
	i := 0
	for i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] == '_') {
		i++
	}
	return text[:i]
}

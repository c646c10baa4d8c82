package pyodide

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"deps.dev/util/semver"
)

// environment is what markers of requirements compare, in a page.
var environment = map[string]string{
	"os_name": "posix", "sys_platform": "emscripten", "platform_machine": "wasm32", "platform_system": "Emscripten",
	"platform_python_implementation": "CPython", "implementation_name": "cpython", "platform_release": "", "platform_version": "",
	"python_version": python, "python_full_version": Python, "implementation_version": Python,
}

var markerToken = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(\(|\)|'[^']*'|"[^"]*"|===|<=|>=|==|!=|~=|<|>|[A-Za-z_.]+)`)
})

// holds evaluates a marker of PEP 508; extras are those that were asked for.
func holds(marker string, extras []string) (bool, error) {
	m := markerReader{extras: extras}
	for rest := strings.TrimSpace(marker); rest != ""; rest = strings.TrimSpace(rest) {
		found := markerToken().FindStringSubmatch(rest)
		if found == nil {
			return false, fmt.Errorf("the marker %q cannot be read", marker)
		}
		m.tokens = append(m.tokens, found[1])
		rest = rest[len(found[0]):]
	}
	yes := m.either()
	if m.bad || m.at < len(m.tokens) {
		return false, fmt.Errorf("the marker %q cannot be read", marker)
	}
	return yes, nil
}

type markerReader struct {
	tokens []string
	at     int
	depth  int
	bad    bool
	extras []string
}

const maxMarkerDepth = 20

func (m *markerReader) next() string {
	if m.at >= len(m.tokens) {
		m.bad = true
		return ""
	}
	m.at++
	return m.tokens[m.at-1]
}

func (m *markerReader) sees(word string) bool {
	if m.bad || m.at >= len(m.tokens) || m.tokens[m.at] != word {
		return false
	}
	m.at++
	return true
}

func (m *markerReader) either() bool {
	yes := m.both()
	for m.sees("or") {
		yes = m.both() || yes
	}
	return yes
}

func (m *markerReader) both() bool {
	yes := m.one()
	for m.sees("and") {
		yes = m.one() && yes
	}
	return yes
}

func (m *markerReader) one() bool {
	if m.sees("(") {
		if m.depth++; m.depth > maxMarkerDepth {
			m.bad = true
			return false
		}
		yes := m.either()
		m.depth--
		m.bad = m.bad || !m.sees(")")
		return yes
	}
	left := m.next()
	operator := m.next()
	if operator == "not" {
		m.bad = m.bad || m.next() != "in"
		operator = "not in"
	}
	return m.compare(left, operator, m.next())
}

func (m *markerReader) compare(left, operator, right string) bool {
	if left == "extra" || right == "extra" {
		wanted := strings.Trim(strings.TrimSuffix(left+right, "extra"), `"'`)
		if left == "extra" {
			wanted = strings.Trim(right, `"'`)
		}
		return slices.Contains(m.extras, wanted) == (operator == "==")
	}
	a, b := m.value(left), m.value(right)
	switch operator {
	case "in":
		return strings.Contains(b, a)
	case "not in":
		return !strings.Contains(b, a)
	}
	if constraint, err := semver.PyPI.ParseConstraint(operator + b); err == nil && !m.bad {
		if _, err := semver.PyPI.Parse(a); err == nil {
			return constraint.Match(a)
		}
	}
	switch operator {
	case "==", "===":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	m.bad = true
	return false
}

func (m *markerReader) value(token string) string {
	if strings.HasPrefix(token, `"`) || strings.HasPrefix(token, "'") {
		return token[1 : len(token)-1]
	}
	value, known := environment[token]
	m.bad = m.bad || !known
	return value
}

package requirement

import (
	"strings"
)

// validSpecifier reports whether text, clauses with commas and without spaces, is a
// version specifier of PEP 440.
func validSpecifier(text string) bool {
	for _, clause := range strings.Split(text, ",") {
		if !validClause(clause) {
			return false
		}
	}
	return true
}

// clause is one comparison: an operator and a version of PEP 440.
var clause = pattern(`(?i)^(~=|===|==|!=|<=|>=|<|>)v?([0-9]+!)?[0-9]+(\.[0-9]+)*([._-]?(a|b|c|rc|alpha|beta|pre|preview)[._-]?[0-9]*)?(-[0-9]+|[._-]?(post|rev|r)[._-]?[0-9]*)?([._-]?dev[._-]?[0-9]*)?(\+[a-z0-9]+([._-][a-z0-9]+)*|\.\*)?$`)

func validClause(text string) bool {
	if !clause().MatchString(text) {
		return false
	}
	switch text[:2] {
	case "==", "!=":
		return true
	case "~=": // "~=1" says nothing: it needs a part that may grow
		return strings.Contains(text, ".") && !strings.HasSuffix(text, ".*")
	}
	return !strings.HasSuffix(text, ".*")
}

// condaVersion matches a version as conda writes it, wildcards included. It begins
// with a digit: a word there is the name of a file behind a redirection.
var condaVersion = pattern(`^[0-9*][0-9A-Za-z_.*+!]*$`)

// pep440 rewrites conda's version specifier: "=3.6" is any 3.6, "==3.6" exactly
// that. ok is false where PEP 440 has no words for it ("1.0|2.0").
func pep440(conda string) (specifier string, ok bool) {
	if conda == "" {
		return "", true
	}
	var out []string
	for _, part := range strings.Split(conda, ",") {
		i := strings.IndexFunc(part, func(r rune) bool { return !strings.ContainsRune("=<>!~", r) })
		if i < 0 {
			return "", false
		}
		operator, version := part[:i], part[i:]
		switch operator {
		case "", "=":
			operator, version = "==", strings.TrimSuffix(strings.TrimSuffix(version, "*"), ".")+".*"
		}
		if operator == "==" && version == ".*" { // "=*"
			continue
		}
		if !validClause(operator + version) {
			return "", false
		}
		out = append(out, operator+version)
	}
	return strings.Join(out, ","), true
}

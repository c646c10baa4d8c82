package requirement

import (
	"fmt"
	"slices"
	"strings"
)

// requirement reads NAME [EXTRAS] [SPECIFIER | @ URL] [; MARKER] of PEP 508 and
// returns where it ends. White space around operators is part of the grammar, so
// what follows a name decides whether the requirement goes on.
func (l *pipLine) requirement(start, end int) int {
	at := skipName(l.text, start, end)
	pkg := Package{Name: l.text[start:at]}
	if !validName(pkg.Name) {
		l.unexpectedName(start, at)
		return end
	}
	if next := l.skipSpace(at, end); next < end && l.text[next] == '[' {
		if at = l.extras(next, end, &pkg); l.bad {
			return end
		}
	}
	next := l.skipSpace(at, end)
	if next < end && l.text[next] == '@' {
		from := l.skipSpace(next+1, end)
		to := l.wordEnd(from, end)
		l.pipURL(start, from, to, pkg)
		return to
	}
	at = l.specifier(at, end, &pkg)
	if l.bad {
		return end
	}
	if next = l.skipSpace(at, end); next < end && l.text[next] == ';' {
		if at = l.marker(next, end, &pkg); l.bad {
			return end
		}
	}
	pkg.Item = l.item(start, at)
	l.addPackage(pkg)
	return at
}

func skipName(text string, at, end int) int {
	for at < end && isNameByte(text[at]) {
		at++
	}
	return at
}

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

// validName reports names of packages: letters and digits at both ends.
func validName(name string) bool {
	return name != "" && !strings.ContainsRune("._-", rune(name[0])) && !strings.ContainsRune("._-", rune(name[len(name)-1]))
}

func (l *pipLine) unexpectedName(start, at int) {
	if at == start {
		l.unexpected(start)
		return
	}
	l.report(ruleSyntax, start, at, fmt.Sprintf("%q is not the name of a package", l.text[start:at]), "a name begins and ends with a letter or digit")
}

// extras reads "[a, b]".
func (l *pipLine) extras(open, end int, pkg *Package) int {
	close := strings.IndexByte(l.text[open:end], ']')
	if close < 0 {
		l.report(ruleSyntax, open, end, `the "[" is never closed`, "")
		return end
	}
	close += open
	for _, part := range strings.Split(l.text[open+1:close], ",") {
		name := strings.TrimSpace(part)
		if skipName(name, 0, len(name)) != len(name) || !validName(name) {
			l.report(ruleSyntax, open, close+1, fmt.Sprintf("%q is not the name of an extra", name), "write name[extra1,extra2]")
			return end
		}
		pkg.Extras = append(pkg.Extras, strings.ToLower(name))
	}
	slices.Sort(pkg.Extras)
	pkg.Extras = slices.Compact(pkg.Extras)
	return close + 1
}

// specifier reads clauses with commas, with or without parentheses around them.
func (l *pipLine) specifier(start, end int, pkg *Package) int {
	at := l.skipSpace(start, end)
	parentheses := at < end && l.text[at] == '('
	if parentheses {
		if next := l.skipSpace(at+1, end); next >= end || !isOperatorByte(l.text[next]) {
			l.unexpected(at)
			return end
		}
		at++
	} else if at >= end || !isOperatorByte(l.text[at]) {
		return start
	}
	var clauses []string
	for {
		clause, next := l.clause(l.skipSpace(at, end), end)
		if l.bad {
			return end
		}
		clauses, at = append(clauses, clause), next
		comma := l.skipSpace(at, end)
		if comma >= end || l.text[comma] != ',' {
			break
		}
		at = comma + 1
	}
	pkg.Specifier = strings.Join(clauses, ",")
	if parentheses {
		close := l.skipSpace(at, end)
		if close >= end || l.text[close] != ')' {
			l.report(ruleSyntax, start, at, `the "(" is never closed`, "")
			return end
		}
		return close + 1
	}
	return at
}

func isOperatorByte(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '!' || c == '~' }

// clause reads one comparison.
func (l *pipLine) clause(start, end int) (text string, next int) {
	at := start
	for at < end && isOperatorByte(l.text[at]) {
		at++
	}
	operator := l.text[start:at]
	from := l.skipSpace(at, end)
	to := from
	for to < end && (isNameByte(l.text[to]) || strings.IndexByte("*+!", l.text[to]) >= 0) {
		to++
	}
	version := l.text[from:to]
	switch {
	case operator == "=":
		l.report(ruleSyntax, start, at, `pip compares with "==", not "="`, "write =="+version)
	case operator == "" && at < end:
		l.unexpected(at)
	case (operator == ">" || operator == "<" || operator == ">>" || operator == "<<") && !validSpecifier(operator+version):
		l.shell(start, end)
	case version == "":
		l.report(ruleSyntax, start, max(at, min(start+1, end)), "a version is missing here", "write name==1.2 or name>=1,<2")
	case !validSpecifier(operator + version):
		l.report(ruleSyntax, start, to, fmt.Sprintf("%q is not a version of Python's packages", operator+version), "write ==1.2, >=1.2, ~=1.2, !=1.2 or ==1.*")
	}
	return operator + version, to
}

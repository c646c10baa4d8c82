package glob

import (
	"regexp"
	"strings"
)

// Pattern is a compiled pattern. `*` and `?` stop at slashes, `**` does not, and
// `[a-z]` is one of a set. A pattern without a slash is about the last name of a path,
// at any depth.
type Pattern struct{ expression *regexp.Regexp }

// Compile compiles a pattern. Whatever the text, it is a pattern: what could not be a
// set is taken letter by letter.
func Compile(pattern string) Pattern {
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	return Pattern{compile(strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/"), anchored, `(?:/.*)?`)}
}

// Match reports whether a path, or a folder it lies in, is meant.
func (p Pattern) Match(path string) bool { return p.expression.MatchString(path) }

// compile translates a pattern into an expression without repeated choices, so that no
// pattern is slow.
func compile(pattern string, anchored bool, tail string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	if !anchored {
		b.WriteString(`(?:.*/)?`)
	}
	pattern = strings.TrimSuffix(pattern, "/")
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		before := i == 0 || pattern[i-1] == '/'
		switch {
		case before && strings.HasPrefix(rest, "**/"):
			b.WriteString(`(?:.*/)?`)
			i += 3
		case before && rest == "**":
			b.WriteString(`.*`)
			i += 2
		case rest[0] == '*':
			for i < len(pattern) && pattern[i] == '*' {
				i++
			}
			b.WriteString(`[^/]*`)
		case rest[0] == '?':
			b.WriteString(`[^/]`)
			i++
		case rest[0] == '[':
			set, size := class(rest)
			b.WriteString(set)
			i += size
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			i += 2
		default:
			end := strings.IndexAny(rest[1:], `*?[\`) + 1
			if end == 0 {
				end = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(rest[:end]))
			i += end
		}
	}
	b.WriteString(tail + `$`)
	expression, err := regexp.Compile(b.String())
	if err != nil { // bytes that are no text
		return regexp.MustCompile(`^` + regexp.QuoteMeta(strings.ToValidUTF8(pattern, "\uFFFD")) + `$`)
	}
	return expression
}

// class translates a set such as [a-z] or [!0-9], and returns how long it was.
func class(text string) (expression string, size int) {
	const literal = `\[`
	end := 1
	if end < len(text) && (text[end] == '!' || text[end] == '^') {
		end++
	}
	if end < len(text) && text[end] == ']' {
		end++
	}
	close := strings.IndexByte(text[min(end, len(text)):], ']')
	if close < 0 {
		return literal, 1
	}
	end += close
	inner, not := text[1:end], ""
	if inner[0] == '!' || inner[0] == '^' {
		inner, not = inner[1:], "^"
	}
	quoted := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(inner)
	set := `[` + not + quoted + `]`
	if not != "" {
		set = `[^/` + quoted + `]`
	}
	if _, err := regexp.Compile(set); err != nil { // such as [z-a]
		return literal, 1
	}
	return set, end + 1
}

package glob

import (
	"path"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxRules is how many lines of a .gitignore count.
const maxRules = 10_000

// Ignore is what one .gitignore says about the paths below its folder.
type Ignore struct{ rules []rule }

type rule struct {
	match   func(name string) bool
	keep    bool // "!": the path is not ignored after all
	folders bool // trailing slash: only folders
}

// ParseIgnore reads the text of a .gitignore.
func ParseIgnore(text string) *Ignore {
	ignore := new(Ignore)
	for line := range strings.Lines(text) {
		if r, ok := parseRule(strings.TrimRight(line, "\r\n")); ok && len(ignore.rules) < maxRules {
			ignore.rules = append(ignore.rules, r)
		}
	}
	return ignore
}

func parseRule(line string) (r rule, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = strings.TrimSuffix(line, " ")
	}
	if line == "" || line[0] == '#' {
		return rule{}, false
	}
	if line[0] == '!' {
		r.keep, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		r.folders, line = true, strings.TrimSuffix(line, "/")
	}
	if line == "" {
		return rule{}, false
	}
	r.match = matcher(strings.TrimPrefix(line, "/"), strings.Contains(line, "/"))
	return r, true
}

// matcher returns what decides about paths. Most lines are a name, *.EXTENSION or NAME*,
// which takes no expression, and most others are what package path can match; the rest
// is compiled when it is first asked.
func matcher(pattern string, anchored bool) func(name string) bool {
	if rest, ok := strings.CutPrefix(pattern, "**/"); ok && rest != "" && !strings.Contains(rest, "/") {
		pattern, anchored = rest, false
	}
	word := strings.Trim(pattern, "*")
	plain := word != "" && !strings.ContainsAny(word, `*?[\`) && !strings.HasSuffix(word, "/") && utf8.ValidString(word) && !strings.ContainsRune(word, utf8.RuneError)
	switch {
	case plain && pattern == word && anchored:
		return func(name string) bool { return name == word }
	case plain && pattern == word:
		return func(name string) bool {
			above, found := strings.CutSuffix(name, word)
			return found && (above == "" || above[len(above)-1] == '/')
		}
	case plain && pattern == "*"+word && !anchored:
		return func(name string) bool { return strings.HasSuffix(name, word) }
	case plain && pattern == word+"*" && !anchored:
		return func(name string) bool {
			return strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], word)
		}
	}
	if usual(pattern) {
		return func(name string) bool {
			if !anchored {
				name = name[strings.LastIndexByte(name, '/')+1:]
			}
			matched, _ := path.Match(pattern, name)
			return matched
		}
	}
	expression := sync.OnceValue(func() *regexp.Regexp { return compile(pattern, anchored, "") })
	return func(name string) bool { return expression().MatchString(name) }
}

// usual reports whether package path reads a pattern as Git does: sets are of letters
// and digits, and no stars stand together.
func usual(pattern string) bool {
	set := false
	for i := range len(pattern) {
		c := pattern[i]
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case c == '[' && !set, c == ']' && set && pattern[i-1] != '[':
			set = !set
		case set, c == '*' && i > 0 && pattern[i-1] == '*', strings.IndexByte("*?._-/ ", c) < 0:
			return false
		}
	}
	return !set && pattern != "" && !strings.HasSuffix(pattern, "/") && !strings.HasPrefix(pattern, "/")
}

// Says reports what the file says about a path below its folder: to ignore it, or to
// keep it, or nothing at all. Git never looks into an ignored folder, so a path in one
// is not asked about.
func (ignore *Ignore) Says(name string, folder bool) (ignored, said bool) {
	for i := len(ignore.rules) - 1; i >= 0; i-- {
		if r := ignore.rules[i]; (folder || !r.folders) && r.match(name) {
			return !r.keep, true
		}
	}
	return false, false
}

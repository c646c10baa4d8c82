package glob

import (
	"regexp"
	"strings"
)

// maxRules is how many lines of a .gitignore count.
const maxRules = 10_000

// Ignore is what one .gitignore says about the paths below its folder.
type Ignore struct{ rules []rule }

type rule struct {
	expression *regexp.Regexp
	keep       bool // "!": the path is not ignored after all
	folders    bool // trailing slash: only folders
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
	r.expression = compile(strings.TrimPrefix(line, "/"), strings.Contains(line, "/"), "")
	return r, true
}

// Says reports what the file says about a path below its folder: to ignore it, or to
// keep it, or nothing at all. Git never looks into an ignored folder, so a path in one
// is not asked about.
func (ignore *Ignore) Says(path string, folder bool) (ignored, said bool) {
	for i := len(ignore.rules) - 1; i >= 0; i-- {
		if r := ignore.rules[i]; (folder || !r.folders) && r.expression.MatchString(path) {
			return !r.keep, true
		}
	}
	return false, false
}

package requirement

import (
	"fmt"
	"slices"
	"strings"
)

// pipOptions are the options of pip a plugin may use; the value is the long form.
var pipOptions = map[string]string{
	"-U": "--upgrade", "--upgrade": "--upgrade",
	"--pre":     "--pre",
	"--no-deps": "--no-deps",
}

// pipHarmless change nothing about what is installed, so they are left away.
var pipHarmless = []string{
	"--user", "--no-cache-dir", "--no-cache", "-q", "-qq", "--quiet", "-v", "--verbose", "-y", "--yes", "-I", "--ignore-installed",
	"--force-reinstall", "--disable-pip-version-check", "--no-input", "--no-warn-script-location", "--no-color", "--prefer-binary",
}

// pipLine reads what follows "pip install".
type pipLine struct {
	*parser
	end      int
	options  []string
	editable bool // an -e waits for its package
	redirect int  // where the first bare ">" or "<" stands, -1 for none
}

// pip reads options, requirements of PEP 508, URLs and folders of clones.
func (p *parser) pip(start, end int) {
	start, end = p.trimmed(start, end)
	l := &pipLine{parser: p, end: end, redirect: -1}
	first := len(p.d.Pip)
	for at := p.skipSpace(start, end); at < end && !p.bad; at = p.skipSpace(at, end) {
		at = l.unit(at)
		if len(p.d.Pip)-first > maxWords {
			p.report(ruleSyntax, start, end, fmt.Sprintf("the entry has more than %d packages", maxWords), "")
		}
	}
	switch {
	case p.bad:
	case l.editable || len(p.d.Pip) == first:
		p.report(ruleSyntax, start, end, "the entry names no package", "write the packages after the options")
	case l.redirect >= 0:
		p.report(ruleRedirect, l.redirect, l.redirect+1, "ImJoy gives this to a shell, which reads it as a redirection and installs any version", "put quotes around the requirement, or write ~= or ==")
	}
	for i := first; i < len(p.d.Pip); i++ {
		p.d.Pip[i].Options = l.options
	}
}

// unit reads one option, one requirement, or one requirement in quotes, and returns
// where it ends.
func (l *pipLine) unit(at int) int {
	switch c := l.text[at]; c {
	case '-':
		return l.option(at)
	case '"', '\'':
		close := strings.IndexByte(l.text[at+1:l.end], c)
		if close < 0 {
			l.report(ruleSyntax, at, l.end, fmt.Sprintf("the quote %c is never closed", c), "")
			return l.end
		}
		close += at + 1
		from := l.skipSpace(at+1, close)
		if from < close && l.text[from] == '-' {
			l.report(ruleOption, from, close, fmt.Sprintf("%q is not a package", l.text[from:close]), "")
			return l.end
		}
		if next := l.skipSpace(l.pipPackage(from, close), close); next < close && !l.bad {
			l.unexpected(next)
		}
		return l.apart(close + 1)
	}
	before := len(l.d.Pip)
	next := l.pipPackage(at, l.end)
	if bare := strings.IndexAny(l.text[at:next], "<>"); bare >= 0 && l.redirect < 0 && len(l.d.Pip) > before && l.d.Pip[before].URL == "" {
		l.redirect = at + bare
	}
	return l.apart(next)
}

// apart makes sure that white space follows.
func (l *pipLine) apart(at int) int {
	if !l.bad && at < l.end && l.text[at] != ' ' && l.text[at] != '\t' {
		l.unexpected(at)
	}
	return at
}

// option reads one option.
func (l *pipLine) option(at int) int {
	end := l.wordEnd(at, l.end)
	text := l.text[at:end]
	name, value, found := strings.Cut(text, "=")
	switch {
	case strings.ContainsAny(text, shellCharacters):
		i := strings.IndexAny(text, shellCharacters)
		l.shell(at+i, l.end)
	case text == "-e" || text == "--editable":
		l.editable = true
	case name == "--editable" && found && value != "":
		l.editable = true
		return at + len("--editable=")
	case pipOptions[text] != "":
		if long := pipOptions[text]; !slices.Contains(l.options, long) {
			l.options = append(l.options, long)
		}
	case slices.Contains(pipHarmless, text):
		l.report(ruleUselessOption, at, end, fmt.Sprintf("%s changes nothing here", text), "remove it")
	default:
		l.report(ruleOption, at, end, fmt.Sprintf("the option %s of pip is not allowed", name), pipOptionHint(name))
	}
	return end
}

func pipOptionHint(name string) string {
	switch name {
	case "-r", "--requirement":
		return "list the packages themselves"
	case "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host", "--no-index":
		return "a plugin cannot choose where packages come from; whoever installs it can"
	case "-t", "--target", "--prefix", "--root", "--src", "--python":
		return "a plugin cannot choose where packages go"
	}
	return "allowed are -U, --pre, --no-deps and -e"
}

// pipPackage reads one requirement between two offsets and returns where it ends.
func (l *pipLine) pipPackage(at, end int) int {
	stop := l.wordEnd(at, end)
	text := l.text[at:stop]
	switch {
	case looksLikeURL(text):
		l.pipURL(at, at, stop, Package{})
		return stop
	case l.editable || looksLikePath(text):
		l.pipPath(at, stop)
		return stop
	}
	return l.requirement(at, end)
}

func (l *pipLine) addPackage(pkg Package) {
	pkg.Editable = l.editable
	l.editable = false
	l.d.Pip = append(l.d.Pip, pkg)
}

// wordEnd returns the next white space.
func (p *parser) wordEnd(at, end int) int {
	if i := strings.IndexAny(p.text[at:end], " \t\r\n"); i >= 0 {
		return at + i
	}
	return end
}

// unexpected reports the character at an offset where the grammar has no place for it.
func (p *parser) unexpected(at int) {
	if strings.IndexByte(shellCharacters+expansions, p.text[at]) >= 0 {
		p.shell(at, len(p.text))
		return
	}
	end := max(p.wordEnd(at, len(p.text)), at+1)
	p.report(ruleSyntax, at, end, fmt.Sprintf("%q is not part of a requirement", p.text[at:end]), "write name, name==1.2 or name>=1,<2")
}

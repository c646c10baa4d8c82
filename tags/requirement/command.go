package requirement

import (
	"fmt"
	"slices"
	"strings"
)

// builtins are words of a shell that are no programs.
var builtins = []string{"cd", "source", ".", "alias", "unset", "eval", "exec", "ulimit", "umask", "pushd", "popd", "if", "for", "while", "function", "call", "setlocal", "exit", "trap", "[", "[[", "{", "(", "!", ":"}

// programText matches the name or path of a program, without surprises.
var programText = pattern(`^[A-Za-z0-9_./][A-Za-z0-9_./:+-]*$`)

// command keeps a command that somebody must agree to.
func (p *parser) command(start, end int) {
	words, ok := p.words(start, end, "")
	if !ok {
		return
	}
	if len(words) == 0 || words[0].text == "" {
		p.report(ruleSyntax, start, end, "the command is empty", "")
		return
	}
	c := Command{Item: p.item(start, end)}
	for _, w := range words {
		if at := p.expansion(w); at >= 0 {
			p.shell(at, w.end)
			return
		}
		c.Words = append(c.Words, w.text)
	}
	switch first := words[0]; {
	case slices.Contains(builtins, first.text):
		p.report(ruleShell, first.start, first.end, fmt.Sprintf("%q is a word of the shell, and no shell reads this", first.text), "write a command that needs no shell")
	case strings.Contains(first.text, "="):
		p.report(ruleShell, first.start, first.end, "only a shell sets a variable before a command", `use {"type": "variable", "options": {...}} in env`)
	case !programText().MatchString(first.text):
		p.report(ruleSyntax, first.start, first.end, fmt.Sprintf("%q is not a program", first.text), "write its name")
	default:
		p.report(ruleCommand, start, end, fmt.Sprintf("%s is run only if the person who installs the plugin agrees", quoteWords(c.Words)), "declare packages with pip: or conda: where that is what it does")
		p.d.Commands = append(p.d.Commands, c)
	}
}

// expansion returns where a shell would expand a bare word, -1 if it would not.
func (p *parser) expansion(w word) int {
	if w.start < w.end && p.text[w.start] == '~' {
		return w.start
	}
	for i := range len(w.text) {
		bare := w.end-w.start == len(w.text)
		if bare && strings.IndexByte(expansions, w.text[i]) >= 0 {
			return w.at[i]
		}
	}
	return -1
}

// quoteWords shows words one by one, so that none can pretend to be two.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; w == "" || strings.ContainsAny(w, " \t\"'") {
			quoted[i] = fmt.Sprintf("%q", w)
		}
	}
	return strings.Join(quoted, " ")
}

package requirement

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

var (
	// pythonProgram is an interpreter found by name, with its version if it has one.
	pythonProgram = pattern(`^python(3(\.[0-9]+)?|2(\.[0-9]+)?)?(\.exe)?$`)
	// pythonOption is an option of Python that changes no code that runs.
	pythonOption = pattern(`^(-u|-O|-OO|-B|-E|-s|-S|-I|-v|-q|-b|-bb|-d)$`)
)

// readProgram reads the field cmd: variables, then an interpreter.
func (p *parser) readProgram(n *conf.Node) {
	if n.Empty() {
		return
	}
	if n.Kind != conf.String {
		p.add(ruleShape.Diagnostic(n.Place, "cmd is "+kindText(n.Kind)+", not a string", `write "python"`))
		return
	}
	p.read("cmd", n, p.program)
}

func (p *parser) program() {
	start, end := p.trimmed(0, len(p.text))
	words, ok := p.words(start, end, "")
	if !ok {
		return
	}
	for len(words) > 0 {
		name, value, assigns := strings.Cut(words[0].text, "=")
		if !assigns || strings.HasPrefix(name, "-") {
			break
		}
		p.assign(words[0], name, value)
		words = words[1:]
	}
	if p.bad || len(words) == 0 {
		return
	}
	prog := &Program{Item: p.item(words[0].start, end), Plain: pythonProgram().MatchString(words[0].text)}
	for i, w := range words {
		if at := p.expansion(w); at >= 0 {
			p.shell(at, w.end)
			return
		}
		prog.Words = append(prog.Words, w.text)
		prog.Plain = prog.Plain && (i == 0 || pythonOption().MatchString(w.text))
	}
	if !programText().MatchString(words[0].text) {
		p.report(ruleSyntax, words[0].start, words[0].end, fmt.Sprintf("%q is not a program", words[0].text), `write "python"`)
		return
	}
	p.d.Program = prog
	if !prog.Plain {
		p.report(ruleCommand, words[0].start, end, fmt.Sprintf("%s is run only if the person who runs the plugin agrees", quoteWords(prog.Words)), `write "python"`)
		return
	}
	if m := pythonProgram().FindStringSubmatch(words[0].text); strings.Contains(m[1], ".") {
		p.setPython("=="+m[1]+".*", p.item(words[0].start, words[0].end))
	}
}

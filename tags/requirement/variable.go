package requirement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// variables reads {"type": "variable", "options": {"NAME": "value"}}.
func (p *parser) variables(n *conf.Node) {
	options := n.Get("options")
	if options != nil && !options.Map() {
		p.add(ruleShape.Diagnostic(options.Place, "options is "+kindText(options.Kind)+", not an object", `write {"NAME": "value"}`))
		return
	}
	for _, name := range options.Keys() {
		m := options.Member(name)
		value, ok := m.Value.Scalar()
		if !ok {
			p.add(ruleShape.Diagnostic(m.Value.Place, fmt.Sprintf("the value of %s is %s, not text", name, kindText(m.Value.Kind)), "write it in quotes"))
			continue
		}
		v := Variable{Item: Item{Text: name + "=" + value, Place: m.Value.Place}, Name: name, Value: value}
		if message, hint := checkVariable(name, value); message != "" {
			p.add(ruleVariable.Diagnostic(m.KeyPlace, message, hint))
			p.d.Refused = append(p.d.Refused, v.Item)
			continue
		}
		p.setVariable(v)
	}
}

// setVariable keeps a variable; a later one of the same name wins.
func (p *parser) setVariable(v Variable) {
	kept := slices.DeleteFunc(slices.Clone(p.d.Variables), func(o Variable) bool { return o.Name == v.Name })
	p.d.Variables = append(kept, v)
}

// reserved are variables that change which code runs, in any child: a plugin cannot
// set them.
var (
	variableText = pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)
	reserved     = pattern(`(?i)^(PATH|HOME|SHELL|IFS|ENV|BASH_ENV|PROMPT_COMMAND|USER|LOGNAME|TMPDIR|TEMP|TMP|LD_.*|DYLD_.*|PYTHON(PATH|HOME|STARTUP|INSPECT|USERBASE|EXECUTABLE|BREAKPOINT|PLATLIBDIR|WARNINGS|PYCACHEPREFIX)|PIP_.*|UV_.*|CONDA_.*|MAMBA_.*|VIRTUAL_ENV|GIT_.*|SSH_.*|SSL_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|.*_PROXY|NODE_.*|PERL5?LIB|PERL5OPT|RUBYLIB|RUBYOPT|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|CLASSPATH|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|HOSTALIASES|IMJOY_.*|SYSTEMROOT|COMSPEC|PATHEXT)$`)
)

func checkVariable(name, value string) (message, hint string) {
	switch {
	case !variableText().MatchString(name):
		return fmt.Sprintf("%q is not the name of a variable", name), "use letters, digits and _"
	case reserved().MatchString(name):
		return fmt.Sprintf("a plugin cannot set %s: it changes which code runs", name), "remove it"
	case strings.ContainsAny(value, "\x00\n\r"):
		return fmt.Sprintf("the value of %s contains a line break or NUL", name), ""
	}
	return "", ""
}

// export reads "export A=B C=D", and "setenv A B".
func (p *parser) export(words []word, start, end int) {
	if words[0].text == "setenv" && len(words) == 3 {
		p.assign(words[1], words[1].text, words[2].text)
		return
	}
	if len(words) == 1 {
		p.report(ruleSyntax, start, end, "no variable follows", "write export NAME=value")
		return
	}
	for _, w := range words[1:] {
		name, value, found := strings.Cut(w.text, "=")
		if !found {
			p.report(ruleSyntax, w.start, w.end, fmt.Sprintf("%q sets no variable", w.text), "write export NAME=value")
			return
		}
		p.assign(w, name, value)
	}
}

func (p *parser) assign(w word, name, value string) {
	if message, hint := checkVariable(name, value); message != "" {
		start, end := w.span(0, len(name))
		p.report(ruleVariable, start, end, message, hint)
		return
	}
	if i := strings.IndexAny(value, "<>"); i >= 0 {
		p.shell(w.at[len(name)+1+i], w.end)
		return
	}
	p.setVariable(Variable{Item: p.item(w.start, w.end), Name: name, Value: value})
}

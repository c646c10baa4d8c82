package requirement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// readEnv reads the field env: commands as text, and objects with a type.
func (p *parser) readEnv(n *conf.Node) {
	if n.Map() && n.Get("type") != nil { // one object instead of a list of one
		p.envObject(n)
		return
	}
	if !n.List() {
		p.each("env", n, p.envLine)
		return
	}
	for i, item := range n.Items {
		switch {
		case i == maxItems:
			p.add(ruleShape.Diagnostic(n.Place, fmt.Sprintf("env has %d entries; %d are the most", len(n.Items), maxItems), ""))
			return
		case item.Map():
			p.envObject(item)
		default:
			p.read("env", item, p.envLine)
		}
	}
}

// envObject reads {"type": "gputil" | "variable" | "binder", ...}.
func (p *parser) envObject(n *conf.Node) {
	item := Item{Text: string(n.Place.Slice(n.Place.Span)), Place: n.Place}
	kind, _ := n.Get("type").Str()
	switch kind {
	case "gputil":
		options, _ := n.Get("options").Plain().(map[string]any)
		p.d.GPU = &GPU{Item: item, Options: options}
	case "variable":
		p.variables(n)
	case "binder":
		b := &Binder{Item: item}
		b.Spec, _ = n.Get("spec").Str()
		b.Kernel, _ = n.Get("kernel").Str()
		b.SkipRequirements, _ = n.Get("skip_requirements").Bool()
		p.d.Binder = b
	default:
		place := n.Get("type").Within(0, len(kind))
		if !place.Known() {
			place = n.Place
		}
		p.add(ruleEnvType.Diagnostic(place, fmt.Sprintf("%q is not a type of env", kind), meant(kind, "variable", "gputil", "binder")))
		p.d.Refused = append(p.d.Refused, item)
	}
}

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

// envLine reads one entry of env: commands, joined by "&&" if more than one.
func (p *parser) envLine() {
	start, end := p.trimmed(0, len(p.text))
	for _, part := range p.sequence(start, end) {
		if p.envCommand(part[0], part[1]); p.bad {
			return
		}
	}
}

// sequence splits a line at "&&" outside quotes. Running one command after the
// other while all is well needs no shell.
func (p *parser) sequence(start, end int) (parts [][2]int) {
	var quote byte
	from := start
	for at := start; at < end; at++ {
		c := p.text[at]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '&' && strings.HasPrefix(p.text[at:end], "&&"):
			parts = append(parts, [2]int{from, at})
			at++
			from = at + 1
		}
	}
	parts = append(parts, [2]int{from, end})
	for i := range parts {
		parts[i][0], parts[i][1] = p.trimmed(parts[i][0], parts[i][1])
		if parts[i][0] >= parts[i][1] {
			p.shell(max(from-2, start), end)
			return nil
		}
	}
	return parts
}

// envCommand reads a command that a shell or the old engine would have run. Most
// are declarations in disguise; what remains is a command that needs consent.
func (p *parser) envCommand(start, end int) {
	if from := p.pipInstall(start, end); from >= 0 {
		p.pip(from, end)
		return
	}
	words, ok := p.words(start, end, "<>")
	if !ok || len(words) == 0 {
		return
	}
	first := words[0].text
	name, value, assigns := strings.Cut(first, "=")
	switch {
	case first == "conda" || first == "mamba" || first == "micromamba":
		p.condaCommand(words, start, end)
	case first == "git" && len(words) > 1 && words[1].text == "clone":
		p.clone(words[2:], start, end)
	case first == "export" || first == "set" || first == "setenv":
		p.export(words, start, end)
	case assigns && len(words) == 1:
		p.assign(words[0], name, value)
	case (first == "source" || first == ".") && len(words) > 1 && words[1].text == "activate":
		p.report(ruleUselessOption, start, end, "every command already runs in the plugin's environment", "remove it")
	default:
		p.command(start, end)
	}
}

// pipInstall returns where the arguments of "pip install" begin, -1 if the line is
// something else.
var pipInstallText = pattern(`^((python[0-9.]*|py)\s+-m\s+)?pip[0-9.]*\s+install(\s+|$)`)

func (p *parser) pipInstall(start, end int) int {
	if m := pipInstallText().FindString(p.text[start:end]); m != "" {
		return start + len(m)
	}
	return -1
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

// condaCommand reads conda's subcommands.
func (p *parser) condaCommand(words []word, start, end int) {
	sub := make([]string, 0, 2)
	for _, w := range words[1:min(len(words), 3)] {
		sub = append(sub, w.text)
	}
	switch line := strings.Join(sub, " "); {
	case strings.HasPrefix(line, "create"):
		p.condaOrFail(words[2:], true)
	case strings.HasPrefix(line, "install"):
		p.condaOrFail(words[2:], true)
	case line == "env create" || line == "env update":
		p.condaFile(words[3:], start, end)
	case strings.HasPrefix(line, "activate"):
		p.report(ruleUselessOption, start, end, "every command already runs in the plugin's environment", "remove it")
	case strings.HasPrefix(line, "config"):
		p.condaConfig(words[2:], start, end)
	default:
		p.command(start, end)
	}
}

func (p *parser) condaOrFail(words []word, create bool) {
	if i := slices.IndexFunc(words, func(w word) bool { return w.text == "--clone" || w.text == "--file" }); i >= 0 {
		p.report(ruleOption, words[i].start, words[i].end, fmt.Sprintf("the option %s of conda is not allowed", words[i].text), "list the packages themselves")
		return
	}
	p.conda(words, create)
}

// condaFile reads "conda env create -f FILE [-n NAME]".
func (p *parser) condaFile(words []word, start, end int) {
	var file *word
	for i := 0; i < len(words) && !p.bad; i++ {
		w := words[i]
		name, value, joined := strings.Cut(w.text, "=")
		takes := slices.Contains([]string{"-f", "--file", "-n", "--name"}, name)
		if takes && !joined && i+1 < len(words) {
			i++
			w, value = words[i], words[i].text
		}
		switch {
		case name == "-f" || name == "--file":
			w.text = value
			file = &w
		case name == "-n" || name == "--name":
			p.envName(w, value)
		case !slices.Contains(condaHarmless, w.text):
			p.report(ruleOption, w.start, w.end, fmt.Sprintf("%s is not understood here", w.text), "write conda env create -f FILE")
		}
	}
	switch {
	case p.bad:
	case file == nil:
		p.report(ruleSyntax, start, end, "no file is named", "write conda env create -f FILE")
	case !localPath(file.text):
		p.report(rulePrivatePath, file.start, file.end, fmt.Sprintf("%q is a file of one machine", file.text), "list the packages with conda create")
	default:
		p.report(ruleEnvFile, file.start, file.end, "the packages are in a file that is not part of the plugin", "list them with conda create")
		p.d.EnvFiles = append(p.d.EnvFiles, EnvFile{Item: p.item(start, end), Path: file.text})
	}
}

// condaConfig reads "conda config --add channels NAME", which changes the settings
// of the whole machine; here it is a channel of this environment.
func (p *parser) condaConfig(words []word, start, end int) {
	if len(words) != 3 || words[1].text != "channels" {
		p.command(start, end)
		return
	}
	c, ok := p.readChannel(words[2], 0)
	if !ok {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(p.d.Channels), func(o Channel) bool { return o.Name == c.Name })
	switch words[0].text {
	case "--add", "--prepend":
		p.d.Channels = append([]Channel{c}, rest...)
	case "--append":
		p.d.Channels = append(rest, c)
	default:
		p.command(start, end)
	}
}

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

// meant is the hint for a word that is not in a list.
func meant(word string, known ...string) string {
	if near := source.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known are " + strings.Join(known, ", ")
}

package requirement

import (
	"fmt"
	"slices"
	"strings"
)

// condaHarmless change nothing about what is installed.
var condaHarmless = []string{"-y", "--yes", "-q", "--quiet", "-v", "--verbose", "--override-channels", "--no-default-packages", "-S", "--satisfied-skip-solve"}

var (
	condaName    = pattern(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	channelName  = pattern(`^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$`)
	envNameText  = pattern(`^[A-Za-z0-9_][A-Za-z0-9_. -]*$`)
	specOperator = pattern(`^(==|=|>=|<=|!=|~=|>|<)?`)
)

// conda reads the packages and options of "conda install" and "conda create";
// create also takes the name of an environment.
func (p *parser) conda(words []word, create bool) {
	for i := 0; i < len(words) && !p.bad; i++ {
		w := words[i]
		name, value, joined := strings.Cut(w.text, "=")
		from := len(name) + 1
		if !strings.HasPrefix(w.text, "-") {
			p.condaPackage(w)
			continue
		}
		takes := slices.Contains([]string{"-c", "--channel", "-n", "--name", "-p", "--prefix"}, name)
		if takes && !joined && i+1 < len(words) {
			i++
			w, value, from = words[i], words[i].text, 0
		}
		switch {
		case slices.Contains(condaHarmless, w.text):
		case takes && value == "":
			p.report(ruleSyntax, w.start, w.end, fmt.Sprintf("nothing follows %s", name), "")
		case name == "-c" || name == "--channel":
			p.channel(w, from)
		case create && (name == "-n" || name == "--name"):
			p.envName(w, value)
		case create && (name == "-p" || name == "--prefix"):
			p.report(ruleUselessOption, w.start, w.end, "environments have their own place; this path is not used", "remove it")
		default:
			p.report(ruleOption, w.start, w.end, fmt.Sprintf("the option %s of conda is not allowed", name), "allowed are -c CHANNEL, -n NAME and -y")
		}
	}
}

// envName keeps the author's name for the environment. It names no folder.
func (p *parser) envName(w word, name string) {
	if !envNameText().MatchString(name) || len(name) > 128 {
		p.report(ruleSyntax, w.start, w.end, fmt.Sprintf("%q is not the name of an environment", name), "use letters, digits, - and _")
		return
	}
	if p.d.EnvName != "" && p.d.EnvName != name {
		p.report(ruleSeveralEnvs, w.start, w.end, fmt.Sprintf("the environment is already called %q; one environment takes the packages of both", p.d.EnvName), "create one environment")
	}
	p.d.EnvName = name
}

// channel adds a channel behind those that are there.
func (p *parser) channel(w word, from int) {
	if c, ok := p.readChannel(w, from); ok && !slices.ContainsFunc(p.d.Channels, func(o Channel) bool { return o.Name == c.Name }) {
		p.d.Channels = append(p.d.Channels[:len(p.d.Channels):len(p.d.Channels)], c)
	}
}

func (p *parser) readChannel(w word, from int) (c Channel, ok bool) {
	start, end := w.span(from, len(w.text))
	c = Channel{Item: p.item(start, end), Name: w.text[from:]}
	if looksLikeURL(c.Name) {
		_, git, ok := p.link(start, end)
		return c, ok && !git
	}
	if !channelName().MatchString(c.Name) {
		p.report(ruleSyntax, start, end, fmt.Sprintf("%q is not a channel", c.Name), "write a name such as conda-forge, or an https URL")
		return c, false
	}
	return c, true
}

// condaPackage reads [CHANNEL::]NAME[SPECIFIER[=BUILD]].
func (p *parser) condaPackage(w word) {
	text, from := w.text, 0
	pkg := Package{Item: p.item(w.start, w.end)}
	if channel, rest, found := strings.Cut(text, "::"); found {
		if !channelName().MatchString(channel) {
			start, end := w.span(0, len(channel))
			p.report(ruleSyntax, start, end, fmt.Sprintf("%q is not a channel", channel), "")
			return
		}
		pkg.Channel, text, from = channel, rest, len(channel)+2
	}
	name := text
	if i := strings.IndexAny(text, "=<>!~ ["); i >= 0 {
		name = text[:i]
	}
	if !condaName().MatchString(name) {
		p.badCondaWord(w, from, name)
		return
	}
	pkg.Name = strings.ToLower(name)
	if !p.condaSpecifier(w, from+len(name), &pkg) {
		return
	}
	if pkg.Name == "python" && pkg.Channel == "" {
		p.condaPython(pkg)
		return
	}
	p.d.Conda = append(p.d.Conda, pkg)
}

func (p *parser) badCondaWord(w word, from int, name string) {
	start, end := w.span(from, len(w.text))
	for i := range len(name) {
		if strings.IndexByte(shellCharacters+expansions, name[i]) >= 0 {
			p.shell(w.at[from+i], w.end)
			return
		}
	}
	p.report(ruleSyntax, start, end, fmt.Sprintf("%q is not a package of conda", w.text[from:]), "write name, name=1.2 or channel::name")
}

// condaSpecifier reads =1.2, =1.2=build, ==1.2, >=1,<2, 1.2|1.3.
func (p *parser) condaSpecifier(w word, from int, pkg *Package) bool {
	text := w.text[from:]
	if strings.TrimSpace(text) == "" {
		return true
	}
	spec := strings.TrimSpace(text)
	if strings.HasPrefix(spec, "=") && !strings.HasPrefix(spec, "==") {
		if version, build, found := strings.Cut(spec[1:], "="); found {
			spec, pkg.Build = "=="+version, build
		}
	}
	valid := pkg.Build == "" || condaName().MatchString(strings.ReplaceAll(pkg.Build, "*", "x"))
	pkg.Specifier = spec
	if !strings.HasPrefix(text, " ") && !strings.Contains("=<>!~", spec[:1]) {
		valid = false
	} else if valid {
		pkg.Specifier, valid = condaClauses(spec)
	}
	start, end := w.span(from, len(w.text))
	switch {
	case !valid && strings.IndexAny(text[:1], "<>") == 0:
		p.shell(start, end)
	case !valid:
		p.report(ruleSyntax, start, end, fmt.Sprintf("%q is not a version of conda's packages", text), "write name=1.2, name==1.2.3 or name>=1,<2")
	}
	return valid
}

// condaClauses checks clauses joined by "," and "|", and gives each an operator: a
// version alone, after a space, is exactly that one.
func condaClauses(spec string) (clean string, ok bool) {
	var b strings.Builder
	for rest := spec; ; {
		i := strings.IndexAny(rest, ",|")
		part := strings.TrimSpace(rest[:max(i, 0)])
		if i < 0 {
			part = strings.TrimSpace(rest)
		}
		operator := specOperator().FindString(part)
		version := strings.TrimSpace(part[len(operator):])
		if !condaVersion().MatchString(version) {
			return spec, false
		}
		switch {
		case operator == "" && strings.Contains(version, "*"):
			operator = "="
		case operator == "":
			operator = "=="
		}
		b.WriteString(operator + version)
		if i < 0 {
			return b.String(), true
		}
		b.WriteByte(rest[i])
		rest = rest[i+1:]
	}
}

// condaPython takes the version of Python out of conda's packages.
func (p *parser) condaPython(pkg Package) {
	constraint, ok := pep440(pkg.Specifier)
	if !ok {
		p.add(rulePython.Diagnostic(pkg.Place, fmt.Sprintf("%q is not a version of Python that can be compared", pkg.Specifier), "write python=3.11 or python>=3.9,<3.13"))
		p.bad = true
		return
	}
	p.setPython(constraint, pkg.Item)
}

// setPython keeps the constraint; a second one must be met as well.
func (p *parser) setPython(constraint string, item Item) {
	switch {
	case constraint == "":
		return
	case p.d.Python != nil && p.d.Python.Constraint != constraint:
		p.add(ruleSeveralEnvs.Diagnostic(item.Place, fmt.Sprintf("Python %s is already asked for; both are kept", p.d.Python.Constraint), "ask for one version"))
		constraint = p.d.Python.Constraint + "," + constraint
	}
	p.d.Python = &Python{Item: item, Constraint: constraint}
}

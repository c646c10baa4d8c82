package requirement

import (
	"fmt"
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
	item := Item{Text: written(n), Place: n.Place}
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

// meant is the hint for a word that is not in a list.
func meant(word string, known ...string) string {
	if near := source.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known are " + strings.Join(known, ", ")
}

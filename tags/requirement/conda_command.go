package requirement

import (
	"fmt"
	"slices"
	"strings"
)

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

package requirement

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// managers are the words before the colon of a requirement of a Python plugin.
var managers = []string{"pip", "conda", "repo", "cmd"}

// python reads one requirement of a native-python plugin.
func (p *parser) python() {
	start, end := p.trimmed(0, len(p.text))
	kind, _, found := strings.Cut(p.text[start:end], ":")
	rest := start + len(kind) + 1
	switch kind = strings.TrimSpace(kind); {
	case found && kind == "pip":
		p.pip(rest, end)
	case found && kind == "conda":
		if words, ok := p.words(rest, end, "<>"); ok {
			p.condaPackages(words, start, end)
		}
	case found && kind == "repo":
		if words, ok := p.words(rest, end, ""); ok {
			p.clone(words, start, end)
		}
	case found && kind == "cmd":
		p.commands(rest, end)
	case !found, strings.ContainsAny(kind, "+;"), strings.Contains(kind, "http"):
		p.bare(start, end)
	default:
		p.unknownManager(kind, start, end)
	}
}

func (p *parser) condaPackages(words []word, start, end int) {
	before, python := len(p.d.Conda), p.d.Python
	p.conda(words, false)
	if !p.bad && len(p.d.Conda) == before && p.d.Python == python {
		p.report(ruleSyntax, start, end, "the entry names no package", "write conda: NAME")
	}
}

// bare reads a requirement without a manager, which is pip's.
func (p *parser) bare(start, end int) {
	if from := p.pipInstall(start, end); from >= 0 {
		p.installWords(start, from, "pip: ")
		return
	}
	if rest, ok := strings.CutPrefix(p.text[start:end], "conda install "); ok {
		p.installWords(start, end-len(rest), "conda: ")
		return
	}
	p.pip(start, end)
}

// installWords reports "pip install x", of which ImJoy makes "pip install pip
// install x".
func (p *parser) installWords(start, end int, manager string) {
	p.report(ruleManager, start, end, fmt.Sprintf("%q is installed as if it were packages", strings.TrimSpace(p.text[start:end])), fmt.Sprintf("write %q", manager+"..."))
	d := &p.diagnostics[len(p.diagnostics)-1]
	d.Fixes = []source.Fix{{Title: fmt.Sprintf("write %q instead", strings.TrimSpace(manager)), Edits: []source.Edit{{Span: d.Place.Span, New: manager}}}}
}

// commands reads what follows "cmd:". ImJoy runs it in a shell; here each command
// is read like those of env, since most install packages too.
func (p *parser) commands(start, end int) {
	start, end = p.trimmed(start, end)
	for _, part := range p.sequence(start, end) {
		if p.bad {
			return
		}
		p.cmdLine(part[0], part[1])
	}
}

// cmdLine keeps a command as it is: the author asked for a command, and a command
// needs consent. Only variables, which are no command, are taken out.
func (p *parser) cmdLine(start, end int) {
	words, ok := p.words(start, end, "")
	if !ok {
		return
	}
	if len(words) > 0 && words[0].text == "export" {
		p.export(words, start, end)
		return
	}
	p.command(start, end)
}

// unknownManager reports a word before the colon that nobody knows.
func (p *parser) unknownManager(kind string, start, end int) {
	stop := start + strings.IndexByte(p.text[start:end], ':')
	text := p.text[start:end]
	message, hint := fmt.Sprintf("%q is not a way to install something", kind), meant(kind, managers...)
	lower := strings.ToLower(kind)
	switch {
	case strings.HasPrefix(p.text[stop:end], "::"):
		message, hint = fmt.Sprintf("%q is a package of conda", text), fmt.Sprintf("write %q", "conda: "+text)
	case len(kind) == 1:
		p.report(rulePrivatePath, start, end, fmt.Sprintf("%q is a file of one machine", text), "name the package, or its git repository")
		return
	case lower == "reqs" || lower == "requirements":
		hint = "list the packages with pip:"
	case lower == "docker" || lower == "image":
		message, hint = "ImJoy never ran docker images", "list the packages with pip: or conda:"
	case lower == "js" || lower == "css" || lower == "cache" || lower == "mjs" || lower == "package":
		message = fmt.Sprintf("%q is for plugins that run in a browser", kind)
	case lower == "file" || lower == "ssh" || lower == "ftp":
		p.report(ruleURL, start, end, fmt.Sprintf("nothing is fetched from %q addresses", kind), "use an https: or git+https: URL")
		return
	}
	p.report(ruleManager, start, stop, message, hint)
	if near := source.Nearest(lower, managers); near != "" && near != kind {
		d := &p.diagnostics[len(p.diagnostics)-1]
		d.Fixes = []source.Fix{{Title: fmt.Sprintf("write %q", near+":"), Edits: []source.Edit{{Span: d.Place.Span, New: near}}}}
	}
}

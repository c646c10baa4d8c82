package workflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

var (
	rootKeys = []string{"version", "name", "description", "steps"}
	stepKeys = []string{"id", "plugin", "tag", "op", "config", "data", "from", "file", "sha256"}
	dataKeys = []string{"data", "from", "file"}
)

// Parse reads a workflow, as YAML unless the name ends with .json. name is the name of
// the file, as messages show it.
func Parse(name string, text []byte) (*Workflow, []source.Diagnostic) {
	s := source.New(name, text)
	lang := "yaml"
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		lang = "json"
	}
	root, found := conf.Parse(lang, source.Whole(s, s.All()))
	p := &parser{w: &Workflow{Source: s, Broken: source.Worst(found) == source.Error}, found: found}
	if root == nil && p.empty() {
		return p.w, p.found
	}
	p.limits()
	p.workflow(root)
	source.Sort(p.found)
	return p.w, p.found
}

type parser struct {
	w     *Workflow
	found []source.Diagnostic
	ids   map[string]*conf.Node // of all steps as written, also of those not read yet
}

const beginning = "write `version: 1` and `steps:` with a list of plugins"

// empty says of a text without any value, which is a fault of syntax elsewhere, that it is
// no workflow yet.
func (p *parser) empty() bool {
	for line := range strings.Lines(string(p.w.Source.Text)) {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "#") && text != "---" {
			return false
		}
	}
	p.found = nil
	p.report(ruleShape, source.Place{Source: p.w.Source}, beginning, "the workflow is empty")
	return true
}

// limits says what to do about a text that is larger than is read.
func (p *parser) limits() {
	for i := range p.found {
		if d := &p.found[i]; d.Code == limitCode && d.Hint == "" {
			d.Hint = fmt.Sprintf("a workflow has at most %d steps; give data as files, `file: cells.npy`", MaxSteps)
		}
	}
}

func (p *parser) report(rule *source.Rule, place source.Place, hint, format string, args ...any) *source.Diagnostic {
	p.found = append(p.found, rule.Diagnostic(place, fmt.Sprintf(format, args...), hint))
	return &p.found[len(p.found)-1]
}

func (p *parser) workflow(root *conf.Node) {
	if !root.Map() {
		if !p.w.Broken {
			place := source.Place{Source: p.w.Source}
			if root != nil {
				place = root.Place
			}
			p.report(ruleShape, place, beginning, "this is no workflow")
		}
		return
	}
	p.keys(root, rootKeys, "a workflow")
	p.version(root)
	p.w.Name = p.text(root, "name")
	p.w.Description = p.text(root, "description")
	steps := root.Get("steps")
	items := []*conf.Node(nil)
	if steps.List() {
		items = steps.Items
	}
	switch {
	case steps == nil:
		if !p.w.Broken {
			p.report(ruleShape, root.Place, "write `steps:` with a list of plugins", "the workflow has no steps")
		}
		return
	case len(items) == 0:
		p.report(ruleShape, steps.Place, "begin each step with `- plugin: ...`", "`steps` is no list of steps")
		return
	case len(items) > MaxSteps:
		p.report(ruleShape, items[MaxSteps].Place, "make two workflows of it", "the workflow has more than %d steps", MaxSteps)
		items = items[:MaxSteps]
	}
	p.ids = map[string]*conf.Node{}
	for _, item := range items {
		if id := item.Get("id"); id != nil && p.ids[shown(id)] == nil {
			p.ids[shown(id)] = item
		}
	}
	for _, item := range items {
		p.step(item)
	}
}

func (p *parser) version(root *conf.Node) {
	n := root.Get("version")
	if n == nil {
		d := p.report(ruleVersion, root.Place, "begin the file with `version: 1`", "the workflow does not say its version")
		d.Severity = source.Warning
		d.Place.Span.End = d.Place.Span.Start
		return
	}
	if number, ok := n.Float(); !ok || number != Version {
		hint := "write `version: 1`"
		if ok && number > Version {
			hint = "a newer imjoy may read it"
		}
		p.report(ruleVersion, n.Place, hint, "version %s of workflows is not known", shown(n))
	}
}

// keys reports the keys of a map that mean nothing.
func (p *parser) keys(n *conf.Node, known []string, what string) {
	for _, m := range n.Members {
		if slices.Contains(known, m.Key) {
			continue
		}
		hint := "the keys are " + strings.Join(known, ", ")
		if near := nearestKey(m.Key, known); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		p.report(ruleKey, m.KeyPlace, hint, "%s has no key %s", what, conf.Quote(m.Key))
	}
}

// meant are words of other formats for the keys of a step.
var meant = map[string]string{
	"uses": "plugin", "run": "plugin", "name": "id", "settings": "config", "with": "config", "params": "config", "parameters": "config",
	"input": "data", "inputs": "data", "files": "file", "hash": "sha256", "method": "op",
}

func nearestKey(key string, known []string) string {
	if near := source.Nearest(key, known); near != "" {
		return near
	}
	if word := meant[strings.ToLower(key)]; slices.Contains(known, word) {
		return word
	}
	return ""
}

// text is a member that is text; a number is the text that was written.
func (p *parser) text(n *conf.Node, key string) string {
	v := n.Get(key)
	if v == nil || v.Null() {
		return ""
	}
	text, ok := v.Scalar()
	if !ok || v.Kind == conf.Bool {
		p.report(ruleShape, v.Place, "", "`%s` is %s, not text", key, v.Kind)
		return ""
	}
	return strings.TrimSpace(text)
}

func placeOf(n *conf.Node, otherwise source.Place) source.Place {
	if n == nil {
		return otherwise
	}
	return n.Place
}

func (p *parser) step(n *conf.Node) {
	s := &Step{ID: strconv.Itoa(len(p.w.Steps) + 1), Place: n.Place}
	defer func() { p.w.Steps = append(p.w.Steps, s) }()
	if text, isText := n.Str(); isText { // only a plugin
		s.Plugin, s.PluginPlace = strings.TrimSpace(text), n.Place
		s.Input = p.otherwise(n.Place)
		p.plugin(s)
		return
	}
	if !n.Map() {
		p.report(ruleShape, n.Place, "write `- plugin: ...`", "a step is an object, not %s", n.Kind)
		s.Input = p.otherwise(n.Place)
		return
	}
	p.keys(n, stepKeys, "a step")
	s.Plugin, s.PluginPlace = p.text(n, "plugin"), placeOf(n.Get("plugin"), n.Place)
	s.Tag, s.TagPlace = p.text(n, "tag"), placeOf(n.Get("tag"), n.Place)
	s.Op, s.OpPlace = p.text(n, "op"), placeOf(n.Get("op"), n.Place)
	p.plugin(s)
	p.hash(n, s)
	p.id(n, s)
	if config := n.Get("config"); config != nil && !config.Null() {
		if config.Map() {
			s.Config = config
		} else {
			p.report(ruleShape, config.Place, "write `config: {sigma: 2}`", "`config` is %s, not an object of settings", config.Kind)
		}
	}
	s.Input = p.input(n)
}

func (p *parser) plugin(s *Step) {
	if s.Plugin == "" {
		p.report(rulePlugin, s.PluginPlace, "add `plugin:` with a path relative to this file, a name, or owner/repo:Name", "step %s names no plugin", s.ID)
	}
}

func (p *parser) hash(n *conf.Node, s *Step) {
	text := p.text(n, "sha256")
	if text == "" {
		return
	}
	s.HashPlace = n.Get("sha256").Place
	if len(text) != 64 || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" {
		p.report(ruleShape, s.HashPlace, "write the 64 digits that `sha256sum` prints for the plugin's file, or leave it out", "this is no SHA-256")
		return
	}
	s.SHA256 = strings.ToLower(text)
}

func (p *parser) id(n *conf.Node, s *Step) {
	text := p.text(n, "id")
	if text == "" {
		return
	}
	place := n.Get("id").Place
	switch other := p.w.Step(text); {
	case text == Given:
		p.report(ruleID, place, "call the step something else", "`%s` stands for what the whole workflow works on", Given)
	case !usableID(text):
		p.report(ruleID, place, "letters, digits, _ and -, beginning with a letter", "%s cannot be the id of a step", conf.Quote(text))
	case other != nil:
		d := p.report(ruleID, place, "call one of them something else", "two steps have the id %s", conf.Quote(text))
		d.Related = []source.Note{{Place: other.Place, Message: "the first"}}
	default:
		s.ID = text
	}
}

func usableID(text string) bool {
	for i, c := range text {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-') {
			return false
		}
	}
	return text != "" && len(text) <= maxID
}

func shown(n *conf.Node) string {
	if text, ok := n.Scalar(); ok {
		return text
	}
	return n.Kind.String()
}

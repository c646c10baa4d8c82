package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// Rules about the form of a plugin together with the scripts that read it.

var formChecks = []check{
	{ruleSettingMissing, settingMissing},
	{ruleFieldUnread, fieldUnread},
}

var ruleSettingMissing = &source.Rule{
	Code: "ui-setting-missing", Severity: source.Warning,
	Summary: "a script reads a setting that the form does not have",
	Doc: "`ctx.config` holds one value for each element of `ui`, by its id. Anything else in it is undefined, unless another plugin passes it. " +
		"Plugins that build their forms with `api.register` or `api.showDialog`, and those without a form, are not judged.",
	Bad:  "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"ui\": \"{id: 'sigma', type: 'number', placeholder: 2}\"}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return ctx.config.sigmas }})\n</script>",
	Good: "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"ui\": \"{id: 'sigma', type: 'number', placeholder: 2}\"}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return ctx.config.sigma }})\n</script>",
}

// givenSettings are in every ctx.config.
var givenSettings = []string{"type", "name", "id", "_references", "workflow", "data"}

func settingMissing(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		keys := plan.UI.Keys()
		if len(keys) == 0 || p.buildsForms(plan) {
			continue
		}
		for _, s := range p.ScriptsOf(plan) {
			tell := func(l analysis.Literal, near string) {
				place := s.Place(l.Span)
				if slices.Contains(keys, l.Text) || slices.Contains(givenSettings, l.Text) || told[place.Span] {
					return
				}
				told[place.Span] = true
				d := p.report(place, fmt.Sprintf("no element of the form has the id %q", l.Text), "the form has "+someOf(keys))
				if near != "" {
					d.Hint = fmt.Sprintf("did you mean %q?", near)
					d.Fixes = keepName(s, l, near)
				}
			}
			for _, l := range s.Settings {
				if !defaulted(s, l) {
					tell(l, source.Nearest(l.Text, keys))
				}
			}
			for _, l := range s.Optional { // what may be absent is told only as a slip
				if i := slices.IndexFunc(keys, func(k string) bool { return len(k) > 2 && analysis.OneLetter(k, l.Text) }); i >= 0 {
					tell(l, keys[i])
				}
			}
		}
	}
}

// keepName is the fix of a name that a pattern takes, `{sigm}`, which is the name of a
// variable as well. Others are fixed by their hint alone.
func keepName(s *analysis.Script, l analysis.Literal, name string) []source.Fix {
	text := s.Block.Body().Text
	before, after := strings.TrimRight(text[:l.Span.Start], " \t\r\n"), strings.TrimLeft(text[l.Span.End:], " \t\r\n")
	if s.Language == tags.Python || before == "" || after == "" || !strings.ContainsAny(before[len(before)-1:], "{,") || !strings.ContainsAny(after[:1], "},=") || !plainName().MatchString(name) {
		return nil
	}
	return meant(s.Place(l.Span), name+": "+l.Text)
}

// buildsForms reports whether scripts make forms of their own, whose values come in
// ctx.config as well.
func (p *pass) buildsForms(plan *tags.Plan) bool {
	for _, s := range p.ScriptsOf(plan) {
		if !s.Read || s.Escapes || s.External() {
			return true
		}
		for _, path := range []string{"register", "registerService", "showDialog", "registerOp"} {
			if s.Used(path) {
				return true
			}
		}
	}
	return false
}

// defaulted reports whether the script says what counts when the setting is not there:
// `ctx.config.x || 1`, or sets it itself.
func defaulted(s *analysis.Script, l analysis.Literal) bool {
	rest := strings.TrimLeft(s.Block.Body().Text[l.Span.End:], " \t")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "]"), " \t")
	return strings.HasPrefix(rest, "||") || strings.HasPrefix(rest, "??") || strings.HasPrefix(rest, "= ") || strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "?")
}

// settingCode is how a script reads a setting.
func settingCode(id string) string {
	if plainName().MatchString(id) {
		return "ctx.config." + id
	}
	return fmt.Sprintf("ctx.config[%q]", id)
}

// plainName is what may stand behind a dot, in both languages.
var plainName = lazily(`^[A-Za-z_][A-Za-z0-9_]*$`)

var ruleFieldUnread = &source.Rule{
	Code: "ui-field-unread", Severity: source.Info,
	Summary: "an element of the form that no script reads",
	Doc:     "People set it and nothing changes. Its id stands in no script of the tag; read it as `ctx.config.ID`, or remove it.",
	Bad:     "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"ui\": \"{id: 'sigma', type: 'number', placeholder: 2}\"}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run() { return 1 }})\n</script>",
	Good:    "<config lang=\"json\">{\"name\": \"Blur\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\", \"ui\": \"{id: 'sigma', type: 'number', placeholder: 2}\"}</config>\n<script lang=\"javascript\">\napi.export({setup() {}, run(ctx) { return ctx.config.sigma }})\n</script>",
}

func fieldUnread(p *pass) {
	told := map[source.Span]bool{}
	for _, plan := range p.Plans {
		scripts := p.ScriptsOf(plan)
		if len(scripts) == 0 || p.wholeConfig(scripts) {
			continue
		}
		for _, f := range plan.UI.Fields {
			if f.Type == form.Button || f.Type == form.Comment || f.DataID == "" || told[f.Place.Span] || !f.Place.Known() {
				continue
			}
			if slices.ContainsFunc(scripts, func(s *analysis.Script) bool { return mentions(s.Block.Body().Text, f.DataID) }) {
				continue
			}
			told[f.Place.Span] = true
			p.report(f.Place, fmt.Sprintf("no script reads %s", f.DataID), "read it as "+settingCode(f.DataID)+", or remove it")
		}
	}
}

// mentions reports whether a name stands in a text, not as a part of a longer one.
func mentions(text, name string) bool {
	part := func(c byte) bool {
		return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
	}
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !part(text[start-1]) || !part(name[0])) && (end == len(text) || !part(text[end]) || !part(name[len(name)-1])) {
			return true
		}
		at = start + 1
	}
}

// wholeConfig reports whether a script hands on ctx.config as a whole, so that its
// members may be read elsewhere.
func (p *pass) wholeConfig(scripts []*analysis.Script) bool {
	for _, s := range scripts {
		if !s.Read || s.External() || s.Late {
			return true
		}
		text := s.Block.Body().Text
		for at := 0; ; {
			i := strings.Index(text[at:], "config")
			if i < 0 {
				break
			}
			at += i + len("config")
			if rest := strings.TrimLeft(text[at:], " \t?"); rest == "" || !strings.ContainsAny(rest[:1], ".[") {
				if before := text[:at-len("config")]; strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "api.") {
					return true
				}
			}
		}
	}
	return false
}

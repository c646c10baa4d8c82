package workflow

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/schema"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
)

// Check compares the steps with the plans of their plugins, in order; a plan that is nil
// is not known, and nothing is said of its step. Nothing is executed: what a plugin
// offers only while it runs, its ops, is not looked at.
func Check(w *Workflow, plans []*tags.Plan) []source.Diagnostic {
	c := &checker{plans: map[*Step]*tags.Plan{}}
	for i, s := range w.Steps {
		if i < len(plans) && plans[i] != nil {
			c.plans[s] = plans[i]
		}
	}
	for _, s := range w.Steps {
		if plan := c.plans[s]; plan != nil && s.Op == "" {
			c.config(s, plan)
			c.data(s, plan)
		}
	}
	source.Sort(c.found)
	return c.found
}

type checker struct {
	plans map[*Step]*tags.Plan
	found []source.Diagnostic
}

func (c *checker) report(rule *source.Rule, place source.Place, hint, format string, args ...any) {
	c.found = append(c.found, rule.Diagnostic(place, fmt.Sprintf(format, args...), hint))
}

// config compares the settings with the form of the plugin.
func (c *checker) config(s *Step, plan *tags.Plan) {
	if s.Config == nil {
		return
	}
	for _, m := range s.Config.Members {
		_, err := plan.UI.Config(map[string]any{m.Key: m.Value.Plain()})
		var unknown *form.UnknownKeyError
		switch {
		case errors.As(err, &unknown):
			c.report(ruleConfig, m.KeyPlace, unknown.Hint(), "plugin %q has no setting %s", plan.Name, conf.Quote(m.Key))
		case err != nil:
			c.report(ruleConfig, m.Value.Place, "", "plugin %q: %v", plan.Name, err)
		}
	}
}

// data compares what a step gets with the inputs of its plugin, as far as it is known.
func (c *checker) data(s *Step, plan *tags.Plan) {
	in := &s.Input
	if in.From != nil {
		c.flow(s, in.From, plan.Inputs, false)
		return
	}
	if in.Data == nil || in.faulty {
		return
	}
	references, files := in.All()
	if len(references) == 0 && len(files) == 0 {
		inputs, _ := schema.CompileField(plan.Inputs, true)
		for _, v := range inputs.Validate(in.Data.Plain()) {
			place := in.Data.Place
			if n := in.Data.At(v.Pointer); n != nil {
				place = n.Place
			}
			d := ruleData.Diagnostic(place, fmt.Sprintf("plugin %q does not take this: %s", plan.Name, v.Message), v.Hint)
			if v.Rule.Known() {
				d.Related = []source.Note{{Place: v.Rule, Message: "its inputs say so"}}
			}
			c.found = append(c.found, d)
		}
		return
	}
	if !in.Data.Map() || plan.Inputs == nil {
		return
	}
	takes := form.FromInputs(plan.Inputs)
	for _, m := range in.Data.Members {
		field := takes.Field(m.Key)
		if field == nil {
			if len(takes.Fields) > 0 && source.Nearest(m.Key, takes.Keys()) != "" {
				c.report(ruleMismatch, m.KeyPlace, "did you mean `"+source.Nearest(m.Key, takes.Keys())+"`?", "the inputs of plugin %q have no %s", plan.Name, conf.Quote(m.Key))
			}
			continue
		}
		if r, ok := in.inside[m.Value].(*Reference); ok {
			c.flow(s, r, field.Node, true)
		}
	}
	for _, field := range takes.Fields {
		if field.Required && in.Data.Get(field.DataID) == nil {
			c.report(ruleMismatch, in.Data.Place, "", "plugin %q needs %s as well", plan.Name, conf.Quote(field.DataID))
		}
	}
}

// flow compares what a step answers with what the one that gets it takes. part says that
// takes is the schema of a member, without shorthand.
func (c *checker) flow(s *Step, r *Reference, takes *conf.Node, part bool) {
	from := c.plans[r.Step]
	if r.Step == nil || from == nil || r.Step.Op != "" || from.Outputs == nil || takes == nil {
		return
	}
	gives, missing := descend(answer{node: from.Outputs}, r.Path)
	if missing != "" {
		hint := "its `outputs` name " + strings.Join(gives.names(), ", ")
		if near := source.Nearest(missing, gives.names()); near != "" {
			hint = "did you mean `" + strings.TrimSuffix(r.Text, missing) + near + "`?"
		}
		c.report(ruleMismatch, r.Place, hint, "the outputs of plugin %q have no %s", from.Name, conf.Quote(missing))
		return
	}
	why := differ(gives, answer{node: takes, part: part}, 0)
	if why == "" {
		return
	}
	d := ruleMismatch.Diagnostic(r.Place, fmt.Sprintf("%s, the answer of plugin %q, is not what plugin %q takes: %s", r.named(), from.Name, c.plans[s].Name, why), "")
	d.Hint = hint(r, gives, answer{node: takes, part: part})
	d.Related = []source.Note{{Place: takes.Place, Message: "what it takes"}, {Place: from.Outputs.Place, Message: "what is answered"}}
	c.found = append(c.found, d)
}

// hint names a part of what is given that fits.
func hint(r *Reference, gives, takes answer) string {
	for _, f := range gives.fields() {
		have := answer{node: f.Node, part: true}
		if have.kind() != "" && differ(have, takes, 0) == "" {
			return "did you mean `from: " + r.Text + "." + f.DataID + "`?"
		}
		for _, want := range takes.fields() {
			if have.kind() != "" && differ(have, answer{node: want.Node, part: true}, 0) == "" {
				return "did you mean `data: {" + want.DataID + ": {from: " + r.Text + "." + f.DataID + "}}`?"
			}
		}
	}
	if gives.kind() == "" || len(gives.names()) > 0 {
		return ""
	}
	for _, want := range takes.fields() {
		if differ(gives, answer{node: want.Node, part: true}, 0) == "" {
			return "did you mean `data: {" + want.DataID + ": {from: " + r.Text + "}}`?"
		}
	}
	return ""
}

func (r *Reference) named() string {
	if len(r.Path) > 0 {
		return conf.Quote(strings.Join(r.Path, ".")) + " of " + r.whose()
	}
	return r.whose()
}

package workflow

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// NotFound is the fault of a step whose plugin cannot be had.
func (s *Step) NotFound(why, hint string) source.Diagnostic {
	return rulePlugin.Diagnostic(s.PluginPlace, "step "+s.ID+": "+why, hint)
}

// NoTag is the fault of a step that wants a tag which its plugin does not have, in `tag` or
// behind the address.
func (s *Step) NoTag(plugin, tag string, has []string) source.Diagnostic {
	place, hint, meant := s.TagPlace, "leave `tag` out: the plugin has none", "`tag: %s`"
	if s.Tag == "" {
		place, hint, meant = s.PluginPlace, "leave @"+tag+" out: the plugin has no tags", "@%s"
	}
	if len(has) > 0 {
		hint = "its tags are " + strings.Join(has, ", ")
	}
	if near := source.Nearest(tag, has); near != "" {
		hint = "did you mean " + fmt.Sprintf(meant, near) + "?"
	}
	return ruleTag.Diagnostic(place, fmt.Sprintf("plugin %q has no tag %s", plugin, conf.Quote(tag)), hint)
}

// NoOp is the fault of a step that wants an op which its plugin does not offer.
func (s *Step) NoOp(plugin string, has []string) source.Diagnostic {
	hint := "leave `op` out: the plugin offers none"
	if len(has) > 0 {
		hint = "it offers " + strings.Join(has, ", ")
	}
	if near := source.Nearest(s.Op, has); near != "" {
		hint = "did you mean `op: " + near + "`?"
	}
	return ruleOp.Diagnostic(s.OpPlace, fmt.Sprintf("plugin %q offers no op %s", plugin, conf.Quote(s.Op)), hint)
}

// Changed is the fault of a step whose plugin is not the one it was saved with.
func (s *Step) Changed(plugin, now string) source.Diagnostic {
	return ruleChanged.Diagnostic(s.HashPlace, fmt.Sprintf("plugin %q has changed since the workflow was saved", plugin), "if that is right, write `sha256: "+now+"`, or leave it out")
}

// Unpinned is the fault of a step whose plugin may be any, where it has to be a certain one.
func (s *Step) Unpinned(plugin, now string) source.Diagnostic {
	return ruleUnpinned.Diagnostic(s.PluginPlace, fmt.Sprintf("step %s has no `sha256`: plugin %q may be another one than when the workflow was written", s.ID, plugin), "if this is the right one, add `sha256: "+now+"` to the step")
}

// Loads is the fault of a step whose plugin is more than its text, where all of it has to
// be certain.
func (s *Step) Loads(plugin, what, file string) source.Diagnostic {
	return ruleUnpinned.Diagnostic(s.PluginPlace, fmt.Sprintf("the `sha256` of step %s says nothing of what plugin %q loads: %s", s.ID, plugin, what), "`imjoy lock "+file+"` pins all of it")
}

// Unusable is the fault of a file that cannot be used.
func (f File) Unusable(why, hint string) source.Diagnostic {
	return ruleFile.Diagnostic(f.Place, why, hint)
}

// OfFile reports a diagnostic about a file, OfChange one about a plugin that has changed.
func OfFile(d source.Diagnostic) bool { return d.Code == ruleFile.Code }

// OfChange is described at [OfFile].
func OfChange(d source.Diagnostic) bool { return d.Code == ruleChanged.Code }

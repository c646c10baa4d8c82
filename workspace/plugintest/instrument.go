package plugintest

import (
	_ "embed" // the helpers
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

//go:embed helper.js
var javaScriptHelper string

//go:embed helper.py
var pythonHelper string

// Instrument returns the plan of the same plugin with the helper `t` behind its own
// scripts, so that no line of it moves.
func Instrument(plan *tags.Plan) (*tags.Plan, error) {
	helper := "\n<script lang=\"javascript\">\n" + javaScriptHelper + "</script>\n"
	if plan.Language == tags.Python {
		helper = "\n<script lang=\"python\">\n" + pythonHelper + "</script>\n"
	}
	original := plan.Document.Source
	doc, _ := pluginfile.Parse(original.Name, slices.Concat(original.Text, []byte(helper)))
	with, _ := tags.Resolve(doc, plan.Tag)
	if with == nil || len(with.Scripts) != len(plan.Scripts)+1 {
		return nil, fmt.Errorf("plugin %q cannot be tested: behind its last block there is no place for the test helper", plan.Name)
	}
	return with, nil
}

// within tells places of the plugin from those of the helper.
func within(p source.Place, original int) bool { return p.Span.Start < original }

package server

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Runtime runs plugins in the page: window plugins in frames that are seen, others in
// frames that are not.
func (s *Server) Runtime() engine.Runtime { return browser{s} }

type browser struct{ server *Server }

var _ engine.Runtime = browser{}

func (browser) Name() string { return tags.Browser }

// MissingResource is the name of the error of a plugin that cannot start without a file
// that it loads by address: its message names it, why it is not there, and what to do.
const MissingResource = "MissingResource"

// The ways in which a plugin lives in the page.
const (
	asWindow = "window" // a frame that is seen
	asFrame  = "frame"  // a frame that is not
)

// Start makes room for a plugin in the page that is in use.
func (b browser) Start(ctx context.Context, plan *tags.Plan, start engine.Start) (engine.Conn, error) {
	s := b.server
	c, err := s.current(ctx)
	if err != nil {
		return nil, fmt.Errorf("no page is open that the plugin could run in: %w", err)
	}
	if plan.BaseFrame != "" {
		s.note("plugin %q wants its own page %s as base_frame; that is never loaded, it gets ours", plan.Name, plan.BaseFrame)
	}
	f := &frame{plan: plan, granted: start.Granted, page: c.page}
	f.worker = workerOf(plan)
	if f.worker != pythonWorker {
		f.scripts = s.scripts(ctx, f)
	}
	if f.worker == pythonWorker {
		if f.python, err = s.python(ctx, plan); err != nil {
			return nil, err
		}
	}
	ch, err := c.open()
	if err != nil {
		return nil, err
	}
	f.missing = func(address, why string) {
		c.control.notify("plugin.missing", map[string]any{"channel": ch.number, "address": address, "why": why})
	}
	ch.key = s.frames.add(f)
	page, _ := url.Parse(c.page) // ours
	order := describe(f)
	order["worker"] = f.worker != ""
	order["channel"], order["mode"], order["allow"] = ch.number, asFrame, f.allow()
	order["frame"] = fmt.Sprintf("http://%s.localhost:%s/f/%s/", originName(plan.Document.Source.Text), page.Port(), ch.key)
	if plan.Type == "window" {
		order["mode"], order["window"] = asWindow, placement(plan, start.Window)
	}
	c.control.notify("plugin.open", order)
	if f.worker == pythonWorker {
		if err := ch.begin(ctx); err != nil {
			ch.drop(err)
			return nil, err
		}
	}
	return ch, nil
}

// describe is a plugin as the page needs it: what its frame is filled with, in the
// order of ImJoy.
func describe(f *frame) map[string]any {
	plan := f.plan
	var requirements []string
	for _, u := range plan.Needs.URLs {
		requirements = append(requirements, prefixes[u.Kind]+u.URL)
	}
	kind := plan.Type
	return map[string]any{
		"name": plan.Name, "type": kind, "tag": plan.Tag, "version": plan.Version, "passive": plan.Passive,
		"address":      plan.Document.Source.Name,
		"requirements": requirements, "scripts": f.scripts,
		"styles":  append(contents(plan.Document, pluginfile.StyleBlock), f.styles...),
		"links":   contents(plan.Document, pluginfile.LinkBlock),
		"windows": contents(plan.Document, pluginfile.WindowBlock),
	}
}

// prefixes are how a requirement says what it is, so that its name cannot say otherwise.
var prefixes = map[requirement.ScriptKind]string{
	requirement.ClassicScript: "js:", requirement.ModuleScript: "mjs:", requirement.StyleSheet: "css:", requirement.CacheOnly: "cache:",
}

func contents(doc *pluginfile.Document, kind pluginfile.Kind) []any {
	list := []any{}
	for _, block := range doc.All(kind) {
		list = append(list, content(block))
	}
	return list
}

// places are the line and the column of the file where each line of a script begins, one
// after the other.
func places(block *pluginfile.Block) []int {
	body := block.Body()
	list := make([]int, 0, 2*(1+strings.Count(body.Text, "\n")))
	offset := 0
	for line := range strings.SplitSeq(body.Text, "\n") {
		start := body.Outer(source.Span{Start: offset, End: offset}).Start
		at := body.Source.Position(start, source.Runes)
		list = append(list, at.Line, at.Column)
		offset += len(line) + 1
	}
	return list
}

func content(block *pluginfile.Block) map[string]any {
	return map[string]any{"content": block.Body().Text, "attrs": attributes(block)}
}

// placement is where a window shall be: what the call says, else the plugin's
// defaults.
func placement(plan *tags.Plan, window *value.Object) map[string]any {
	out := map[string]any{}
	for _, key := range []string{"w", "h", "x", "y", "fullscreen", "standalone", "as_dialog", "dialog"} {
		if v, ok := plan.Defaults[key]; ok {
			out[key] = v
		}
		if v, ok := window.Lookup(key); ok {
			switch v.(type) {
			case float64, bool:
				out[key] = v
			}
		}
	}
	out["title"] = plan.Name
	if name := window.Text("name"); name != "" {
		out["title"] = name
	}
	if id := window.Text("window_id"); id != "" {
		out["window_id"] = id
	}
	return out
}

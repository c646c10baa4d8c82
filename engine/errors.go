package engine

import (
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// ScriptError is an error that a plugin threw, or an exception it raised, at places
// of its document.
type ScriptError struct {
	Plugin  string
	Name    string // "TypeError", "KeyError"
	Message string
	Frames  []At              // innermost first; empty when nothing is known
	Block   *pluginfile.Block // the script of the first frame, nil when not known
	Cause   *ScriptError      // the error of another plugin that this one passed on
}

// At is one frame of a plugin's stack.
type At struct {
	Place    source.Place // one character wide, where the line was; of a missing export the start tag of the script
	Function string       // "" at the top of a script
	// File is the address of a script or module that the plugin loaded, where the frame
	// is in one; Line and Column are of that, and Place is not known.
	File         string
	Line, Column int
}

func (e *ScriptError) Error() string { return (&value.Error{Name: e.Name, Message: e.Message}).Error() }

// Unwrap gives what another plugin sees of it: its places are text there.
func (e *ScriptError) Unwrap() error {
	return &value.Error{Name: e.Name, Message: e.Message, Stack: e.trace()}
}

// Reason says why a plugin ended that nobody closed.
type Reason string

// The reasons. Timeout: a call worked longer than Limits.Timeout. Memory: its
// process could get no more. Killed: a signal from outside, or it did not react to
// the end of a call. Stack: too many calls inside each other. Crash: its process
// ended by itself or sent nonsense.
const (
	Timeout Reason = "timeout"
	Memory  Reason = "memory"
	Killed  Reason = "killed"
	Stack   Reason = "stack"
	Crash   Reason = "crash"
)

// Ended is the error of a plugin whose runtime is gone. Every later call of the
// plugin gets the same one.
type Ended struct {
	Plugin string
	Reason Reason
	Detail string // what is known beyond the reason; may be empty
	Frames []At   // where it was, when it could still say
	Tail   string // the end of what its process wrote to stderr
}

func (e *Ended) Error() string {
	text := map[Reason]string{
		Timeout: "ran out of time", Memory: "ran out of memory", Killed: "was killed",
		Stack: "made too many calls inside each other", Crash: "stopped unexpectedly",
	}[e.Reason]
	if e.Plugin != "" {
		text = fmt.Sprintf("plugin %q %s", e.Plugin, text)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// scriptError turns what a worker said into an error of this plan.
func scriptError(plan *tags.Plan, fault *wire.Fault) *ScriptError {
	e := &ScriptError{Plugin: plan.Name, Name: fault.Name, Message: fault.Message, Frames: framesOf(plan, fault.Stack)}
	for _, p := range fault.Stack {
		if p.File == "" && p.Line > 0 && p.Block >= 0 && p.Block < len(plan.Scripts) {
			e.Block = plan.Scripts[p.Block]
			break
		}
	}
	if len(e.Frames) == 0 && e.Name == noExport {
		e.Frames = whereExportBelongs(plan)
	}
	explain(plan, e)
	return e
}

// noExport is the name of the error of scripts that ran and never called api.export.
const noExport = "ExportError"

// whereExportBelongs is the plugin's last script, which should have exported something;
// where none of its scripts can run, the last block that is one.
func whereExportBelongs(plan *tags.Plan) []At {
	if n := len(plan.Scripts); n > 0 {
		return []At{{Place: plan.Scripts[n-1].TagPlace()}}
	}
	for _, b := range slices.Backward(plan.Document.Blocks) {
		if b.Kind == pluginfile.ScriptBlock {
			return []At{{Place: b.TagPlace()}}
		}
	}
	return nil
}

// framesOf places a worker's positions, which it could have made up, in the
// document.
func framesOf(plan *tags.Plan, stack []wire.Position) (list []At) {
	doc := plan.Document.Source
	for _, p := range stack {
		if p.File != "" {
			list = append(list, At{File: p.File, Line: max(p.Line, 1), Column: max(p.Column, 1), Function: p.Function})
			continue
		}
		if p.Line < 1 || p.Line > doc.LineCount() {
			continue
		}
		start, _ := doc.Offset(source.Position{Line: p.Line, Column: p.Column}, source.Runes)
		end, _ := doc.Offset(source.Position{Line: p.Line, Column: p.Column + 1}, source.Runes)
		list = append(list, At{Place: doc.Place(source.Span{Start: start, End: max(start, end)}), Function: p.Function})
	}
	return list
}

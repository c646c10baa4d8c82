package engine

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
)

// An error that crosses from one plugin into another loses its places: what a worker says
// about them is not trusted, and they belong to another document. This process saw it
// pass, and gives them back when the second plugin fails with the very same error.

// met remembers an error of another plugin that this one is told of.
func (p *Plugin) met(err error) {
	var thrown *ScriptError
	if !errors.As(err, &thrown) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.causes) == maxCauses {
		p.causes = slices.Delete(p.causes, 0, 1)
	}
	p.causes = append(p.causes, thrown)
}

// threw is the plugin's own error, with the one of another plugin that it passed on.
func (p *Plugin) threw(fault *wire.Fault) *ScriptError {
	e := scriptError(p.plan, fault)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, met := range slices.Backward(p.causes) {
		if met.Error() == e.Error() { // imjoy-rpc puts the name into the message
			e.Cause = met
			break
		}
	}
	return e
}

// trace is where the error was, for other plugins: a line a frame, innermost first, with
// the name of the file and not where it lies.
func (e *ScriptError) trace() string {
	var lines []string
	for _, at := range e.Frames[:min(len(e.Frames), maxTraced)] {
		function := at.Function
		if function == "" {
			function = "(script)"
		}
		file, line, column := at.File, at.Line, at.Column
		if at.Place.Known() {
			start, _ := at.Place.Range()
			file, line, column = path.Base(strings.ReplaceAll(at.Place.Source.Name, `\`, "/")), start.Line, start.Column
		}
		lines = append(lines, fmt.Sprintf("  at %s (%s:%d:%d)", function, file, line, column))
	}
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf("plugin %q\n%s", e.Plugin, strings.Join(lines, "\n"))
}

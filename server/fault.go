package server

import (
	"context"
	"errors"
	"strings"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// fault is an error as the page shows it.
type fault struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Code    string `json:"code,omitempty"` // lines of the plugin's file, see CodeOf
}

func (f *fault) Error() string { return f.Message }

func faultOf(err error) *fault {
	f := &fault{Name: "Error", Message: err.Error(), Code: CodeOf(err)}
	var thrown *value.Error
	switch {
	case errors.As(err, &thrown):
		f.Name, f.Message = thrown.Name, thrown.Message
	case errors.Is(err, context.Canceled):
		f.Name, f.Message = "AbortError", "it was canceled"
	}
	return f
}

// CodeOf draws the lines of a plugin's file where an error was, and of those it came from;
// "" when they are not known.
func CodeOf(err error) string {
	var script *engine.ScriptError
	var ended *engine.Ended
	switch {
	case errors.As(err, &script):
		code := codeAt(script.Frames)
		for cause := script.Cause; cause != nil; cause = cause.Cause {
			if from := codeAt(cause.Frames); from != "" {
				code = strings.TrimLeft(code+"\n\n"+from, "\n")
			}
		}
		return code
	case errors.As(err, &ended):
		return codeAt(ended.Frames)
	}
	return ""
}

func codeAt(frames []engine.At) string {
	for _, f := range frames { // those of scripts that it loaded have no lines to show
		if f.Place.Known() {
			return strings.TrimRight(findings.Frame(f.Place, source.Error, nil, findings.Options{}), "| \n")
		}
	}
	return ""
}

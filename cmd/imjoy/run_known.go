package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// knownTimeout bounds how long Python may take to read the scripts of a plugin that failed.
const knownTimeout = 3 * time.Second

// telling are the codes that help with an error at the same line: the error says what the
// runtime met, the finding what was probably meant. Of those with true the hint alone does,
// as the error has said the rest.
var telling = map[string]bool{
	"api-unknown": true, "export-missing": true, "javascript-no-page": true, "python-arguments": true, "python-import": true, "script-lang": true,
	"javascript-unknown-property": true, "python-unknown-attribute": true,
	"api-arguments": false, "api-removed": false, "api-unawaited": false, "attachment-missing": false, "javascript-unawaited": false, "python-unawaited": false,
}

// showScriptError shows an error of a plugin, with what `imjoy lint` knows about its line.
func showScriptError(a *app.App, e *engine.ScriptError) {
	place, ok := firstPlace(e)
	if !ok {
		showRunError(a, e)
		return
	}
	list := known(a, place.Source)
	if e.Name == "SyntaxError" { // of an import in a script that is no module it says nothing that helps
		if i := slices.IndexFunc(list, func(d source.Diagnostic) bool { return d.Code == "javascript-module" }); i >= 0 {
			showDocument(a, list[i:i+1])
			return
		}
	}
	showRunError(a, e)
	at, _ := place.Range()
	for _, d := range list {
		start, _ := d.Place.Range()
		short, tells := telling[d.Code]
		switch {
		case start.Line != at.Line || !tells || d.Hint == "" || strings.Contains(e.Message, d.Hint):
		case short:
			fmt.Fprintf(a.Stderr, "  hint: %s\n", findings.Clean(d.Hint))
		default:
			fmt.Fprintf(a.Stderr, "  hint: %s: %s\n", findings.Clean(d.Message), findings.Clean(d.Hint))
		}
	}
	if host, private := privateHost(e.Message); private {
		fmt.Fprintf(a.Stderr, "  hint: --allow-net=%s says that it may be asked all the same\n", findings.Clean(host))
	}
}

// privateHost is the host that a script or module was not fetched from, because it is, or
// seems to be, inside the network of this machine.
func privateHost(message string) (string, bool) {
	before, _, private := strings.Cut(message, " inside this machine or its network")
	if !private {
		return "", false
	}
	for word := range strings.FieldsSeq(before) {
		if u, err := url.Parse(strings.TrimSuffix(word, ":")); err == nil && u.Host != "" {
			return u.Host, true
		}
	}
	return "", false
}

func firstPlace(e *engine.ScriptError) (source.Place, bool) {
	for _, frame := range e.Frames {
		if frame.Place.Known() {
			return frame.Place, true
		}
	}
	return source.Place{}, false
}

// known is what lint says about a text. A plugin that failed is read once more for it.
func known(a *app.App, text *source.Source) []source.Diagnostic {
	doc, parsed := pluginfile.Parse(text.Name, text.Text)
	facts := analysis.Of(doc, parsed, nil)
	if len(pythonScripts(facts)) > 0 {
		if python, err := a.FindReadingPython("python3"); err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), knownTimeout)
			defer cancel()
			// Without the facts of its Python less is known, and the error stands already.
			_ = analysis.WithPython(ctx, a.PythonReader(python.Path, nil), nil, facts)
		}
	}
	return lint.Run(facts, lint.Options{})
}

// failure shows what went wrong, and what may be missing: a script that reads ctx.data
// without being given any fails with an error that does not say so.
func (r *runner) failure(err error) error {
	var file *app.FileError
	if flag := r.permissions.standsAlone(); flag != "" && errors.As(err, &file) && slices.Contains(r.args, file.Missing) {
		return withExit(exitMissing, errors.New(findings.Clean(err.Error())), fmt.Sprintf("if it belongs to %s, write %[1]s=%s", flag, findings.Clean(file.Missing)))
	}
	failed := runFailure(r.app, err)
	var script *engine.ScriptError
	if !r.noData || !errors.As(err, &script) || (script.Name != "TypeError" && script.Name != "AttributeError") {
		return failed
	}
	if place, ok := firstPlace(script); ok {
		at, _ := place.Range()
		if line := place.Source.Line(at.Line); bytes.Contains(place.Source.Slice(line), []byte("ctx.data")) {
			fmt.Fprintln(r.app.Stderr, "  hint: it was run without data; give it a FILE, key=value or --data JSON")
		}
	}
	return failed
}

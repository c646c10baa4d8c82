package server

import (
	"encoding/json"
	"fmt"
	"html"

	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// The scripts of workers that plugins run in.
const (
	jsWorker     = "js-worker.js"
	pythonWorker = "python-worker.js"
)

// workerOf is the script of the worker that a plugin runs in, "" for those that need a
// document.
func workerOf(plan *tags.Plan) string {
	switch {
	case plan.Language == tags.Python:
		return pythonWorker
	case plan.Type == "web-worker":
		return jsWorker
	}
	return ""
}

// workerDocument is the frame's page of a plugin in a worker.
func (f *frame) workerDocument() []byte {
	kind := "classic" // which can import scripts
	if f.worker == pythonWorker {
		kind = "module"
	}
	return fmt.Appendf(nil, "<!doctype html>\n<meta charset=\"utf-8\"><title>%s</title>\n<script src=\"worker-frame.js\" data-page=\"%s\" data-worker=\"%s\" data-type=\"%s\"></script>\n",
		html.EscapeString(f.plan.Name), html.EscapeString(f.page), f.worker, kind)
}

// scriptParts lists what a worker runs: what the plugin requires, then its scripts.
func (f *frame) scriptParts() []byte {
	type required struct {
		Kind string `json:"kind"`
		URL  string `json:"url"`
	}
	parts := struct {
		Requirements []required `json:"requirements"`
		Scripts      []script   `json:"scripts"`
	}{[]required{}, f.scripts}
	for _, u := range f.plan.Needs.URLs {
		switch u.Kind {
		case requirement.ClassicScript:
			parts.Requirements = append(parts.Requirements, required{"js", u.URL})
		case requirement.ModuleScript:
			parts.Requirements = append(parts.Requirements, required{"mjs", u.URL})
		}
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings and numbers
	}
	return text
}

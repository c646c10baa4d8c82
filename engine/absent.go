package engine

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags"
)

// The globals of a page and of its workers (Chromium 156) that a web-worker plugin does
// not have here, but for those whose names are everyday words.
var (
	//go:embed absent_page.txt
	absentOfPage string // in no worker either
	//go:embed absent_worker.txt
	absentOfWorker string
)

// maxSearchedLine is the length of a line that is searched for names: one of a packed
// library has too many.
const maxSearchedLine = 300

var (
	notDefined = regexp.MustCompile(`^(\S+) is not defined$`)
	// What goja says of a member, a call or a new of undefined.
	ofUndefined = regexp.MustCompile(`^(Cannot read property .* of undefined( or null)?|Value is not an object: undefined|Object has no member .*)$`)
	ofGlobal    = regexp.MustCompile(`\b(?:self|globalThis)\s*\??\.\s*([A-Za-z_]\w*)`)
)

// explain adds to an error of a web-worker plugin that uses what only browsers have,
// what has it and how to run the plugin there.
func explain(plan *tags.Plan, e *ScriptError) {
	if plan.Type != "web-worker" {
		return
	}
	if m := notDefined.FindStringSubmatch(e.Message); m != nil && e.Name == "ReferenceError" {
		if why := whoHas(m[1]); why != "" {
			e.Message += ": " + why
		}
		return
	}
	if e.Name != "TypeError" || !ofUndefined.MatchString(e.Message) || len(e.Frames) == 0 || !e.Frames[0].Place.Known() {
		return
	}
	for _, m := range ofGlobal.FindAllStringSubmatch(lineOf(e.Frames[0].Place), -1) {
		if why := whoHas(m[1]); why != "" {
			e.Message += "; " + m[1] + " is not defined: " + why
			return
		}
	}
}

// whoHas says where a global is found that is not here; "" for names that are globals
// nowhere.
func whoHas(name string) string {
	switch {
	case name == "SharedArrayBuffer":
		return "browsers have it in isolated pages only, which those of `imjoy run --browser` are not; use an ArrayBuffer"
	case slices.Contains(strings.Fields(absentOfPage), name):
		return "a page has it and a worker does not, in no browser either; `imjoy run --browser --js-engine=frame` runs the plugin in a page"
	case slices.Contains(strings.Fields(absentOfWorker), name):
		return "browsers have it, this JavaScript engine does not; `imjoy run --browser` runs the plugin in a worker of a browser"
	}
	return ""
}

// lineOf is the line of a place, "" for one that is too long.
func lineOf(p source.Place) string {
	at, _ := p.Range()
	line := p.Source.Line(at.Line)
	if line.End-line.Start > maxSearchedLine {
		return ""
	}
	return string(p.Source.Slice(line))
}

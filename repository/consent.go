package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Question is what a person has to agree to.
type Question struct {
	Closure  *Closure
	Parts    []Part
	Warnings []source.Diagnostic // what is doubtful about the chosen tags
}

// Part is what one plugin of the closure wants on top of what it has.
type Part struct {
	Plugin  *Plugin
	Upgrade bool             // it is installed, in another version, and wanted less so far
	Sheet   permission.Sheet // only what is new
}

// ConsentError is an installation that nobody agreed to.
type ConsentError struct{ Question Question }

func (e *ConsentError) Error() string {
	return fmt.Sprintf("%s is not installed: nobody agreed to what it wants", e.Question.Closure.Root.Name)
}

// ask puts the question, if there is one.
func (r *Repository) ask(ctx context.Context, result *Installed, asked map[string]bool, o Options) error {
	q := Question{Closure: result.Closure}
	for _, change := range slices.Concat(result.Changes, r.newBeside(result)) {
		key := change.Plugin.Name + " " + change.Plugin.SHA256 + " " + change.Plugin.Tag()
		if change.Status == Unchanged || asked[key] {
			continue
		}
		asked[key] = true
		q.Warnings = append(q.Warnings, doubts(change.Plugin)...)
		part := Part{Plugin: change.Plugin, Sheet: change.Plugin.Plan.Asks()}
		if change.Status == Upgraded || change.Status == Downgraded {
			part.Upgrade = true
			part.Sheet = permission.Diff(r.sheetOf(change.Before), part.Sheet).Added
		}
		if !part.Sheet.Empty() {
			q.Parts = append(q.Parts, part)
		}
	}
	switch {
	case len(q.Parts)+len(q.Warnings) == 0:
		return nil
	case o.Consent == nil:
		return &ConsentError{q}
	}
	return o.Consent(ctx, q)
}

// newBeside are the dependencies of its own that the root was not installed with before:
// to those somebody agreed then.
func (r *Repository) newBeside(result *Installed) (list []Change) {
	root, err := usable(r.c.Store.Record(result.Closure.Root.Name))
	for _, change := range result.Beside {
		known := err == nil && root != nil && slices.ContainsFunc(root.Dependencies, func(p store.Pin) bool {
			return p.Name == change.Plugin.Name && p.SHA256 == change.Plugin.SHA256 && p.Tag == change.Plugin.Tag()
		})
		if !known {
			list = append(list, change)
		}
	}
	return list
}

// doubts are findings about the chosen tag that a person should agree to go on
// with: a field without a value for it, requirements that could not be read.
func doubts(p *Plugin) (list []source.Diagnostic) {
	for _, d := range p.Diagnostics {
		if d.Severity == source.Error || d.Code == "tag-without-value" {
			list = append(list, d)
		}
	}
	return list
}

// sheetOf reads what an installed version wanted from its own bytes. Bytes that
// cannot be read wanted nothing, so that everything is asked again.
func (r *Repository) sheetOf(record *store.Record) permission.Sheet {
	l, err := r.installed(record.Name)
	if err != nil || l.record.SHA256 != record.SHA256 {
		return permission.Sheet{}
	}
	p, err := r.read(context.Background(), l)
	if err != nil {
		return permission.Sheet{}
	}
	if plan, _ := tags.Resolve(p.Document, record.Tag); plan != nil {
		return plan.Asks()
	}
	return permission.Sheet{}
}

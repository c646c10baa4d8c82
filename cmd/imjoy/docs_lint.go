package main

import (
	"fmt"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/lint/analysis"
)

// lintDocs puts beside each plugin what `imjoy lint` finds in it, with the settings of
// the project, but for what takes a Python to be read. Texts that cache has are not read
// again.
func lintDocs(a *app.App, in *docsInputs, cache *analysis.Cache) error {
	l := &linter{app: a, given: func(string) bool { return false }}
	if err := l.readSettings(); err != nil {
		return err
	}
	var plugins []*docsrender.Input
	for i := range in.repositories {
		for j := range in.repositories[i].Plugins {
			plugins = append(plugins, &in.repositories[i].Plugins[j])
		}
	}
	parallel(len(plugins), func(i int) {
		p := plugins[i]
		options := l.optionsFor(lintFile{shown: in.places[p.Document]})
		p.Diagnostics = lint.Run(analysis.Of(p.Document, p.Diagnostics, cache), options)
		p.Linted = true
	})
	return nil
}

// warnOfSecrets says which keys and tokens the pages show, since the whole source is on them.
func warnOfSecrets(a *app.App, in *docsInputs) {
	for _, r := range in.repositories {
		for _, p := range r.Plugins {
			for _, d := range p.Diagnostics {
				if d.Code != "secret-in-file" {
					continue
				}
				at, _ := d.Place.Range()
				fmt.Fprintf(a.Stderr, "  warning: %s:%d: %s, and the site shows it: revoke it before anybody sees this\n", findings.Clean(in.places[p.Document]), at.Line, d.Message)
			}
		}
	}
}

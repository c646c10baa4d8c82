package main

import (
	"cmp"
	"fmt"
	"strings"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// readInstalled adds the installed plugins as one repository, each with the versions
// that are kept of it. What cannot be read of them is told, and left out.
func (in *docsInputs) readInstalled(a *app.App) error {
	s, err := a.Store("docs")
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer s.Close()
	records, bad, err := s.Records()
	if err != nil {
		return repositoryFailure(a, err)
	}
	note := func(err error) { fmt.Fprintf(a.Stderr, "  note: %s\n", findings.Clean(err.Error())) }
	for _, err := range bad {
		note(err)
	}
	out := docsrender.Repository{Name: "Installed"}
	for _, record := range records {
		plugin, err := installedInput(s, record)
		if err != nil {
			note(fmt.Errorf("no docs of %s: %w", record.Name, err))
			continue
		}
		in.places[plugin.Document] = record.Name
		out.Plugins = append(out.Plugins, plugin)
	}
	if len(out.Plugins) > 0 {
		in.repositories = append(in.repositories, out)
	}
	return nil
}

// stampInstalled writes what changes when plugins are installed or removed.
func stampInstalled(a *app.App, b *strings.Builder) error {
	s, err := a.Store("docs")
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer s.Close()
	records, _, err := s.Records()
	if err != nil {
		return repositoryFailure(a, err)
	}
	for _, record := range records {
		fmt.Fprintf(b, "%s %s\n", record.Name, record.SHA256)
	}
	return nil
}

func installedInput(s *store.Store, record *store.Record) (docsrender.Input, error) {
	text, err := s.Blob(record.SHA256)
	if err != nil {
		return docsrender.Input{}, err
	}
	file := record.URL[strings.LastIndexAny(record.URL, "/:")+1:]
	if !strings.HasSuffix(file, address.PluginSuffix) {
		file = address.Slug(record.Name) + address.PluginSuffix
	}
	doc, found := pluginfile.Parse(file, text)
	in := docsrender.Input{Path: file, Document: doc, Diagnostics: found, Address: cmp.Or(record.Address, record.Name)}
	for _, before := range record.Before() {
		if text, err := s.Blob(before.SHA256); err == nil { // else it was swept
			in.Versions = append(in.Versions, docsrender.Version{Commit: before.Commit, Time: before.Installed, Text: text})
		}
	}
	return in, nil
}

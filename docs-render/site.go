package docsrender

import (
	"maps"
	"slices"
)

// File is one file of a site.
type File struct {
	Type string // media type, with its charset
	Body []byte
}

// Site is a documentation site in memory. It is immutable once it is built and safe
// for concurrent use.
type Site struct {
	Title string
	Files map[string]File // by path, relative, with slashes
	// Notes say what is missing although it was asked for: images that could not be
	// fetched, docs that could not be rendered. They are for the person who builds.
	Notes []string
}

// Paths lists the files in the order of their names.
func (s *Site) Paths() []string { return slices.Sorted(maps.Keys(s.Files)) }

// markerName is the file by which [Site.Write] knows its own folders, and marker its
// beginning.
const (
	markerName = "imjoy-docs.json"
	marker     = `{"generator":"imjoy docs"`
)

package docsrender

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
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
	// Pages are the paths of the plugins' pages, by the names of the plugins; where several
	// have one name, of the first.
	Pages map[string]string
	// Notes say what is missing although it was asked for: images that could not be
	// fetched, docs that could not be rendered. They are for the person who builds.
	Notes []string

	version sync.Once
	sum     string
}

// Version is a text that differs between sites whose files differ.
func (s *Site) Version() string {
	s.version.Do(func() {
		h := sha256.New()
		for _, path := range s.Paths() {
			fmt.Fprintf(h, "%s\n%d\n", path, len(s.Files[path].Body))
			h.Write(s.Files[path].Body)
		}
		s.sum = hex.EncodeToString(h.Sum(nil)[:16])
	})
	return s.sum
}

// Paths lists the files in the order of their names.
func (s *Site) Paths() []string { return slices.Sorted(maps.Keys(s.Files)) }

// markerName is the file by which [Site.Write] knows its own folders, and marker its
// beginning.
const (
	markerName = "imjoy-docs.json"
	marker     = `{"generator":"imjoy docs"`
)

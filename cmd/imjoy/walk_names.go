package main

import (
	"os"
	"strings"
)

// folderNames are the names in a folder that a walk cares about.
type folderNames struct {
	ignore  bool     // there is a .gitignore
	folders []string // neither hidden nor node_modules
	files   []string // plugins, manifests and the like, and what is nearly called so
}

func nearlyPlugin(name string) bool { return strings.Contains(strings.ToLower(name), ".imjoy") }

// names returns the names in a folder: those it had in the run before, if it did not
// change since. What could be read comes with an error.
func (w *walk) names(dir string) (folderNames, error) {
	if note, ok := w.seen.Noted(dir); ok {
		return namesOf(string(note)), nil
	}
	var found folderNames
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case name == ".gitignore":
			found.ignore = true
		case entry.IsDir() && !strings.HasPrefix(name, ".") && name != "node_modules":
			found.folders = append(found.folders, name)
		case entry.Type().IsRegular() && (lintable(name) || nearlyPlugin(name)):
			found.files = append(found.files, name)
		}
	}
	if err == nil {
		w.seen.Note(dir, found.note())
	}
	return found, err
}

// In a note each name has a letter before it, and a byte behind it that no name has.
const (
	noteIgnore = 'i'
	noteFolder = 'd'
	noteFile   = 'f'
	noteEnd    = "\x00"
)

func (n folderNames) note() []byte {
	note := []byte(noteEnd) // never empty
	if n.ignore {
		note = append(note, noteIgnore)
		note = append(note, noteEnd...)
	}
	for _, name := range n.folders {
		note = append(append(append(note, noteFolder), name...), noteEnd...)
	}
	for _, name := range n.files {
		note = append(append(append(note, noteFile), name...), noteEnd...)
	}
	return note
}

func namesOf(note string) (n folderNames) {
	for entry := range strings.SplitSeq(note, noteEnd) {
		switch {
		case entry == "":
		case entry[0] == noteIgnore:
			n.ignore = true
		case entry[0] == noteFolder:
			n.folders = append(n.folders, entry[1:])
		case entry[0] == noteFile:
			n.files = append(n.files, entry[1:])
		}
	}
	return n
}

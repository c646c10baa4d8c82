package repository

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// Found is a plugin that a search found.
type Found struct {
	Repository  string // the short name
	Name        string // of the plugin
	Address     string // to install it
	Type        string
	Version     string
	Description string
	Tags        []string
	Labels      []string

	score int
}

// Unsearched is a repository whose list could not be read.
type Unsearched struct {
	Repository string
	Default    bool // nobody added it: it is known from the beginning
	Err        error
}

// How much a word counts by where it is found. A word in the name always outweighs
// words elsewhere.
const (
	wholeName        = 1000
	startOfName      = 500
	wordOfName       = 300
	partOfName       = 200
	wholeLabel       = 60
	partOfLabel      = 30
	wordOfDescribing = 10
	partOfDescribing = 5
)

// Search looks for plugins in the repositories with short names: all words must occur
// in the name, the labels or the description, in either case. The best come first; no
// words find everything. suggestion is a name that was perhaps meant when nothing was
// found. What is asked of the network depends on the client alone.
func (r *Repository) Search(ctx context.Context, words []string) (found []Found, suggestion string, left []Unsearched, err error) {
	var names []string
	for _, k := range r.c.Names.Repositories {
		list, err := r.entries(ctx, k)
		if ctx.Err() != nil {
			return nil, "", nil, context.Cause(ctx)
		}
		if err != nil {
			left = append(left, Unsearched{k.Name, k == DefaultNames().Repositories[0], err})
			continue
		}
		for _, f := range list {
			names = append(names, f.Name)
			if f.score = score(f, words); f.score > 0 || len(words) == 0 {
				found = append(found, f)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Found) int { return cmp.Compare(b.score, a.score) })
	if len(found) == 0 {
		suggestion = source.Nearest(strings.Join(words, " "), names)
	}
	return found, suggestion, left, nil
}

// entries reads the list of one repository.
func (r *Repository) entries(ctx context.Context, k Known) (list []Found, err error) {
	at, err := r.byShortName(address.Address{Kind: address.Repository, Alias: k.Name})
	if err != nil {
		return nil, err
	}
	from, err := r.catalogueOf(ctx, at)
	if err != nil {
		return nil, err
	}
	m, err := from.list()
	if err != nil {
		return nil, err
	}
	add := func(f Found) {
		f.Repository, f.Address = k.Name, k.Name+":"+f.Name
		list = append(list, f)
	}
	if m == nil {
		return list, r.unlisted(from, add)
	}
	for _, e := range m.Plugins {
		if !e.Disabled && e.Name != "" {
			add(Found{Name: e.Name, Type: e.Type, Version: e.Version, Description: e.Description, Tags: e.Tags, Labels: e.Labels})
		}
	}
	return list, nil
}

// unlisted describes the plugins of a place without a manifest, by their files where
// those are at hand.
func (r *Repository) unlisted(from catalogue, add func(Found)) error {
	dir, ok := from.(folder)
	if !ok {
		names, err := from.names()
		for _, name := range names {
			add(Found{Name: name})
		}
		return err
	}
	files, err := dir.files()
	for _, file := range files {
		text, err := dir.readInside(file)
		if err != nil {
			continue
		}
		doc, _ := pluginfile.Parse(path.Base(file), text)
		if c := doc.Config; c.Name != "" {
			add(Found{Name: c.Name, Type: c.Type, Version: c.Version, Description: c.Description, Tags: c.Tags, Labels: c.Labels})
		}
	}
	return err
}

// score says how well a plugin fits, 0 not at all.
func score(f Found, words []string) (sum int) {
	name, describing := strings.ToLower(f.Name), strings.ToLower(f.Description)
	if len(words) > 1 && name == strings.ToLower(strings.Join(words, " ")) {
		sum += wholeName
	}
	for _, word := range words {
		word = strings.ToLower(word)
		points := inName(name, word)
		for _, label := range f.Labels {
			switch label = strings.ToLower(label); {
			case label == word:
				points += wholeLabel
			case strings.Contains(label, word):
				points += partOfLabel
			}
		}
		switch {
		case slices.Contains(wordsOf(describing), word):
			points += wordOfDescribing
		case strings.Contains(describing, word):
			points += partOfDescribing
		}
		if points == 0 {
			return 0
		}
		sum += points
	}
	return sum
}

func inName(name, word string) int {
	switch {
	case name == word:
		return wholeName
	case strings.HasPrefix(name, word):
		return startOfName
	case slices.Contains(wordsOf(name), word):
		return wordOfName
	case strings.Contains(name, word):
		return partOfName
	}
	return 0
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n-_.,;:/()\"'", r) })
}

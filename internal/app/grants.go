package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Grant is what a person answered about one plugin for good. It holds for exactly the
// content that they saw: a changed plugin is asked about again.
type Grant struct {
	SHA256  string         `json:"sha256"`  // of the plugin's document
	Plugin  string         `json:"plugin"`  // its name then, for people
	Granted permission.Set `json:"granted"` // "always", and with "!" what was answered with "never"
}

// grantsNote is where the answers are kept in the store.
const grantsNote = "grants.json"

type keptGrants struct {
	Version int     `json:"version"`
	Grants  []Grant `json:"grants"`
}

func decodeGrants(text []byte) (kept keptGrants, err error) {
	if kept.Version = 1; len(text) == 0 {
		return kept, nil
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, fmt.Errorf("read %s: %w", grantsNote, err)
	}
	if kept.Version > 1 {
		return kept, fmt.Errorf("%s was written by a newer imjoy (version %d)", grantsNote, kept.Version)
	}
	return kept, nil
}

// grants are the answers of a store.
type grants struct{ store *store.Store }

// of returns what was answered about a content; nothing when nobody was asked.
func (g grants) of(sum string) (permission.Set, error) {
	text, err := g.store.ReadNote(grantsNote)
	if err != nil {
		return permission.Set{}, err
	}
	kept, err := decodeGrants(text)
	if err != nil {
		return permission.Set{}, err
	}
	i := slices.IndexFunc(kept.Grants, func(one Grant) bool { return one.SHA256 == sum })
	if i < 0 {
		return permission.Set{}, nil
	}
	return kept.Grants[i].Granted, nil
}

// add keeps one more answer about a content.
func (g grants) add(ctx context.Context, sum, plugin string, answered permission.Set) error {
	return g.edit(ctx, func(list []Grant) []Grant {
		i := slices.IndexFunc(list, func(one Grant) bool { return one.SHA256 == sum })
		if i < 0 {
			return append(list, Grant{SHA256: sum, Plugin: plugin, Granted: answered})
		}
		list[i].Granted = list[i].Granted.Union(answered)
		return list
	})
}

func (g grants) edit(ctx context.Context, change func([]Grant) []Grant) error {
	return g.store.EditNote(ctx, grantsNote, func(old []byte) ([]byte, error) {
		kept, err := decodeGrants(old)
		if err != nil {
			return nil, err
		}
		if kept.Grants = change(kept.Grants); kept.Grants == nil {
			kept.Grants = []Grant{}
		}
		text, err := json.MarshalIndent(kept, "", "  ")
		return append(text, '\n'), err
	})
}

// Grants returns what the person answered about plugins for good.
func (a *App) Grants() ([]Grant, error) {
	s, err := a.notes()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	text, err := s.ReadNote(grantsNote)
	if err != nil {
		return nil, err
	}
	kept, err := decodeGrants(text)
	return kept.Grants, err
}

// ForgetGrants forgets the answers about plugins by name or by the beginning of a hash,
// all of them without names, and returns those that were forgotten.
func (a *App) ForgetGrants(ctx context.Context, names []string) (forgotten []Grant, err error) {
	s, err := a.notes()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	err = grants{s}.edit(ctx, func(list []Grant) []Grant {
		return slices.DeleteFunc(list, func(one Grant) bool {
			gone := len(names) == 0 || slices.ContainsFunc(names, func(name string) bool {
				return one.Plugin == name || len(name) >= shortHash && strings.HasPrefix(one.SHA256, name)
			})
			if gone {
				forgotten = append(forgotten, one)
			}
			return gone
		})
	})
	return forgotten, err
}

// shortHash is how much of a hash is shown to people, and enough to name a content.
const shortHash = 8

// notes opens the store for what is quickly read and written.
func (a *App) notes() (*store.Store, error) {
	return store.Open(a.home(), store.Options{What: "remember something"})
}

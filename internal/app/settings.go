package app

import (
	"context"
	"encoding/json"
	"fmt"
	"path"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/workspace"
)

// maxSettings is how much one plugin may keep, in bytes.
const maxSettings = 1 << 20

// settings keeps what plugins store, one JSON file for each in the person's store.
type settings struct{ store *store.Store }

var _ workspace.Settings = settings{}

func settingsNote(plugin string) string { return path.Join("settings", address.Slug(plugin)+".json") }

// Load returns the settings of a plugin.
func (s settings) Load(plugin string) (map[string]string, error) {
	text, err := s.store.ReadNote(settingsNote(plugin))
	if err == nil {
		var values map[string]string
		if values, err = decodeSettings(text); err == nil {
			return values, nil
		}
	}
	return nil, fmt.Errorf("read the settings of plugin %q: %w", plugin, err)
}

// Change changes them while no other process does.
func (s settings) Change(ctx context.Context, plugin string, change func(values map[string]string)) error {
	err := s.store.EditNote(ctx, settingsNote(plugin), func(old []byte) ([]byte, error) {
		values, err := decodeSettings(old)
		if err != nil {
			return nil, err
		}
		change(values)
		text, err := json.MarshalIndent(keptSettings{1, plugin, values}, "", "  ")
		if err == nil && len(text) > maxSettings {
			err = fmt.Errorf("they are larger than %d bytes", maxSettings)
		}
		return append(text, '\n'), err
	})
	if err != nil {
		return fmt.Errorf("keep the settings of plugin %q: %w", plugin, err)
	}
	return nil
}

type keptSettings struct {
	Version int               `json:"version"`
	Plugin  string            `json:"plugin"`
	Values  map[string]string `json:"values"`
}

func decodeSettings(text []byte) (map[string]string, error) {
	kept := keptSettings{Values: map[string]string{}}
	if len(text) == 0 {
		return kept.Values, nil
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, err
	}
	if kept.Version > 1 {
		return nil, fmt.Errorf("they were written by a newer imjoy (version %d)", kept.Version)
	}
	return kept.Values, nil
}

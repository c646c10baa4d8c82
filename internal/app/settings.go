package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/workspace"
)

// maxSettings is the largest file of settings, in bytes.
const maxSettings = 1 << 20

// settings keeps what plugins store, one JSON file for each in the store's folder.
func (a *App) settings() workspace.Settings {
	home := a.Env("HOME")
	if home == "" {
		home = a.Env("USERPROFILE")
	}
	return settingsFolder(filepath.Join(store.DefaultDir(a.Env, home), "settings"))
}

type settingsFolder string

func (dir settingsFolder) file(plugin string) string {
	return filepath.Join(string(dir), address.Slug(plugin)+".json")
}

func (dir settingsFolder) Load(plugin string) (map[string]string, error) {
	text, err := os.ReadFile(dir.file(plugin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var kept struct {
		Version int               `json:"version"`
		Plugin  string            `json:"plugin"`
		Values  map[string]string `json:"values"`
	}
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		return nil, fmt.Errorf("read the settings of plugin %q: %w", plugin, err)
	}
	return kept.Values, nil
}

// Save writes beside the file and renames, so that a crash keeps the old settings.
func (dir settingsFolder) Save(plugin string, values map[string]string) error {
	text, err := json.MarshalIndent(map[string]any{"version": 1, "plugin": plugin, "values": values}, "", "  ")
	if err == nil && len(text) > maxSettings {
		err = fmt.Errorf("they are larger than %d bytes", maxSettings)
	}
	if err == nil {
		err = replaceFile(dir.file(plugin), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("keep the settings of plugin %q: %w", plugin, err)
	}
	return nil
}

// replaceFile puts new content in the place of a file, whole or not at all.
func replaceFile(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

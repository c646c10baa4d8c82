package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// NamesFile is where the short names of repositories are kept, "" when no folder is
// known.
func (a *App) NamesFile() string {
	if dir := a.home(); dir != "" {
		return filepath.Join(dir, "repositories.json")
	}
	return ""
}

// home is the folder of the store, absolute, "" when none is known.
func (a *App) home() string {
	home := a.Env("HOME")
	if home == "" {
		home = a.Env("USERPROFILE")
	}
	dir := store.DefaultDir(a.Env, home)
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join(a.Dir, dir)
	}
	return dir
}

// Names reads the short names of repositories.
func (a *App) Names() (*repository.Names, error) {
	file := a.NamesFile()
	if file == "" {
		return repository.DefaultNames(), nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return repository.DefaultNames(), nil
	}
	if err != nil {
		return nil, store.InHome(filepath.Dir(file), fmt.Errorf("read the list of repositories: %w", err))
	}
	names, err := repository.ParseNames(text)
	if bad := (*repository.NameListError)(nil); errors.As(err, &bad) {
		return nil, &repository.NameListError{Why: fmt.Sprintf("the list of repositories, %s, cannot be used: %s", file, bad.Why), Hint: "repair or remove it"}
	}
	return names, err
}

// SaveNames keeps the short names of repositories, all of them or as they were.
func (a *App) SaveNames(n *repository.Names) error {
	text, err := n.Encode()
	if err == nil {
		err = replaceFile(a.NamesFile(), text)
	}
	if err != nil {
		return store.InHome(filepath.Dir(a.NamesFile()), fmt.Errorf("keep the list of repositories: %w", err))
	}
	return nil
}

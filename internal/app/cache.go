package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/lintcache"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// CacheDir is the folder for what can be fetched again: IMJOY_HOME/cache if that is
// set, else the place where the system wants a program's cache. It is "" when no
// place is known.
func (a *App) CacheDir() string {
	home := a.Env("HOME")
	if home == "" {
		home = a.Env("USERPROFILE")
	}
	return cacheDir(runtime.GOOS, a.Env, a.Dir, home)
}

// LintCacheDir is the folder for what lint found, "" when no place is known.
func (a *App) LintCacheDir() string {
	if dir := a.CacheDir(); dir != "" {
		return filepath.Join(dir, lintFolder)
	}
	return ""
}

// CacheUsage counts what can be fetched or found again: answers of servers, git
// repositories, what plugins load by address, and what lint found.
func (a *App) CacheUsage() (fetch.Usage, error) {
	u, err := fetch.NewCache(a.CacheDir(), a.Now).Size()
	if err != nil {
		return u, err
	}
	found, err := folderUsage(filepath.Join(a.CacheDir(), lintFolder))
	if err != nil {
		return u, err
	}
	whole, err := a.wholeUsage()
	return fetch.Usage{Files: u.Files + found.Files + whole.Files, Bytes: u.Bytes + found.Bytes + whole.Bytes}, err
}

// wholeUsage counts what goes only as a whole.
func (a *App) wholeUsage() (fetch.Usage, error) {
	repositories, err := folderUsage(filepath.Join(a.CacheDir(), gitFolder))
	if err != nil || a.home() == "" {
		return repositories, err
	}
	s, err := a.Store("cache")
	if err != nil {
		return repositories, err
	}
	defer s.Close()
	err = s.EachKept(func(k store.Kept) {
		repositories.Files++
		repositories.Bytes += k.Size
	})
	return repositories, err
}

// PruneCache removes what was fetched or found before a moment. Git repositories, and what plugins
// load by address, go only with everything else.
func (a *App) PruneCache(before time.Time, all bool) (fetch.Usage, error) {
	u, err := fetch.NewCache(a.CacheDir(), a.Now).Prune(before)
	if err == nil {
		found := lintcache.Prune(filepath.Join(a.CacheDir(), lintFolder), before)
		u.Files, u.Bytes = u.Files+found.Files, u.Bytes+found.Bytes
	}
	if err != nil || !all {
		return u, err
	}
	whole, err := a.wholeUsage()
	if err == nil {
		err = os.RemoveAll(filepath.Join(a.CacheDir(), gitFolder))
	}
	if err != nil || a.home() == "" {
		return u, err
	}
	s, err := a.Store("cache prune")
	if err != nil {
		return u, err
	}
	defer s.Close()
	return fetch.Usage{Files: u.Files + whole.Files, Bytes: u.Bytes + whole.Bytes}, s.DropKept()
}

// Folders of the cache.
const (
	gitFolder  = "git"
	lintFolder = "lint"
)

func folderUsage(dir string) (u fetch.Usage, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err == nil {
			u.Files++
			u.Bytes += info.Size()
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return u, err
}

// cache is the cache in that folder, nil without one.
func (a *App) cache() *fetch.Cache {
	if dir := a.CacheDir(); dir != "" {
		return fetch.NewCache(dir, a.Now)
	}
	return nil
}

func cacheDir(system string, env func(string) string, dir, home string) string {
	own := env("IMJOY_HOME")
	switch {
	case filepath.IsAbs(own):
		return filepath.Join(own, "cache")
	case own != "":
		return filepath.Join(dir, own, "cache")
	case filepath.IsAbs(env("XDG_CACHE_HOME")):
		return filepath.Join(env("XDG_CACHE_HOME"), "imjoy")
	case system == "windows" && env("LOCALAPPDATA") != "":
		return filepath.Join(env("LOCALAPPDATA"), "imjoy", "cache")
	case home == "":
		return ""
	case system == "darwin":
		return filepath.Join(home, "Library", "Caches", "imjoy")
	case system == "windows":
		return filepath.Join(home, "AppData", "Local", "imjoy", "cache")
	}
	return filepath.Join(home, ".cache", "imjoy")
}

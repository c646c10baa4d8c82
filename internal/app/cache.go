package app

import (
	"path/filepath"
	"runtime"

	"github.com/imjoy-tools/imjoy/internal/fetch"
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

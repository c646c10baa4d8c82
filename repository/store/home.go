package store

import (
	"path/filepath"
	"runtime"
)

// DefaultDir returns the folder of the store: IMJOY_HOME if set, else the place
// where the system wants a program's data. env is like os.Getenv; home is the
// person's folder, "" when unknown. The answer is "" when nothing is known.
func DefaultDir(env func(string) string, home string) string {
	return defaultDir(runtime.GOOS, env, home)
}

func defaultDir(system string, env func(string) string, home string) string {
	if dir := env("IMJOY_HOME"); dir != "" {
		return dir
	}
	// The XDG rules say that a relative path is to be ignored.
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "imjoy")
	}
	if dir := env("LOCALAPPDATA"); system == "windows" && dir != "" {
		return filepath.Join(dir, "imjoy")
	}
	switch {
	case home == "":
		return ""
	case system == "windows":
		return filepath.Join(home, "AppData", "Local", "imjoy")
	case system == "darwin":
		return filepath.Join(home, "Library", "Application Support", "imjoy")
	}
	return filepath.Join(home, ".local", "share", "imjoy")
}

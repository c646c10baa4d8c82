package pyenv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// pyenv puts scripts in the place of Python that find out, at every start and in some
// forty milliseconds, which Python is meant. The answer is in a few small files.

// pyenvRoot is pyenv's folder, "" when there is none.
func (e *Environments) pyenvRoot() string {
	root := e.o.Env("PYENV_ROOT")
	if home := e.home(); root == "" && home != "" {
		root = filepath.Join(home, ".pyenv")
	}
	if info, err := os.Stat(filepath.Join(root, "versions")); root == "" || err != nil || !info.IsDir() {
		return ""
	}
	return root
}

// shim reports whether a path is one of pyenv's stand-ins.
func (e *Environments) shim(path string) bool {
	root := e.pyenvRoot()
	return root != "" && filepath.Dir(path) == filepath.Join(root, "shims")
}

// behind is the program behind a stand-in of pyenv, the path itself if it is none or
// if the answer is not in the usual places: then the stand-in is asked.
func (e *Environments) behind(path string) string {
	if !e.shim(path) {
		return path
	}
	root := e.pyenvRoot()
	for _, version := range e.pyenvVersions(root) {
		if version == "system" {
			return path
		}
		if found := filepath.Join(root, "versions", version, binDir, filepath.Base(path)); exists(found) {
			return found
		}
		if full := newestOf(filepath.Join(root, "versions"), version); full != "" {
			return filepath.Join(root, "versions", full, binDir, filepath.Base(path))
		}
	}
	return path
}

// pyenvVersions are the versions chosen: by variable, by a file here or above, or for
// all folders.
func (e *Environments) pyenvVersions(root string) []string {
	if text := e.o.Env("PYENV_VERSION"); text != "" {
		return strings.Split(text, ":")
	}
	for dir := e.o.WorkDir; ; dir = filepath.Dir(dir) {
		if list := versionFile(filepath.Join(dir, ".python-version")); len(list) > 0 {
			return list
		}
		if dir == filepath.Dir(dir) {
			return versionFile(filepath.Join(root, "version"))
		}
	}
}

func versionFile(path string) (list []string) {
	text, err := readSmall(path)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		for _, word := range strings.Fields(line) {
			if filepath.IsLocal(word) && !strings.ContainsAny(word, `/\`) {
				list = append(list, word)
			}
		}
	}
	return list
}

// newestOf finds the newest version that begins with the parts of prefix: "3.11".
func newestOf(dir, prefix string) string {
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix+".") {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.MaxFunc(names, semver.PyPI.Compare)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

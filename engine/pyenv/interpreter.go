package pyenv

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"deps.dev/util/semver"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Interpreter is a Python on this machine.
type Interpreter struct {
	Path     string `json:"path"`     // of the program itself, not of a version manager's stand-in
	Version  string `json:"version"`  // "3.11.7"
	Platform string `json:"platform"` // "linux-x86_64"
}

// Oldest is the oldest Python that runs plugins.
const Oldest = "3.8"

// askPython prints what [Interpreter] holds.
const askPython = `import sys, sysconfig, json; v = sys.version_info; print(json.dumps({"path": sys.executable, "version": "%d.%d.%d" % v[:3], "platform": sysconfig.get_platform()}))`

// ask asks a program who it is. A program that has not changed answers as before; a
// stand-in may not.
func (e *Environments) ask(ctx context.Context, path string) (Interpreter, error) {
	known := e.known(path)
	if known == nil {
		return e.askAnew(ctx, path)
	}
	if i, ok := known.recall(); ok {
		return i, nil
	}
	i, err := e.askAnew(ctx, path)
	if err == nil {
		known.keep(i)
	}
	return i, err
}

func (e *Environments) askAnew(ctx context.Context, path string) (Interpreter, error) {
	asked, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	var out bytes.Buffer
	child, err := confine.Start(asked, confine.Command{Path: path, Args: []string{"-I", "-B", "-c", askPython}, Env: e.childEnv("", nil), Stdout: &out}, confine.Limits{})
	if err != nil {
		return Interpreter{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	exit := child.Wait()
	if ctx.Err() != nil {
		return Interpreter{}, context.Cause(ctx)
	}
	if exit.Code != 0 {
		return Interpreter{}, fmt.Errorf("ask %s for its version: %v: %s", path, exit, strings.TrimSpace(child.Tail()))
	}
	var i Interpreter
	if err := json.Unmarshal(out.Bytes(), &i); err != nil || i.Path == "" || !versionText().MatchString(i.Version) {
		return Interpreter{}, fmt.Errorf("ask %s for its version: it says %.200q", path, out.Bytes())
	}
	return i, nil
}

var (
	versionText   = pattern(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	versionWanted = pattern(`^(python)?([0-9]+(\.[0-9]+){0,2})$`)
)

// usable reports whether an interpreter is new enough for plugins.
func (i Interpreter) usable() bool { return accepts(">="+Oldest, i.Version) }

func accepts(constraint, version string) bool {
	c, err := semver.PyPI.ParseConstraint(constraint)
	return err == nil && c.Match(version)
}

// Default is the interpreter that a person gets by typing python3.
func (e *Environments) Default(ctx context.Context) (Interpreter, error) {
	var last error
	for _, name := range []string{"python3", "python"} {
		if path := e.look(name); path != "" {
			i, err := e.ask(ctx, e.behind(path))
			if err == nil {
				return i, nil
			}
			last = err
		}
	}
	if last != nil {
		return Interpreter{}, last
	}
	return Interpreter{}, &PythonError{Wanted: "python3", Why: "there is no python3 on PATH"}
}

// Base is the interpreter that environments are made from when a declaration asks for
// none: the one of Options.Python, else the default.
func (e *Environments) Base(ctx context.Context) (Interpreter, error) {
	if e.o.Python != "" {
		return e.named(ctx, e.o.Python)
	}
	return e.Default(ctx)
}

// Interpreters finds the Pythons of this machine, oldest first: those on PATH, of
// pyenv and of uv.
func (e *Environments) Interpreters(ctx context.Context) ([]Interpreter, error) {
	paths := e.candidates()
	answers := make([]Interpreter, len(paths))
	var group sync.WaitGroup
	slots := make(chan struct{}, max(2, runtime.NumCPU()))
	for n, path := range paths {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if i, err := e.ask(ctx, path); err == nil { // a broken one is none
				answers[n] = i
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var list []Interpreter
	for _, i := range answers {
		if real := realPath(i.Path); i.Path != "" && !seen[real] {
			seen[real] = true
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b Interpreter) int { return semver.PyPI.Compare(a.Version, b.Version) })
	return list, nil
}

func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// candidates are the programs that may be Pythons, each once, PATH first.
func (e *Environments) candidates() (list []string) {
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			list = append(list, path)
		}
	}
	for _, dir := range filepath.SplitList(e.o.Env("PATH")) {
		names, _ := os.ReadDir(dir)
		for _, name := range []string{"python3", "python"} {
			if slices.ContainsFunc(names, func(d fs.DirEntry) bool { return d.Name() == name+exe }) {
				add(e.behind(filepath.Join(dir, name+exe)))
			}
		}
		for _, name := range names {
			if minorName().MatchString(strings.TrimSuffix(name.Name(), exe)) && !e.shim(filepath.Join(dir, name.Name())) {
				add(filepath.Join(dir, name.Name()))
			}
		}
	}
	for _, pattern := range e.managed() {
		found, _ := filepath.Glob(pattern)
		for _, path := range found {
			add(path)
		}
	}
	return slices.DeleteFunc(list, func(path string) bool { return path == "" })
}

var minorName = pattern(`^python3\.[0-9]+$`)

// managed are the places where version managers keep Pythons.
func (e *Environments) managed() (patterns []string) {
	if root := e.pyenvRoot(); root != "" {
		patterns = append(patterns, filepath.Join(root, "versions", "*", binDir, "python"+exe))
	}
	if dir := e.o.Env("UV_PYTHON_INSTALL_DIR"); dir != "" {
		return append(patterns, filepath.Join(dir, "*", binDir, "python3"+exe))
	}
	data := e.o.Env("XDG_DATA_HOME")
	if home := e.home(); data == "" && home != "" {
		data = filepath.Join(home, ".local", "share")
	}
	if data != "" {
		patterns = append(patterns, filepath.Join(data, "uv", "python", "*", binDir, "python3"+exe))
	}
	return patterns
}

// look finds a program on the person's PATH, "" when there is none.
func (e *Environments) look(name string) string {
	for _, dir := range filepath.SplitList(e.o.Env("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		path := filepath.Join(dir, name+exe)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && (exe != "" || info.Mode()&0o111 != 0) {
			return path
		}
	}
	return ""
}

// choose finds the interpreter for a declaration: the one a person named, the one
// that an environment was resolved for, python3 if it will do, else the newest that
// does.
func (e *Environments) choose(ctx context.Context, want *requirement.Python, locked *requirement.Resolved) (Interpreter, error) {
	switch {
	case e.o.Python != "":
		return e.named(ctx, e.o.Python)
	case locked != nil:
		return e.version(ctx, locked.Python, want)
	}
	first, err := e.Default(ctx)
	if err == nil && first.usable() && want.Accepts(first.Version) {
		return first, nil
	}
	if err != nil && ctx.Err() != nil {
		return Interpreter{}, err
	}
	all, err := e.Interpreters(ctx)
	if err != nil {
		return Interpreter{}, err
	}
	usable := slices.DeleteFunc(slices.Clone(all), func(i Interpreter) bool { return !i.usable() })
	for _, i := range slices.Backward(usable) {
		if want.Accepts(i.Version) {
			return i, nil
		}
	}
	return Interpreter{}, missingPython(want, all, usable)
}

// missingPython says which Pythons there are, and which is nearest.
func missingPython(want *requirement.Python, all, usable []Interpreter) error {
	err := &PythonError{Found: usable, Why: "plugins need Python " + Oldest + " or newer"}
	if want == nil {
		return err
	}
	err.Wanted, err.Item = want.Constraint, want.Item
	err.Why = fmt.Sprintf("the plugin asks for Python %s, which is not on this machine", want.Constraint)
	for _, i := range all {
		if want.Accepts(i.Version) {
			err.Why = fmt.Sprintf("the plugin asks for Python %s; %s is here, but plugins need %s or newer", want.Constraint, i.Version, Oldest)
		}
	}
	target := minorOf(firstVersion().FindString(want.Constraint))
	for n := range usable {
		if distance := minorOf(usable[n].Version) - target; err.Nearest == nil || abs(distance) < abs(minorOf(err.Nearest.Version)-target) {
			err.Nearest = &usable[n]
		}
	}
	return err
}

var firstVersion = pattern(`[0-9]+(\.[0-9]+)?`)

// minorOf is a version as one number: 3.11 is 311.
func minorOf(version string) int {
	parts := strings.SplitN(version+".0", ".", 3)
	major, _ := strconv.Atoi(parts[0])
	minor, _ := strconv.Atoi(parts[1])
	return major*100 + minor
}

func abs(n int) int { return max(n, -n) }

// named finds what a person named: a path, a program on PATH, or a version.
func (e *Environments) named(ctx context.Context, name string) (Interpreter, error) {
	if m := versionWanted().FindStringSubmatch(name); m != nil && e.look(name) == "" {
		return e.version(ctx, m[2], nil)
	}
	path := name
	if strings.ContainsRune(name, filepath.Separator) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(e.o.WorkDir, path)
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return Interpreter{}, &PythonError{Wanted: name, Why: "there is no " + name}
		}
	} else if path = e.look(name); path == "" {
		return Interpreter{}, &PythonError{Wanted: name, Why: fmt.Sprintf("there is no %s on PATH", name)}
	}
	i, err := e.ask(ctx, e.behind(path))
	if err == nil && !i.usable() {
		err = &PythonError{Wanted: name, Why: fmt.Sprintf("%s is Python %s; plugins need %s or newer", name, i.Version, Oldest)}
	}
	return i, err
}

// version finds a version: exactly that one, else the newest of the same minor
// version.
func (e *Environments) version(ctx context.Context, version string, want *requirement.Python) (Interpreter, error) {
	parts := strings.Split(version, ".")
	if len(parts) > 2 {
		parts = parts[:2]
	}
	constraint := "==" + strings.Join(parts, ".") + ".*"
	if first, err := e.Default(ctx); err == nil && first.usable() && (first.Version == version || strings.Count(version, ".") < 2 && accepts(constraint, first.Version)) {
		return first, nil
	}
	all, err := e.Interpreters(ctx)
	if err != nil {
		return Interpreter{}, err
	}
	usable := slices.DeleteFunc(slices.Clone(all), func(i Interpreter) bool { return !i.usable() })
	var best *Interpreter
	for n, i := range usable {
		if i.Version == version {
			return i, nil
		}
		if accepts(constraint, i.Version) {
			best = &usable[n]
		}
	}
	if best != nil {
		return *best, nil
	}
	asked := &requirement.Python{Constraint: constraint}
	if want != nil {
		asked.Item = want.Item
	}
	missing := missingPython(asked, all, usable).(*PythonError)
	missing.Wanted = version
	missing.Why = strings.Replace(missing.Why, "the plugin asks for", "what is asked for is", 1)
	return Interpreter{}, missing
}

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// Check is one thing about this machine that imjoy depends on.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // "ok", "missing" for what is only needed sometimes, "problem"
	Detail string `json:"detail"`
	Hint   string `json:"hint"` // what to do; "" when there is nothing to do
}

// The statuses of a [Check].
const (
	CheckOK      = "ok"
	CheckMissing = "missing"
	CheckProblem = "problem"
)

// checkTime is how long a program may take to tell its version.
const checkTime = 5 * time.Second

// Doctor looks at this machine: the programs that plugins may need, what is stored,
// the settings, and what a plugin can be kept from. self is the path of this program,
// "" when unknown. Nothing is changed; programs are asked only for their versions.
func (a *App) Doctor(ctx context.Context, self string) []Check {
	list := a.checkPath(self)
	list = append(list, a.checkStore()...)
	list = append(list, a.checkCache(), a.checkSettings())
	list = append(list, a.checkPrograms(ctx)...)
	m := a.Machine()
	list = append(list, Check{Name: "machine", Status: CheckOK, Detail: m.String()})
	return append(list, checkSandbox(confine.Describe()))
}

// checkPath looks for other programs called imjoy: the package index has a dead one.
func (a *App) checkPath(self string) (list []Check) {
	own, _ := os.Stat(self)
	list = append(list, Check{Name: "imjoy", Status: CheckOK, Detail: self})
	first := true
	for _, dir := range filepath.SplitList(a.Env("PATH")) {
		path := filepath.Join(dir, "imjoy")
		if runtime.GOOS == "windows" {
			path += ".exe"
		}
		info, err := os.Stat(path)
		if err != nil || info.IsDir() || runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
			continue
		}
		if own != nil && os.SameFile(own, info) {
			first = false
			continue
		}
		c := Check{Name: "another imjoy", Status: CheckProblem, Detail: path, Hint: "remove it, or put the folder of this one before it on PATH"}
		if isScript(path) {
			c.Detail += " (a script: perhaps the old engine, the Python package imjoy)"
			c.Hint = "remove it with `pip uninstall imjoy`, or put the folder of this one before it on PATH"
		}
		if !first {
			c.Status, c.Hint = CheckOK, ""
			c.Detail += ", which stands behind this one on PATH"
		}
		list = append(list, c)
	}
	return list
}

func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 2)
	n, _ := f.Read(start)
	return string(start[:n]) == "#!"
}

func (a *App) checkStore() []Check {
	c := Check{Name: "store", Status: CheckOK, Detail: a.home()}
	if c.Detail == "" {
		c.Status, c.Detail, c.Hint = CheckProblem, "no folder is known for it", "set IMJOY_HOME"
		return []Check{c}
	}
	s, err := store.Open(c.Detail, store.Options{What: "doctor"})
	if err != nil {
		c.Status, c.Detail = CheckProblem, err.Error()
		return []Check{c}
	}
	defer s.Close()
	records, bad, err := s.Records()
	damaged, left := damages(bad)
	switch {
	case err != nil:
		c.Status, c.Detail, c.Hint = CheckProblem, err.Error(), "check who owns the folder, and its permissions"
	case damaged > 0:
		c.Status, c.Hint = CheckProblem, "`imjoy list` names them; `imjoy uninstall NAME` sets one aside"
		c.Detail += ": " + counted(damaged, "record") + " that cannot be read"
	default:
		c.Detail += ": " + counted(len(records), "plugin")
	}
	list := []Check{c}
	if changed := changedContents(s, records); changed > 0 {
		list = append(list, Check{Name: "store", Status: CheckProblem, Detail: counted(changed, "content") + " not as installed", Hint: "`imjoy verify` names the plugins; install them again"})
	}
	for _, rest := range left {
		list = append(list, Check{Name: "store", Status: CheckProblem, Detail: rest.Error(), Hint: "no plugin is lost: the next change of what is installed sets it aside"})
	}
	if err := writable(s.Dir()); err != nil {
		list = append(list, Check{Name: "store", Status: CheckProblem, Detail: "it cannot be written: " + err.Error(), Hint: "check who owns the folder, and the space on its disk; or set IMJOY_HOME"})
	}
	return list
}

// damages tells records that cannot be read from what is left of an interrupted change.
func damages(bad []error) (records int, left []error) {
	for _, err := range bad {
		if corrupt := (*store.CorruptError)(nil); errors.As(err, &corrupt) && corrupt.Interrupted() {
			left = append(left, err)
			continue
		}
		records++
	}
	return records, left
}

// changedContents counts what installed plugins and their earlier versions need and what
// is not there as it was stored.
func changedContents(s *store.Store, records []*store.Record) (n int) {
	seen := map[string]bool{}
	for _, record := range records {
		for _, version := range append([]store.Version{record.Version}, record.Before()...) {
			for sum := range version.Blobs {
				if seen[sum] {
					continue
				}
				seen[sum] = true
				if _, err := s.Blob(sum); err != nil {
					n++
				}
			}
		}
	}
	return n
}

// writable tries to write where the store is, or will be.
func writable(dir string) error {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		break
	}
	f, err := os.CreateTemp(dir, ".imjoy-doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	_, err = f.WriteString("x")
	return err
}

func (a *App) checkCache() Check {
	c := Check{Name: "cache", Status: CheckOK, Detail: a.CacheDir()}
	if c.Detail == "" {
		return Check{Name: "cache", Status: CheckMissing, Detail: "no folder is known for it", Hint: "set IMJOY_HOME or HOME"}
	}
	u, err := a.CacheUsage()
	if err != nil {
		c.Status, c.Detail, c.Hint = CheckProblem, err.Error(), "check who owns the folder"
		return c
	}
	c.Detail += fmt.Sprintf(": %d files, %.1f MB", u.Files, float64(u.Bytes)/1e6)
	return c
}

func (a *App) checkSettings() Check {
	c := Check{Name: "settings", Status: CheckOK}
	var parts []string
	if text := a.Env("IMJOY_MIRRORS"); text != "" {
		if _, err := fetch.ParseMirrors(text); err != nil {
			return Check{Name: "settings", Status: CheckProblem, Detail: "IMJOY_MIRRORS: " + err.Error(), Hint: `write IMJOY_MIRRORS="FROM=TO,..."`}
		}
		parts = append(parts, "IMJOY_MIRRORS is set")
	}
	if a.Env("GH_TOKEN") != "" {
		parts = append(parts, "GH_TOKEN is set, for GitHub only")
	}
	proxies, err := a.proxies()
	if err != nil {
		return Check{Name: "settings", Status: CheckProblem, Detail: err.Error(), Hint: "write HTTPS_PROXY=http://HOST:PORT"}
	}
	if proxy := proxies.For("https"); proxy != "" {
		parts = append(parts, "https goes by the proxy "+proxy)
	}
	for _, name := range []string{"ALL_PROXY", "all_proxy"} {
		if a.Env(name) != "" {
			parts = append(parts, name+" is set and not used by imjoy, which uses HTTPS_PROXY")
		}
	}
	names, err := a.Names()
	if err != nil {
		return Check{Name: "settings", Status: CheckProblem, Detail: err.Error(), Hint: "repair or remove it"}
	}
	parts = append(parts, "short names of repositories: "+strconv.Itoa(len(names.Repositories)))
	c.Detail = strings.Join(parts, "; ")
	return c
}

// programs are what plugins and commands may need, each under the names it goes by.
var programs = []struct {
	name  string
	words []string
	needs string
}{
	{"python", []string{"python3", "python"}, "for plugins in Python; install Python 3.8 or newer"},
	{"uv", []string{"uv"}, "makes Python environments faster, and can install Pythons; venv and pip do as well"},
	{"conda", []string{"micromamba", "mamba", "conda"}, "for plugins that name conda packages"},
	{"node", []string{"node"}, ""},
	{"browser", []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox"}, "for windows"},
	{"git", []string{"git"}, "for addresses that begin with git+"},
}

func (a *App) checkPrograms(ctx context.Context) (list []Check) {
	for _, p := range programs {
		c := Check{Name: p.name, Status: CheckMissing, Detail: "not on PATH", Hint: p.needs}
		if p.needs == "" {
			c.Hint = "imjoy does not need it"
		}
		for _, word := range p.words {
			path := a.lookPath(word)
			if path == "" {
				continue
			}
			version, err := a.versionOf(ctx, path)
			c = Check{Name: p.name, Status: CheckOK, Detail: strings.TrimSpace(version + " " + path)}
			if err != nil {
				c.Status, c.Detail, c.Hint = CheckProblem, path+": "+err.Error(), "it is on PATH, but does not run"
				continue
			}
			break
		}
		list = append(list, c)
	}
	return list
}

var versionNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d+(\.\d+)+`) })

// versionOf asks a program for its version. A browser is not started.
func (a *App) versionOf(ctx context.Context, path string) (string, error) {
	switch strings.TrimSuffix(filepath.Base(path), ".exe") {
	case "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox":
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var out bytes.Buffer
	child, err := confine.Start(ctx, confine.Command{
		Path: path, Args: []string{"--version"}, Stdout: &out, Stderr: &out, Env: confine.Environment(a.Env, a.Env("HOME"), a.Env("TMPDIR")),
	}, confine.Limits{})
	if err != nil {
		return "", err
	}
	exit := child.Wait()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("it does not answer")
	case exit.Code != 0:
		return "", fmt.Errorf("it ended with exit code %d", exit.Code)
	}
	return versionNumber().FindString(out.String()), nil
}

// checkSandbox tells what a plugin's process can be kept from on this system.
func checkSandbox(s confine.Support) Check {
	var yes, no []string
	for _, row := range []struct {
		name  string
		holds bool
	}{
		{"the whole tree ends", s.Tree}, {"none outlives imjoy", s.ParentDeath}, {"memory", s.Memory}, {"time and files", s.Limits},
		{"no new privileges", s.Privileges}, {"files", s.Files}, {"network", s.Network}, {"own processes", s.Apart},
	} {
		if row.holds {
			yes = append(yes, row.name)
		} else {
			no = append(no, row.name)
		}
	}
	c := Check{Name: "sandbox", Status: CheckOK, Detail: s.System + ": " + strings.Join(yes, ", ")}
	if len(no) > 0 {
		c.Detail += "; not: " + strings.Join(no, ", ")
		c.Hint = strings.Join(s.Notes, "; ")
	}
	if !s.Memory || !s.Limits {
		c.Status = CheckProblem
	}
	return c
}

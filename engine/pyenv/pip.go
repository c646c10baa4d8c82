package pyenv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// installer resolves and installs packages of pip: uv, or pip itself.
type installer interface {
	// create makes the empty environment.
	create(ctx context.Context, b *build) error
	// resolve answers with exact versions and hashes.
	resolve(ctx context.Context, b *build, packages []requirement.Package, noDeps bool) ([]requirement.ResolvedPackage, error)
	// install installs a file of exact requirements, without looking for more.
	install(ctx context.Context, b *build, file string, hashed bool) error
}

// resolvePip resolves the packages. Those with --no-deps are resolved by themselves,
// and win over what the others bring of the same name.
func (b *build) resolvePip(ctx context.Context, with installer) ([]requirement.ResolvedPackage, error) {
	var alone, rest []requirement.Package
	for _, p := range b.spec.Pip {
		if slices.Contains(p.Options, "--no-deps") {
			alone = append(alone, p)
		} else {
			rest = append(rest, p)
		}
	}
	byName := map[string]requirement.ResolvedPackage{}
	for i, list := range [][]requirement.Package{rest, alone} {
		if len(list) == 0 {
			continue
		}
		found, err := with.resolve(ctx, b, list, i == 1)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			byName[requirement.Package{Name: p.Name}.Key()] = p
		}
	}
	if len(byName) > maxPackages {
		return nil, fmt.Errorf("resolve the packages: %d of them; at most %d", len(byName), maxPackages)
	}
	list := make([]requirement.ResolvedPackage, 0, len(byName))
	for _, p := range byName {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b requirement.ResolvedPackage) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// installPip installs exact packages. What has a hash is checked against it; git's
// packages have a commit instead, and are installed after the others.
func (b *build) installPip(ctx context.Context, with installer, packages []requirement.ResolvedPackage) error {
	b.installed, b.total = 0, len(packages)
	groups := [2][]string{}
	for _, p := range packages {
		if len(p.Hashes) > 0 {
			groups[0] = append(groups[0], lockedLine(p))
		} else {
			groups[1] = append(groups[1], lockedLine(p))
		}
	}
	for i, lines := range groups {
		if len(lines) == 0 {
			continue
		}
		file := filepath.Join(b.dir, []string{"packages.txt", "built.txt"}[i])
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return fmt.Errorf("install the packages: %w", err)
		}
		if err := with.install(ctx, b, file, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// lockedLine is one exact requirement. Its parts were checked when the lock was read.
func lockedLine(p requirement.ResolvedPackage) string {
	line := p.Name + "==" + p.Version
	if p.URL != "" {
		line = p.Name + " @ " + p.URL
	}
	if p.Marker != "" {
		line += " ; " + p.Marker
	}
	for _, hash := range p.Hashes {
		line += " \\\n    --hash=" + hash
	}
	return line
}

// requirementText is a package as an argument. The grammar lets nothing through that
// would be an option, a line break or a variable; this is the last look.
func requirementText(p requirement.Package) (string, error) {
	text := p.String()
	if text == "" || text[0] == '-' || strings.ContainsAny(text, "\n\r\x00${}\\`") {
		return "", &UnmetError{Items: []Unmet{{p.Item, fmt.Sprintf("%q is not a package", p.Text), ""}}}
	}
	return text, nil
}

func requirementTexts(packages []requirement.Package) ([]string, error) {
	var list []string
	for _, p := range packages {
		text, err := requirementText(p)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}

func pre(packages []requirement.Package) bool {
	return slices.ContainsFunc(packages, func(p requirement.Package) bool { return slices.Contains(p.Options, "--pre") })
}

// heard shows the packages as they come.
func (b *build) heard(line string) {
	word := ""
	for _, start := range []string{"Collecting ", "Downloading ", "Downloaded ", "Building ", "Built ", "Prepared ", "Using cached ", "Installing "} {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), start); ok {
			word = strings.ToLower(start) + strings.TrimSpace(rest)
			switch {
			case start == "Downloaded " || start == "Using cached " || start == "Built ":
				b.installed++
			case start == "Downloading " && b.spec.Backend != UV:
				b.installed++
			case start == "Prepared ":
				b.installed = b.total
			}
		}
	}
	if word != "" {
		b.tell(Event{Text: word, Done: min(b.installed, b.total), Total: b.total})
	}
}

// venvPip installs with venv and pip.
type venvPip struct{}

// create makes an environment without a pip: that of [build.pipTool] installs into it.
// Only a declaration with commands gets one of its own, which they may call.
func (venvPip) create(ctx context.Context, b *build) error {
	b.tell(Event{Text: "make a virtual environment of Python " + b.spec.Python.Version})
	if len(b.spec.Declaration.Commands) > 0 {
		return b.venv(ctx, filepath.Join(b.dir, "python"))
	}
	return b.venv(ctx, filepath.Join(b.dir, "python"), "--without-pip")
}

func (b *build) venv(ctx context.Context, dir string, options ...string) error {
	args := append(append([]string{"-I", "-m", "venv"}, options...), dir)
	_, err := b.run(ctx, step{name: "make the virtual environment", path: b.spec.Python.Path, args: args})
	var failed *BuildError
	if asBuildError(err, &failed) && (strings.Contains(failed.Tail, "ensurepip") || strings.Contains(failed.Tail, "No module named venv")) {
		return &MissingError{Program: "venv", Why: fmt.Sprintf("Python %s (%s) cannot make virtual environments", b.spec.Python.Version, b.spec.Python.Path), Hint: "install uv (pip install uv), or the package python3-venv of your system"}
	}
	return err
}

// pipTool returns the script of a pip that installs into whichever Python runs it, or
// "pip" for the environment's own. It is made once for each interpreter: putting a pip
// into an environment takes seconds, and most never need one inside.
func (b *build) pipTool(ctx context.Context) (script string, err error) {
	if b.spec.Backend == Conda || len(b.spec.Declaration.Commands) > 0 {
		return "pip", nil
	}
	sum := sha256.Sum256([]byte(b.spec.Python.Path + "\x00" + b.spec.Python.Version))
	hash := hex.EncodeToString(sum[:16])
	dir := filepath.Join(b.o.Dir, ".tools", hash)
	unlock, err := b.lock(ctx, "tool-"+hash, false)
	if err != nil {
		return "", err
	}
	defer unlock()
	done := filepath.Join(dir, "finished")
	if script := pipScript(dir); script != "" && exists(done) {
		return script, nil
	}
	b.tell(Event{Text: fmt.Sprintf("get pip ready for Python %s", b.spec.Python.Version)})
	if err := removeTree(dir); err != nil {
		return "", fmt.Errorf("get pip ready: %w", err)
	}
	if err := b.venv(ctx, dir); err != nil {
		return "", err
	}
	if script = pipScript(dir); script == "" {
		return "", &MissingError{Program: UV, Why: fmt.Sprintf("the pip of Python %s is too old to install into other environments", b.spec.Python.Version), Hint: "install uv (pip install uv)"}
	}
	if err := syncDisk(dir); err != nil {
		return "", fmt.Errorf("get pip ready: %w", err)
	}
	return script, writeSynced(done, nil)
}

// pipScript is the part of pip that is made to be run by another Python, "" when it is
// not there. It came with pip 22.3, and so did all else that is used here.
func pipScript(dir string) string {
	for _, lib := range []string{filepath.Join("lib", "python*"), "Lib"} {
		if found, _ := filepath.Glob(filepath.Join(dir, lib, "site-packages", "pip", "__pip-runner__.py")); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// pip is a step of pip for the environment.
func (b *build) pip(ctx context.Context, name string, args ...string) (step, error) {
	tool, err := b.pipTool(ctx)
	if err != nil {
		return step{}, err
	}
	all := []string{"-I", tool, "--no-color", "--disable-pip-version-check", "install", "--progress-bar=off"}
	if tool == "pip" {
		all = append([]string{"-I", "-m"}, all[1:]...)
	}
	if !b.o.AllowBuild {
		all = append(all, "--only-binary=:all:")
	}
	s := step{name: name, path: b.python(), dir: b.cloneDir(), heard: b.heard}
	if b.o.Offline {
		all, s.env = append(all, "--no-index"), []string{"PIP_NO_INDEX=1"}
	}
	s.args = append(all, args...)
	return s, nil
}

func (venvPip) resolve(ctx context.Context, b *build, packages []requirement.Package, noDeps bool) ([]requirement.ResolvedPackage, error) {
	texts, err := requirementTexts(packages)
	if err != nil {
		return nil, err
	}
	report := filepath.Join(b.dir, "report.json")
	args := []string{"--dry-run", "--ignore-installed", "--report=" + report}
	if noDeps {
		args = append(args, "--no-deps")
	}
	if pre(packages) {
		args = append(args, "--pre")
	}
	s, err := b.pip(ctx, "resolve the packages", append(append(args, "--"), texts...)...)
	if err != nil {
		return nil, err
	}
	if _, err := b.run(ctx, s); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(report)
	if err != nil {
		return nil, fmt.Errorf("resolve the packages: %w", err)
	}
	return readPipReport(text)
}

// readPipReport reads what pip would install.
func readPipReport(text []byte) ([]requirement.ResolvedPackage, error) {
	var report struct {
		Install []struct {
			Direct   bool `json:"is_direct"`
			Download struct {
				URL     string `json:"url"`
				Archive *struct {
					Hash   string            `json:"hash"`
					Hashes map[string]string `json:"hashes"`
				} `json:"archive_info"`
				VCS *struct {
					Name   string `json:"vcs"`
					Commit string `json:"commit_id"`
				} `json:"vcs_info"`
				Subfolder string `json:"subdirectory"`
			} `json:"download_info"`
			Metadata struct {
				Name    string `json:"name"`
				Version string `json:"version"`
			} `json:"metadata"`
		} `json:"install"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, fmt.Errorf("read pip's report: %w", err)
	}
	var list []requirement.ResolvedPackage
	for _, i := range report.Install {
		p := requirement.ResolvedPackage{Name: requirement.Package{Name: i.Metadata.Name}.Key(), Version: i.Metadata.Version}
		if a := i.Download.Archive; a != nil {
			hash := a.Hashes["sha256"]
			if name, value, found := strings.Cut(a.Hash, "="); hash == "" && found && name == "sha256" {
				hash = value
			}
			if hash != "" {
				p.Hashes = []string{"sha256:" + hash}
			}
		}
		if i.Direct {
			p.Version, p.URL = "", i.Download.URL
			if v := i.Download.VCS; v != nil {
				p.URL = v.Name + "+" + i.Download.URL + "@" + v.Commit
			}
			if i.Download.Subfolder != "" {
				p.URL += "#subdirectory=" + i.Download.Subfolder
			}
		}
		list = append(list, p)
	}
	return list, nil
}

func (venvPip) install(ctx context.Context, b *build, file string, hashed bool) error {
	args := []string{"--no-deps", "--requirement=" + file}
	if hashed {
		args = append(args, "--require-hashes")
	}
	s, err := b.pip(ctx, "install the packages", args...)
	if err == nil {
		_, err = b.run(ctx, s)
	}
	return err
}

package pyenv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Spec is what would be made for a declaration on this machine. It is data: making it
// runs no installer and uses no network.
type Spec struct {
	Declaration *requirement.Declaration
	Backend     string
	Python      Interpreter // with conda, one that conda makes: it has no path

	Pip   []requirement.Package // to install with pip, those of conda by their names there
	Conda []requirement.Package // to install with conda
	Left  []Left                // of conda, not needed here

	AsOf string // nothing published after this moment; "" for no limit
	Hash string // of all that, and of what is locked: the name of the environment

	locked *requirement.Resolved
	tool   string // path of uv or conda
}

// Left is a package of conda that is left out.
type Left struct {
	requirement.Item
	Why string
}

// Spec chooses backend, interpreter and names. locked is what a lock says, nil for
// nothing. Errors: [*UnmetError], [*PythonError], [*MissingError], [*LockError].
func (e *Environments) Spec(ctx context.Context, d *requirement.Declaration, locked *requirement.Resolved) (*Spec, error) {
	s := &Spec{Declaration: d, AsOf: e.asOf(), locked: locked}
	if err := readable(d); err != nil {
		return nil, err
	}
	unmet := e.assign(s)
	if err := e.findTool(s, unmet); err != nil {
		return nil, err
	}
	if s.Backend != Conda && len(unmet) > 0 {
		return nil, &UnmetError{Items: unmet}
	}
	if s.AsOf != "" && s.Backend != UV {
		return nil, &MissingError{Program: UV, Why: "only uv can leave out what was published after a date", Hint: "install uv (pip install uv)"}
	}
	if err := e.findPython(ctx, s); err != nil {
		return nil, err
	}
	if err := s.fitLock(e.o.Frozen); err != nil {
		return nil, err
	}
	s.Hash = s.hash()
	return s, nil
}

// readable refuses a declaration that was read in part only.
func readable(d *requirement.Declaration) error {
	var unmet []Unmet
	for _, item := range d.Refused {
		unmet = append(unmet, Unmet{item, fmt.Sprintf("%q cannot be read", address.Redact(item.Text)), "`imjoy lint` says why"})
	}
	for _, f := range d.EnvFiles {
		unmet = append(unmet, Unmet{f.Item, fmt.Sprintf("the packages are in %s, which is not part of the plugin", f.Path), "list them with `conda create` in env, or run the plugin with --python and an environment of your own"})
	}
	if len(unmet) > 0 {
		return &UnmetError{Items: unmet, Unreadable: len(d.Refused) > 0}
	}
	return nil
}

// assign gives each package of conda its name for pip, and returns those without.
func (e *Environments) assign(s *Spec) (unmet []Unmet) {
	s.Pip = slices.Clone(s.Declaration.Pip)
	for _, p := range s.Declaration.Conda {
		name, left, known := e.pipName(p.Name)
		specifier, ok := p.PEP440()
		switch {
		case left:
			why := "wheels bring what they need of it"
			if _, told := e.o.Map[p.Name]; told {
				why = "--map says so"
			}
			s.Left = append(s.Left, Left{p.Item, fmt.Sprintf("the conda package %s is left out: %s", p.Name, why)})
		case !known:
			unmet = append(unmet, Unmet{p.Item, fmt.Sprintf("the conda package %s has no name for pip that is known", p.Name), fmt.Sprintf("say which it is with --map %s=NAME (--map %s= leaves it out), or install conda", p.Name, p.Name)})
		case !ok:
			unmet = append(unmet, Unmet{p.Item, fmt.Sprintf("pip has no words for the version in %q", p.CondaSpec()), fmt.Sprintf("write %s=1.2 or %s>=1,<2, or install conda", p.Name, p.Name)})
		case !pipNameText().MatchString(name):
			unmet = append(unmet, Unmet{p.Item, fmt.Sprintf("%q is not the name of a package", name), "write --map CONDA=PIP"})
		case !contains(s.Pip, name):
			s.Pip = append(s.Pip, requirement.Package{Item: p.Item, Name: name, Specifier: specifier})
		}
	}
	return unmet
}

// contains reports whether pip installs a package anyway: its own words win.
func contains(list []requirement.Package, name string) bool {
	key := requirement.Package{Name: name}.Key()
	return slices.ContainsFunc(list, func(p requirement.Package) bool { return p.Key() == key && !p.Implied })
}

// condaTools are conda and what can take its place, quickest first.
var condaTools = []string{"micromamba", "mamba", "conda"}

// findTool settles the backend and finds its program.
func (e *Environments) findTool(s *Spec, unmet []Unmet) error {
	s.Backend = e.o.Backend
	if s.Backend == "" && s.locked != nil {
		s.Backend = s.locked.Backend
		if s.Backend == UV && e.look(UV) == "" || s.Backend == Venv {
			s.Backend = "" // both install the same wheels
		}
	}
	conda := e.condaTool()
	if s.Backend == "" && len(unmet) > 0 && conda != "" {
		s.Backend = Conda
	}
	switch s.Backend {
	case Conda:
		if s.tool = conda; conda == "" {
			return &MissingError{Program: Conda, Why: "there is no conda, mamba or micromamba on PATH", Hint: "install one, or leave --python-env away"}
		}
	case UV:
		if s.tool = e.look(UV); s.tool == "" {
			return &MissingError{Program: UV, Hint: "install it (pip install uv), or use --python-env venv"}
		}
	case "":
		s.Backend = Venv
		if s.tool = e.look(UV); s.tool != "" {
			s.Backend = UV
		}
	}
	if s.Backend == Conda {
		s.Pip, s.Left, s.Conda = slices.Clone(s.Declaration.Pip), nil, s.Declaration.Conda
	}
	return nil
}

func (e *Environments) condaTool() string {
	for _, name := range condaTools {
		if path := e.look(name); path != "" {
			return path
		}
	}
	for _, name := range []string{"MAMBA_EXE", "CONDA_EXE"} {
		if path := e.o.Env(name); path != "" && exists(path) {
			return path
		}
	}
	return ""
}

// findPython finds the interpreter. conda brings its own.
func (e *Environments) findPython(ctx context.Context, s *Spec) (err error) {
	if s.Backend != Conda {
		s.Python, err = e.choose(ctx, s.Declaration.Python, s.locked)
		return err
	}
	version, want := "", s.Declaration.Python
	switch m := versionWanted().FindStringSubmatch(e.o.Python); {
	case m != nil:
		version = "=" + m[2]
	case e.o.Python != "":
		return &PythonError{Wanted: e.o.Python, Why: "conda makes its own Python: name a version, such as --python 3.11"}
	case s.locked != nil:
		version = "=" + s.locked.Python
	case want == nil:
		version = ">=" + Oldest
	default:
		version = condaConstraint(want.Constraint)
	}
	if !possible(version) {
		return &PythonError{Wanted: version, Item: itemOf(want), Why: fmt.Sprintf("the plugin asks for Python %s; plugins need %s or newer", version, Oldest)}
	}
	s.Python = Interpreter{Version: version, Platform: "conda"}
	return nil
}

func itemOf(want *requirement.Python) requirement.Item {
	if want == nil {
		return requirement.Item{}
	}
	return want.Item
}

// possible reports whether some Python that runs plugins can satisfy a constraint of
// conda.
func possible(constraint string) bool {
	if !strings.HasPrefix(constraint, "=") {
		return true
	}
	return minorOf(strings.TrimLeft(constraint, "=")) >= minorOf(Oldest)
}

// fitLock checks what a lock says against this machine. Elsewhere its versions still
// count, but not its files: they are resolved again.
func (s *Spec) fitLock(frozen bool) error {
	if s.locked == nil || s.Backend == Conda && s.locked.Backend == Conda {
		return nil
	}
	why := ""
	switch {
	case s.Backend == Conda || s.locked.Backend == Conda:
		why = fmt.Sprintf("they were locked with %s, and this is %s", s.locked.Backend, s.Backend)
	case s.locked.Platform != s.Python.Platform:
		why = fmt.Sprintf("they were locked on %s, and this is %s", s.locked.Platform, s.Python.Platform)
	case minorOf(s.locked.Python) != minorOf(s.Python.Version):
		why = fmt.Sprintf("they were locked for Python %s, and this is %s", s.locked.Python, s.Python.Version)
	default:
		why = s.missingFromLock()
	}
	if why == "" {
		return nil
	}
	if frozen {
		return &LockError{why}
	}
	s.locked = nil
	return nil
}

// missingFromLock names a requirement that a lock does not meet, "" if it meets all.
func (s *Spec) missingFromLock() string {
	for _, p := range s.Pip {
		if p.Key() == "" || p.Marker != "" {
			continue
		}
		i := slices.IndexFunc(s.locked.Packages, func(r requirement.ResolvedPackage) bool {
			return requirement.Package{Name: r.Name}.Key() == p.Key()
		})
		if i < 0 || p.Specifier != "" && s.locked.Packages[i].Version != "" && !accepts(p.Specifier, s.locked.Packages[i].Version) && !prerelease(s.locked.Packages[i].Version) {
			return fmt.Sprintf("they do not have %s", p.String())
		}
	}
	return ""
}

func prerelease(version string) bool {
	return strings.ContainsAny(strings.ToLower(version), "abcdr")
}

// hash names the environment. Interpreters of the same version in different places
// are different: an environment points at the one it was made with.
func (s *Spec) hash() string {
	type part struct {
		Declaration json.RawMessage `json:"declaration"`
		Backend     string          `json:"backend"`
		Python      string          `json:"python"`
		Version     string          `json:"version"`
		Platform    string          `json:"platform"`
		Pip         []string        `json:"pip"`
		AsOf        string          `json:"as_of"`
		Locked      string          `json:"locked"`
	}
	p := part{Declaration: s.Declaration.Canonical(), Backend: s.Backend, Python: s.Python.Path, Version: s.Python.Version, Platform: s.Python.Platform, AsOf: s.AsOf}
	for _, pkg := range s.Pip {
		p.Pip = append(p.Pip, pkg.Key()+" "+pkg.String())
	}
	slices.Sort(p.Pip)
	if s.locked != nil {
		p.Locked = s.locked.Hash()
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

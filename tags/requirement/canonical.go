package requirement

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// Key is the name under which a package index knows the package: lower case, with
// single hyphens. It is empty for a URL or folder that says no name.
func (p Package) Key() string {
	var b strings.Builder
	for _, c := range []byte(strings.ToLower(p.Name)) {
		if c != '-' && c != '_' && c != '.' {
			b.WriteByte(c)
		} else if !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
	}
	return b.String()
}

// String writes a package for pip as PEP 508 does, as one argument; folders are
// themselves. It never begins with "-".
func (p Package) String() string {
	if p.Path != "" {
		return "./" + p.Path
	}
	s := p.Name
	if len(p.Extras) > 0 && s != "" {
		s += "[" + strings.Join(p.Extras, ",") + "]"
	}
	switch {
	case p.URL != "" && s != "":
		s += " @ " + p.link()
	case p.URL != "":
		s = p.link()
	default:
		s += p.Specifier
	}
	if p.Marker != "" {
		s += " ; " + p.Marker
	}
	return s
}

// link is the URL with rev and fragment.
func (p Package) link() string {
	s := p.URL
	if p.Rev != "" {
		s += "@" + p.Rev
	}
	var fragment []string
	if p.Subfolder != "" {
		fragment = append(fragment, "subdirectory="+p.Subfolder)
	}
	if p.Hash != "" {
		fragment = append(fragment, p.Hash)
	}
	if len(fragment) > 0 {
		s += "#" + strings.Join(fragment, "&")
	}
	return s
}

// CondaSpec writes a package for conda as one argument.
func (p Package) CondaSpec() string {
	s := p.Name + p.Specifier
	if p.Build != "" {
		s = p.Name + "=" + strings.TrimPrefix(p.Specifier, "==") + "=" + p.Build
	}
	if p.Channel != "" {
		s = p.Channel + "::" + s
	}
	return s
}

// PEP440 is the specifier of a conda package in pip's words; ok is false when they
// have none for it.
func (p Package) PEP440() (specifier string, ok bool) {
	if p.Build != "" {
		return "", false
	}
	return pep440(p.Specifier)
}

// Pinned reports whether a git requirement names a full commit, and any other one
// exactly one version or hash.
func (p Package) Pinned() bool {
	switch {
	case strings.HasPrefix(p.URL, "git+"):
		return fullCommit().MatchString(p.Rev)
	case p.URL != "":
		return p.Hash != ""
	}
	return strings.HasPrefix(p.Specifier, "==") && !strings.ContainsAny(p.Specifier, "*,")
}

// Pinned reports whether the clone names a full commit.
func (c Clone) Pinned() bool { return fullCommit().MatchString(c.Ref) }

// Accepts reports whether a version of Python, such as "3.11.4", satisfies the
// constraint. No constraint accepts every version.
func (p *Python) Accepts(version string) bool {
	if p == nil || p.Constraint == "" {
		return true
	}
	c, err := semver.PyPI.ParseConstraint(p.Constraint)
	return err == nil && c.Match(version)
}

// Empty reports whether nothing at all has to be installed or loaded.
func (d *Declaration) Empty() bool {
	return d.Python == nil && len(d.EnvFiles)+len(d.Conda)+len(d.Repos)+len(d.URLs)+len(d.Commands)+len(d.Refused) == 0 &&
		!slices.ContainsFunc(d.Pip, func(p Package) bool { return !p.Implied })
}

// NeedsConsent reports whether a command or an unusual interpreter is declared.
func (d *Declaration) NeedsConsent() bool {
	return len(d.Commands) > 0 || d.Program != nil && !d.Program.Plain
}

// Hosts returns the host of every URL with the item that names it, each host once,
// in order.
func (d *Declaration) Hosts() (hosts []Host) {
	add := func(link string, item Item) {
		u, err := url.Parse(strings.TrimPrefix(link, "git+"))
		if err != nil || u.Host == "" || slices.ContainsFunc(hosts, func(h Host) bool { return h.Name == strings.ToLower(u.Host) }) {
			return
		}
		hosts = append(hosts, Host{strings.ToLower(u.Host), item})
	}
	for _, s := range d.URLs {
		add(s.URL, s.Item)
	}
	for _, p := range d.Pip {
		add(p.URL, p.Item)
	}
	for _, c := range d.Repos {
		add(c.URL, c.Item)
	}
	for _, c := range d.Channels {
		add(c.Name, c.Item)
	}
	return hosts
}

// Host is a host that something is fetched from, with its port if it has one.
type Host struct {
	Name string
	Item Item
}

// Canonical returns bytes that are equal exactly when two declarations make the
// same environment: they are what its hash is taken of. Names of environments,
// variables, graphics cards and scripts of a browser are not part of one.
func (d *Declaration) Canonical() []byte {
	type canonical struct {
		Version  int         `json:"version"`
		Python   string      `json:"python,omitempty"`
		Channels []string    `json:"channels,omitempty"`
		Conda    []string    `json:"conda,omitempty"`
		Pip      []string    `json:"pip,omitempty"`
		Files    []string    `json:"files,omitempty"`
		Repos    [][3]string `json:"repos,omitempty"`
		Commands [][]string  `json:"commands,omitempty"`
	}
	c := canonical{Version: 1}
	if d.Python != nil {
		c.Python = canonicalSpecifier(d.Python.Constraint)
	}
	if len(d.Conda) > 0 || len(d.EnvFiles) > 0 {
		for _, channel := range d.Channels {
			c.Channels = append(c.Channels, channel.Name)
		}
	}
	for _, p := range d.Conda {
		c.Conda = append(c.Conda, p.CondaSpec())
	}
	for _, p := range d.Pip {
		c.Pip = append(c.Pip, p.canonical())
	}
	for _, f := range d.EnvFiles {
		c.Files = append(c.Files, f.Path)
	}
	for _, r := range d.Repos {
		c.Repos = append(c.Repos, [3]string{r.URL, r.Ref, r.Dir})
	}
	for _, command := range d.Commands {
		c.Commands = append(c.Commands, command.Words)
	}
	for _, list := range []*[]string{&c.Conda, &c.Pip} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.SortFunc(c.Repos, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings always marshal
	}
	return data
}

// canonical writes a package for hashing: one spelling for what pip takes as one.
func (p Package) canonical() string {
	p.Name = p.Key()
	p.Specifier = canonicalSpecifier(p.Specifier)
	options := slices.Clone(p.Options)
	slices.Sort(options)
	s := p.String()
	if p.Editable {
		s = "-e " + s
	}
	return strings.Join(append(options, s), " ")
}

func canonicalSpecifier(text string) string {
	parts := strings.Split(text, ",")
	slices.SortFunc(parts, func(a, b string) int { return cmp.Compare(a, b) })
	return strings.Join(slices.Compact(parts), ",")
}

package pyenv

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Formats are those that [Environments.Export] writes.
var Formats = []string{"requirements", "pyproject", "dockerfile", "conda"}

// Export writes a declaration for other tools. resolved gives exact versions and
// hashes where the format has words for them; nil writes what was declared. Errors are
// [*UnmetError] for packages that the format cannot name.
func (e *Environments) Export(format, name, version string, d *requirement.Declaration, resolved *requirement.Resolved) (string, error) {
	if err := readable(d); err != nil {
		return "", err
	}
	x := &export{name: name, version: version, d: d, resolved: resolved, pip: slices.Clone(d.Pip)}
	if format != "conda" {
		s := &Spec{Declaration: d}
		if unmet := e.assign(s); len(unmet) > 0 {
			return "", &UnmetError{Items: unmet}
		}
		x.pip, x.left = s.Pip, s.Left
	}
	if _, err := requirementTexts(x.pip); err != nil {
		return "", err
	}
	switch format {
	case "requirements":
		return x.requirements(), nil
	case "pyproject":
		return x.pyproject(), nil
	case "dockerfile":
		return x.dockerfile(), nil
	case "conda":
		return x.conda(), nil
	}
	return "", fmt.Errorf("%q is no format: the formats are %s", format, strings.Join(Formats, ", "))
}

type export struct {
	name, version string
	d             *requirement.Declaration
	resolved      *requirement.Resolved
	pip           []requirement.Package
	left          []Left
	b             strings.Builder
}

func (x *export) line(format string, args ...any) { fmt.Fprintf(&x.b, format+"\n", args...) }

// comment keeps a text on its line.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// heading says what the file is, and what it leaves out.
func (x *export) heading() {
	x.line("# The Python environment of the plugin %s.", comment(strings.TrimSpace(x.name+" "+x.version)))
	if x.resolved != nil {
		x.line("# Resolved for Python %s on %s.", x.resolved.Python, x.resolved.Platform)
	}
	for _, l := range x.left {
		x.line("# %s.", comment(l.Why))
	}
	for _, c := range x.d.Commands {
		x.line("# The plugin also wants this to be run: %s", comment(strings.Join(c.Words, " ")))
	}
}

// packages are the lines that pip installs.
func (x *export) packages() (list []string) {
	if x.resolved != nil {
		for _, p := range x.resolved.Packages {
			list = append(list, lockedLine(p))
		}
		return list
	}
	for _, p := range x.pip {
		list = append(list, p.String())
	}
	return list
}

func (x *export) requirements() string {
	x.heading()
	if x.d.Python != nil {
		x.line("# Python %s", x.d.Python.Constraint)
	}
	for _, c := range x.clones() {
		x.line("# git clone %s %s  (%s)", c.URL, c.Dir, c.Commit)
	}
	if pre(x.pip) && x.resolved == nil {
		x.line("--pre")
	}
	for _, p := range x.packages() {
		x.line("%s", p)
	}
	return x.b.String()
}

// clones are the repositories, at their commit if it is known.
func (x *export) clones() (list []requirement.ResolvedClone) {
	if x.resolved != nil && len(x.resolved.Repos) > 0 {
		return x.resolved.Repos
	}
	for _, c := range x.d.Repos {
		ref := c.Ref
		if ref == "" {
			ref = "HEAD"
		}
		list = append(list, requirement.ResolvedClone{URL: address.Redact(c.URL), Dir: c.Dir, Commit: ref})
	}
	return list
}

func (x *export) pyproject() string {
	x.heading()
	x.line("[project]")
	x.line("name = %s", quoteTOML(projectName(x.name)))
	version := x.version
	if !projectVersion().MatchString(version) {
		version = "0"
	}
	x.line("version = %s", quoteTOML(version))
	if x.d.Python != nil {
		x.line("requires-python = %s", quoteTOML(x.d.Python.Constraint))
	}
	x.line("dependencies = [")
	for _, p := range x.pip {
		if p.Path == "" {
			x.line("    %s,", quoteTOML(p.String()))
		}
	}
	x.line("]")
	return x.b.String()
}

var projectVersion = pattern(`^[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?$`)

// projectName makes a name that package indexes accept.
func projectName(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-") + "-env"
}

// quoteTOML is a basic string; JSON's escapes are all TOML's too.
func quoteTOML(text string) string {
	quoted, _ := json.Marshal(text)
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted))
}

func (x *export) dockerfile() string {
	x.line("# syntax=docker/dockerfile:1")
	x.heading()
	version := "3"
	if x.resolved != nil {
		version = strings.Join(strings.SplitN(x.resolved.Python, ".", 3)[:2], ".")
	} else if x.d.Python != nil {
		version = firstVersion().FindString(x.d.Python.Constraint)
	}
	x.line("FROM python:%s-slim", version)
	clones := x.clones()
	if len(clones) > 0 {
		x.line("RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*")
	}
	x.line("WORKDIR /work")
	for _, c := range clones {
		x.line("RUN %s", words("git", "init", "--quiet", "--", c.Dir))
		x.line("RUN %s", words("git", "-C", c.Dir, "fetch", "--quiet", "--depth=1", "--", c.URL, c.Commit))
		x.line("RUN %s", words("git", "-C", c.Dir, "checkout", "--quiet", "FETCH_HEAD"))
	}
	for _, v := range x.d.Variables {
		x.line("ENV %s=\"%s\"", v.Name, strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\n", " ").Replace(v.Value))
	}
	if list := x.packages(); len(list) > 0 {
		// No name of a package ends in "_", so no line of theirs ends the list.
		x.line("COPY <<'END_' requirements.txt")
		for _, p := range list {
			x.line("%s", p)
		}
		x.line("END_")
		args := []string{"pip", "install", "--no-cache-dir"}
		if x.resolved != nil {
			args = append(args, "--no-deps")
		} else if pre(x.pip) {
			args = append(args, "--pre")
		}
		x.line("RUN %s", words(append(args, "-r", "requirements.txt")...))
	}
	for _, c := range x.d.Commands {
		x.line("RUN %s", words(c.Words...))
	}
	return x.b.String()
}

// words is a command without a shell.
func words(list ...string) string {
	text, _ := json.Marshal(list)
	return string(text)
}

func (x *export) conda() string {
	x.heading()
	x.line("name: %s", strconv.Quote(strings.TrimSuffix(projectName(x.name), "-env")))
	if len(x.d.Channels) > 0 {
		x.line("channels:")
		for _, c := range x.d.Channels {
			x.line("  - %s", strconv.Quote(c.Name))
		}
		x.line("  - defaults")
	}
	x.line("dependencies:")
	if x.d.Python != nil {
		x.line("  - %s", strconv.Quote("python"+condaConstraint(x.d.Python.Constraint)))
	} else {
		x.line("  - python")
	}
	for _, p := range x.d.Conda {
		x.line("  - %s", strconv.Quote(p.CondaSpec()))
	}
	x.line("  - pip")
	if len(x.pip) > 0 {
		x.line("  - pip:")
		for _, p := range x.pip {
			x.line("      - %s", strconv.Quote(p.String()))
		}
	}
	if len(x.d.Variables) > 0 {
		x.line("variables:")
		for _, v := range x.d.Variables {
			x.line("  %s: %s", v.Name, strconv.Quote(v.Value))
		}
	}
	return x.b.String()
}

// condaConstraint is a constraint of PEP 440 as conda writes it.
func condaConstraint(constraint string) string {
	if version, any := strings.CutSuffix(constraint, ".*"); any && strings.HasPrefix(version, "==") && !strings.Contains(version, ",") {
		return "=" + version[2:]
	}
	return constraint
}

package lint

import (
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Fixes that write into a plugin what a lock has already: the versions and commits that
// its packages, repositories, scripts and dependencies were resolved to.

// Locked is what a lock says about one plugin. Maps may be nil.
type Locked struct {
	Tag      string                // of the plugin that was resolved, "" without tags
	Packages *requirement.Resolved // of Python, nil when the lock has none
	Commits  map[string]string     // of the repositories of dependencies, by their addresses without tag
	URLs     map[string]string     // where addresses of scripts were found in the end, by address
}

// withLock are the rules whose fix needs a lock.
var withLock = []string{"dependency-unpinned", "requirement-unpinned", "requirement-unversioned", "url-unversioned"}

// addPins adds fixes from a lock to findings that have none. They are unsafe: another day
// the plugin would have got something newer.
func addPins(s *subject, locked *Locked, found []source.Diagnostic) {
	if locked == nil {
		return
	}
	for i, d := range found {
		if len(d.Fixes) > 0 || !slices.Contains(withLock, d.Code) {
			continue
		}
		var edits []source.Edit
		if d.Code == "url-unversioned" {
			edits = locked.pinURL(s, d)
		}
		for _, plan := range s.Plans {
			if plan.Tag == locked.Tag {
				edits = append(edits, locked.pin(plan, d)...)
			}
		}
		if len(edits) > 0 {
			found[i].Fixes = fix("pin it as the lock does", false, edits...)
		}
	}
}

// pin is what makes a finding about the plan that was locked go away.
func (l *Locked) pin(plan *tags.Plan, d source.Diagnostic) (edits []source.Edit) {
	switch d.Code {
	case "dependency-unpinned":
		for _, dependency := range plan.Dependencies {
			if dependency.Place.Span == d.Place.Span {
				edits = append(edits, l.pinDependency(dependency)...)
			}
		}
	case "requirement-unversioned":
		if open, _ := unversionedOf(plan); len(open) > 0 && open[0].Place.Span == d.Place.Span {
			edits = l.pinPackages(plan, open)
		}
	case "requirement-unpinned":
		edits = l.pinRepository(plan.Needs, d.Place)
	}
	return edits
}

// pinDependency writes the commit behind the repository of an address.
func (l *Locked) pinDependency(d tags.Dependency) []source.Edit {
	commit := l.Commits[d.Address.WithTag("").String()]
	written := string(d.Place.Slice(d.Place.Span))
	start := strings.Index(written, d.Address.Repo)
	if commit == "" || start < 0 || d.Address.Repo == "" {
		return nil
	}
	at := start + len(d.Address.Repo)
	pinned := strings.Trim(written[:at]+"@"+commit+written[at:], `"' `)
	if a, err := address.Parse(pinned); err != nil || a != d.Address.WithRef(commit) {
		return nil // a link, which says it elsewhere
	}
	return insert(d.Place, at, "@"+commit)
}

// pinPackages writes the versions of those packages that the lock has.
func (l *Locked) pinPackages(plan *tags.Plan, open []requirement.Package) (edits []source.Edit) {
	for _, pkg := range open {
		conda := slices.ContainsFunc(plan.Needs.Conda, func(c requirement.Package) bool { return c.Place.Span == pkg.Place.Span })
		version, sign := l.version(pkg.Key()), "=="
		if conda {
			version, sign = l.condaVersion(pkg.Key()), "="
		}
		written := string(pkg.Place.Slice(pkg.Place.Span))
		at := len(pkg.Name)
		if version == "" || !strings.HasPrefix(written, pkg.Name) {
			continue
		}
		if strings.HasPrefix(written[at:], "[") {
			at += strings.IndexByte(written[at:], ']') + 1
		}
		if rest := written[at:]; rest != "" && (conda || !strings.HasPrefix(strings.TrimLeft(rest, " "), ";")) {
			continue
		}
		edits = append(edits, insert(pkg.Place, at, sign+version)...)
	}
	return edits
}

// version returns the one version of a package that pip installed.
func (l *Locked) version(key string) (version string) {
	if l.Packages == nil {
		return ""
	}
	for _, p := range l.Packages.Packages {
		if (requirement.Package{Name: p.Name}).Key() == key && p.URL == "" {
			if version != "" && version != p.Version {
				return "" // one for each kind of machine
			}
			version = p.Version
		}
	}
	return version
}

// condaVersion returns the version of a package that conda installed, from the name of
// its file: NAME-VERSION-BUILD.conda.
func (l *Locked) condaVersion(key string) string {
	if l.Packages == nil {
		return ""
	}
	for _, url := range l.Packages.Conda {
		url, _, _ = strings.Cut(url, "#")
		parts := strings.Split(url[strings.LastIndexByte(url, '/')+1:], "-")
		if n := len(parts); n >= 3 && (requirement.Package{Name: strings.Join(parts[:n-2], "-")}).Key() == key {
			return parts[n-2]
		}
	}
	return ""
}

// pinRepository writes the commit behind the URL of a repository.
func (l *Locked) pinRepository(needs *requirement.Declaration, place source.Place) []source.Edit {
	if l.Packages == nil || needs == nil {
		return nil
	}
	for _, pkg := range needs.Pip {
		for _, p := range l.Packages.Packages {
			url, commit, ok := cutLast(strings.TrimPrefix(p.URL, "git+"), '@')
			if ok && pkg.Rev == "" && within(place, pkg.Place) && strings.TrimPrefix(pkg.URL, "git+") == url {
				return insertBehind(place, url, "@"+commit)
			}
		}
	}
	for _, repo := range needs.Repos {
		for _, r := range l.Packages.Repos {
			if repo.Ref == "" && within(place, repo.Place) && repo.URL == r.URL {
				return insertBehind(place, r.URL, "@"+r.Commit)
			}
		}
	}
	return nil
}

// pinURL writes the address that an address without a version led to.
func (l *Locked) pinURL(s *subject, d source.Diagnostic) []source.Edit {
	for _, link := range s.code() {
		now := l.URLs[link.url]
		if link.place.Span != d.Place.Span || now == "" || parseURL(now).Hostname() != parseURL(link.url).Hostname() {
			continue
		}
		u := parseURL(now)
		if moving := unversionedPaths[strings.ToLower(u.Hostname())]; moving == nil || moving().MatchString(u.EscapedPath()) {
			continue
		}
		for _, f := range addressFix(link, now) {
			return f.Edits
		}
	}
	return nil
}

func cutLast(text string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func within(inner, outer source.Place) bool { return outer.Span.Contains(inner.Span) }

// insert puts a text into a place, so many bytes behind its beginning.
func insert(place source.Place, behind int, text string) []source.Edit {
	at := place.Span.Start + behind
	return []source.Edit{{Span: source.Span{Start: at, End: at}, New: text}}
}

// insertBehind puts a text behind what stands once in a place.
func insertBehind(place source.Place, what, text string) []source.Edit {
	written := string(place.Slice(place.Span))
	if strings.Count(written, what) != 1 {
		return nil
	}
	return insert(place, strings.Index(written, what)+len(what), text)
}

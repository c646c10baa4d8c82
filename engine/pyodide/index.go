package pyodide

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"deps.dev/util/semver"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// index is where packages of Python are listed.
const index = "https://pypi.org/pypi/"

// listing is what the index says about a package.
type listing struct {
	Releases map[string][]file `json:"releases"`
}

type file struct {
	Name     string `json:"filename"`
	URL      string `json:"url"`
	Python   string `json:"requires_python"`
	Yanked   bool   `json:"yanked"`
	Checksum struct {
		SHA256 string `json:"sha256"`
	} `json:"digests"`
}

func (r *resolver) list(ctx context.Context, name string) (*listing, error) {
	page, err := url.Parse(index + name + "/json")
	if err != nil {
		return nil, err
	}
	text, err := r.o.Get(ctx, page.String())
	if err != nil {
		return nil, err
	}
	var l listing
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("read what the index says about %s: %w", name, err)
	}
	for _, files := range l.Releases {
		for i := range files { // copies of the index may write them relative to it
			if at, err := page.Parse(files[i].URL); err == nil {
				files[i].URL = at.String()
			}
		}
	}
	return &l, nil
}

var wheelName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9_.]+-[A-Za-z0-9_.!+]+(-[0-9][A-Za-z0-9_.]*)?-([a-z0-9_.]+)-([a-z0-9_.]+)-([a-z0-9_.]+)\.whl$`)
})

// fits says how well a wheel fits, by its name: 0 not at all.
func fits(name string) int {
	found := wheelName().FindStringSubmatch(name)
	if found == nil {
		return 0
	}
	pythons, abis, platforms := strings.Split(found[2], "."), strings.Split(found[3], "."), strings.Split(found[4], ".")
	if slices.Contains(abis, "none") && slices.Contains(platforms, "any") {
		for _, tag := range pythons {
			if tag == "py3" || tag == "py314" || tag == "cp314" {
				return 1
			}
		}
		return 0
	}
	built := slices.ContainsFunc(platforms, func(p string) bool { return p == "pyemscripten_"+abi+"_wasm32" || p == "pyodide_"+abi+"_wasm32" })
	if built && (slices.Contains(abis, "cp314") || slices.Contains(abis, "abi3")) {
		return 2
	}
	return 0
}

// best is the wheel of a version that fits best, nil for none.
func best(files []file) (found *file) {
	for i, f := range files {
		if f.Yanked || f.Python != "" && !accepts(f.Python, Python) {
			continue
		}
		if n := fits(f.Name); n > 0 && (found == nil || n > fits(found.Name)) {
			found = &files[i]
		}
	}
	return found
}

func accepts(specifier, version string) bool {
	c, err := semver.PyPI.ParseConstraint(specifier)
	return err == nil && c.Match(version)
}

// newest lists versions, newest first; those that are not finished come last.
func newest(l *listing) (versions []string) {
	early := map[string]bool{}
	for v := range l.Releases {
		if parsed, err := semver.PyPI.Parse(v); err == nil {
			early[v] = parsed.IsPrerelease()
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, func(a, b string) int {
		if early[a] != early[b] {
			if early[a] {
				return 1
			}
			return -1
		}
		return cmp.Or(semver.PyPI.Compare(b, a), strings.Compare(a, b))
	})
	return versions
}

// need is a requirement of a wheel.
var need = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*\(?([^;()@]*?)\)?\s*(?:;(.*))?$`)
})

// requires reads what a wheel requires, as far as its markers hold.
func requires(lines []string, extras []string) (list []requirement.Package, err error) {
	for _, line := range lines {
		found := need().FindStringSubmatch(line)
		if found == nil {
			return nil, fmt.Errorf("the requirement %q cannot be read", line)
		}
		if marker := strings.TrimSpace(found[4]); marker != "" {
			yes, err := holds(marker, extras)
			if err != nil {
				return nil, err
			}
			if !yes {
				continue
			}
		}
		p := requirement.Package{Name: found[1], Specifier: strings.ReplaceAll(found[3], " ", "")}
		for extra := range strings.SplitSeq(found[2], ",") {
			if extra = strings.TrimSpace(extra); extra != "" {
				p.Extras = append(p.Extras, extra)
			}
		}
		list = append(list, p)
	}
	return list, nil
}

package pyodide

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Limits of what is resolved.
const (
	maxPackages = 200 // of one plugin, with all they need
	maxRounds   = 20  // new beginnings, when a later need rules an earlier choice out
)

// Options say where things come from.
type Options struct {
	// Get gets a file by its URL; the same file again the next time.
	Get func(ctx context.Context, url string) ([]byte, error)
	// Locked is what a lock says, nil for nothing.
	Locked *requirement.Resolved
	// Release is the file pyodide-lock.json of the package.
	Release []byte
}

// Wheel is a package as a file.
type Wheel struct {
	Name string
	Data []byte
}

// Left is a package that nobody wrote down and that cannot be had: a plugin may do
// without it.
type Left struct {
	Package string
	Err     error
}

// UnmetError is a package that a plugin needs and a page cannot have.
type UnmetError struct {
	Package string
	Err     error
}

func (e *UnmetError) Error() string {
	return fmt.Sprintf("no %s for Python in a page: %v", e.Package, e.Err)
}
func (e *UnmetError) Unwrap() error { return e.Err }

var errNoWheel = errors.New("no version has a wheel of pure Python, or one for this Pyodide")

// Resolve gets the wheels of a declaration.
func Resolve(ctx context.Context, d *requirement.Declaration, o Options) ([]Wheel, []Left, error) {
	built, err := readRelease(o.Release)
	if err != nil {
		return nil, nil, err
	}
	r := &resolver{o: o, release: built, bounds: map[string][]string{}}
	for range maxRounds {
		wheels, left, err := r.round(ctx, d)
		if !errors.Is(err, errAgain) {
			return wheels, left, err
		}
	}
	return nil, nil, errors.New("what the packages need contradicts itself")
}

// resolver chooses each package once. What is learned about versions stays for the next
// round.
type resolver struct {
	o       Options
	release *release
	bounds  map[string][]string // specifiers by package

	queue  []requirement.Package
	chosen map[string]string // version by package
	extras map[string][]string
	wheels []Wheel
}

var errAgain = errors.New("another need rules a choice out")

func (r *resolver) round(ctx context.Context, d *requirement.Declaration) ([]Wheel, []Left, error) {
	r.queue, r.chosen, r.extras, r.wheels = nil, map[string]string{}, map[string][]string{}, nil
	var left []Left
	for _, p := range d.Pip {
		if p.Path != "" {
			return nil, nil, &UnmetError{p.String(), errors.New("it is no wheel")}
		}
		if p.Marker != "" {
			if yes, err := holds(p.Marker, nil); err != nil || !yes {
				if err != nil {
					return nil, nil, &UnmetError{p.Name, err}
				}
				continue
			}
		}
		err := r.whole(ctx, p)
		switch {
		case errors.Is(err, errAgain) || ctx.Err() != nil:
			return nil, nil, err
		case err != nil && p.Implied:
			left = append(left, Left{p.Name, err})
		case err != nil:
			return nil, nil, err
		}
	}
	return r.wheels, left, nil
}

// whole takes a package and all that it needs.
func (r *resolver) whole(ctx context.Context, p requirement.Package) error {
	r.queue = []requirement.Package{p}
	before, chosen := len(r.wheels), maps.Clone(r.chosen)
	for len(r.queue) > 0 {
		next := r.queue[0]
		r.queue = r.queue[1:]
		if err := r.take(ctx, next); err != nil {
			r.wheels, r.chosen = r.wheels[:before], chosen
			var unmet *UnmetError
			if errors.Is(err, errAgain) || errors.As(err, &unmet) {
				return err
			}
			return &UnmetError{next.Name, err}
		}
		if len(r.chosen) > maxPackages {
			return fmt.Errorf("%s needs more than %d packages", p.Name, maxPackages)
		}
	}
	return nil
}

func (r *resolver) take(ctx context.Context, p requirement.Package) error {
	if p.URL != "" {
		return r.byURL(ctx, p)
	}
	key := p.Key()
	if p.Specifier != "" && !slices.Contains(r.bounds[key], p.Specifier) {
		r.bounds[key] = append(r.bounds[key], p.Specifier)
	}
	if version, ok := r.chosen[key]; ok {
		if p.Specifier != "" && !accepts(p.Specifier, version) {
			return errAgain
		}
		if !slices.ContainsFunc(p.Extras, func(e string) bool { return !slices.Contains(r.extras[key], e) }) {
			return nil
		}
	}
	r.extras[key] = append(r.extras[key], p.Extras...)
	err := r.fromIndex(ctx, key, p.Extras)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if e := r.fromRelease(ctx, key); e != nil {
		if errors.Is(e, errNoWheel) {
			return err
		}
		return fmt.Errorf("%w; nor beside Pyodide: %w", err, e)
	}
	return nil
}

// fromIndex takes the version that is locked, else the newest that fits.
func (r *resolver) fromIndex(ctx context.Context, key string, extras []string) error {
	version, hashes := r.locked(key)
	if was, ok := r.chosen[key]; ok {
		version, hashes = was, nil
	}
	all, err := r.list(ctx, key)
	if err != nil {
		return err
	}
	if version == "" {
		versions := newest(all)
		i := slices.IndexFunc(versions, func(v string) bool { return r.allows(key, v) && best(all.Releases[v]) != nil })
		if i < 0 {
			return errNoWheel
		}
		version = versions[i]
	}
	f := best(all.Releases[version])
	if f == nil {
		return fmt.Errorf("%s has no wheel of pure Python, or one for this Pyodide", version)
	}
	if len(hashes) > 0 && !slices.Contains(hashes, "sha256:"+f.Checksum.SHA256) {
		return fmt.Errorf("%s is not among the files that are locked", f.Name)
	}
	wheel, err := r.fetch(ctx, f.Name, f.URL, f.Checksum.SHA256)
	if err != nil {
		return err
	}
	needs, err := requiredBy(wheel, extras)
	if err != nil {
		return err
	}
	r.chosen[key] = version
	r.queue = append(r.queue, needs...)
	return nil
}

// locked is the version that a lock says, with the hashes of its files. Locks are made
// for the Python of this machine; where only its own wheel is in it, the version counts.
func (r *resolver) locked(key string) (version string, hashes []string) {
	if r.o.Locked == nil {
		return "", nil
	}
	for _, p := range r.o.Locked.Packages {
		if (requirement.Package{Name: p.Name}).Key() == key && p.URL == "" {
			if len(p.Hashes) > 1 {
				hashes = p.Hashes
			}
			return p.Version, hashes
		}
	}
	return "", nil
}

func (r *resolver) allows(key, version string) bool {
	for _, specifier := range r.bounds[key] {
		if !accepts(specifier, version) {
			return false
		}
	}
	return true
}

// fromRelease takes a package that was built for Pyodide and lies beside it.
func (r *resolver) fromRelease(ctx context.Context, key string) error {
	p, ok := r.release.Packages[key]
	if !ok || p.Kind != "package" || fits(p.File) == 0 || !r.allows(key, p.Version) {
		return errNoWheel
	}
	if _, err := r.fetch(ctx, p.File, releasePage+p.File, p.SHA256); err != nil {
		return err
	}
	r.chosen[key] = p.Version
	for _, name := range p.Depends {
		r.queue = append(r.queue, requirement.Package{Name: name})
	}
	return nil
}

// byURL takes a wheel by its own address.
func (r *resolver) byURL(ctx context.Context, p requirement.Package) error {
	name := path.Base(p.URL)
	if fits(name) == 0 {
		return fmt.Errorf("%s is no wheel of pure Python, or one for this Pyodide", name)
	}
	hash := ""
	if sum, ok := strings.CutPrefix(p.Hash, "sha256="); ok {
		hash = sum
	}
	wheel, err := r.fetch(ctx, name, p.URL, hash)
	if err != nil {
		return err
	}
	needs, err := requiredBy(wheel, p.Extras)
	r.queue = append(r.queue, needs...)
	return err
}

func (r *resolver) fetch(ctx context.Context, name, url, sha256 string) ([]byte, error) {
	data, err := r.o.Get(ctx, url)
	if err != nil {
		return nil, err
	}
	if sha256 != "" {
		if err := verify(name, data, sha256); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(r.wheels, func(w Wheel) bool { return w.Name == name }) {
		r.wheels = append(r.wheels, Wheel{name, data})
	}
	return data, nil
}

package asset

import (
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"deps.dev/util/semver"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// IntegrityError is a package that is not what the registry says it is.
type IntegrityError struct{ Package, Want string }

func (e *IntegrityError) Error() string {
	return fmt.Sprintf("%s does not have the integrity %.40s that the registry gives: it was changed on its way", e.Package, e.Want)
}

// exactVersion is a version and no range.
var exactVersion = pattern(`^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// version finds the version that a range means. The first answer stays, so that a
// plugin does not change under its users.
func (l *Loader) version(ctx context.Context, name, wanted string) (string, error) {
	if exactVersion().MatchString(wanted) {
		return strings.TrimPrefix(wanted, "v"), nil
	}
	key := "npm-version:" + name + "@" + wanted
	if _, text, err := l.kept(key); err == nil {
		return string(text), nil
	} else if damage := (*store.CorruptError)(nil); !errors.Is(err, fs.ErrNotExist) && !errors.As(err, &damage) {
		return "", err
	}
	response, err := l.o.Fetch.Get(ctx, fetch.Request{URL: l.registryURL(name), Limit: maxPackument, Accept: "application/vnd.npm.install-v1+json"})
	if err != nil {
		return "", err
	}
	found, err := choose(name, wanted, response.Body)
	if err != nil {
		return "", err
	}
	_, err = l.o.Store.Keep(store.Kept{Key: key, Address: Package{Name: name, Range: found}.String()}, []byte(found))
	l.first("fetched " + key)
	return found, err
}

func (l *Loader) registryURL(name string) string {
	return l.o.Registry + "/" + strings.Replace(name, "/", "%2f", 1)
}

// packument is what the registry says about all versions of a package.
type packument struct {
	Tags     map[string]string `json:"dist-tags"`
	Versions map[string]struct {
		Deprecated any `json:"deprecated"`
	} `json:"versions"`
}

// choose picks what npm would pick: a tag, else the latest version if it is in the
// range, else the highest that is.
func choose(name, wanted string, text []byte) (string, error) {
	var p packument
	if err := json.Unmarshal(text, &p); err != nil {
		return "", fmt.Errorf("read what the registry says about %s: %w", name, err)
	}
	tag := wanted
	if tag == "" || tag == "*" {
		tag = "latest"
	}
	if v, ok := p.Tags[tag]; ok && exactVersion().MatchString(v) {
		return v, nil
	}
	constraint, err := semver.NPM.ParseConstraint(wanted)
	if err != nil {
		return "", fmt.Errorf("%q is neither a version nor a tag of %s", wanted, name)
	}
	if latest := p.Tags["latest"]; latest != "" && constraint.Match(latest) && exactVersion().MatchString(latest) {
		return latest, nil
	}
	best := ""
	for v := range p.Versions {
		if exactVersion().MatchString(v) && constraint.Match(v) && (best == "" || semver.NPM.Compare(v, best) > 0) {
			best = v
		}
	}
	if best == "" {
		return "", fmt.Errorf("no version of %s is in %q", name, wanted)
	}
	return best, nil
}

// manifest is what the registry says about one version.
type manifest struct {
	Version string `json:"version"`
	Dist    struct {
		Tarball   string `json:"tarball"`
		Integrity string `json:"integrity"`
		Shasum    string `json:"shasum"`
	} `json:"dist"`
}

// tarball gets the archive of a version and checks its integrity.
func (l *Loader) tarball(ctx context.Context, name, version string) (source string, text []byte, err error) {
	_, said, err := l.once(ctx, l.registryURL(name)+"/"+url.PathEscape(version), metadata, maxManifest)
	if err != nil {
		return "", nil, err
	}
	var m manifest
	if err := json.Unmarshal(said, &m); err != nil || m.Version != version {
		return "", nil, fmt.Errorf("the registry does not say what %s@%s is", name, version)
	}
	source, err = l.tarballURL(name, m.Dist.Tarball)
	if err != nil {
		return "", nil, err
	}
	if _, text, err = l.once(ctx, source, "", maxAsset); err != nil {
		return "", nil, err
	}
	return source, text, m.verify(name, text)
}

// tarballURL is the archive's place in our registry: mirrors of it name their own host,
// and nothing else may send us elsewhere.
func (l *Loader) tarballURL(name, said string) (string, error) {
	_, file, ok := strings.Cut(said, "/-/")
	if !ok || file == "" || strings.ContainsAny(file, "?#\\") || strings.Contains(file, "..") {
		return "", fmt.Errorf("the registry does not say where %s lies", name)
	}
	return l.o.Registry + "/" + name + "/-/" + file, nil
}

// verify compares an archive with the strongest hash that the registry gives.
func (m *manifest) verify(name string, text []byte) error {
	what := name + "@" + m.Version
	for word := range strings.FieldsSeq(m.Dist.Integrity) {
		if want, ok := strings.CutPrefix(word, "sha512-"); ok {
			sum := sha512.Sum512(text)
			is := base64.StdEncoding.EncodeToString(sum[:])
			if subtle.ConstantTimeCompare([]byte(is), []byte(strings.TrimSpace(want))) != 1 {
				return &IntegrityError{what, word}
			}
			return nil
		}
	}
	if m.Dist.Integrity != "" {
		return fmt.Errorf("the registry gives no sha512 of %s", what)
	}
	sum := sha1.Sum(text) // all that the oldest packages have
	if is := hex.EncodeToString(sum[:]); m.Dist.Shasum == "" || is != strings.ToLower(m.Dist.Shasum) {
		return &IntegrityError{what, "sha1-" + m.Dist.Shasum}
	}
	return nil
}

package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// Kind says what something is wanted for: packages answer each differently.
type Kind string

// The kinds: a classic script, a style sheet, an import of a module, a require of one,
// bytes.
const (
	Script  Kind = "script"
	Style   Kind = "style"
	Import  Kind = "import"
	Require Kind = "require"
	Data    Kind = "data"
)

// Request is one thing to get.
type Request struct {
	Specifier string // as written
	Importer  string // the Address of the module that asks, "" for the plugin itself
	Kind      Kind
}

// Asset is what a request led to.
type Asset struct {
	Request string // the request without its importer: a URL, or npm:NAME@RANGE/PATH
	Kind    Kind
	Address string // names the content: where it was found, "npm:NAME@VERSION/FILE" in a package
	// Source is the URL that was fetched for it.
	Source      string
	ContentType string
	SHA256      string
	Text        []byte
	// Pure is a module without side effects, as its package says; Empty one in whose
	// place the package wants nothing.
	Pure, Empty bool
}

// CDN says what is done about addresses of a CDN that serves packages of npm.
type CDN string

// The ways: the registry when the CDN cannot be reached; the registry always; the CDN
// alone.
const (
	Fallback CDN = "auto"
	Registry CDN = "npm"
	Direct   CDN = "off"
)

// DefaultRegistry is where packages come from; mirrors apply to it as to all URLs.
const DefaultRegistry = "https://registry.npmjs.org"

// Options describe a loader.
type Options struct {
	Store *store.Store  // where things are kept
	Fetch *fetch.Client // how they come; it needs no cache of its own
	CDN   CDN           // default Fallback
	// Registry is the address of the npm registry; default DefaultRegistry.
	Registry string
	// Names are what bare names mean: "axios" is "npm:axios@1". Other bare names are
	// known inside packages only.
	Names map[string]string
	// Known answers before anything else: what a plugin was installed with. ok is
	// false where it knows nothing.
	Known func(kind Kind, request string) (a Asset, ok bool)
	// Reload fetches what is kept once more.
	Reload bool
	// Say tells a person what is downloaded, and where from if not from where they
	// think. nil tells nobody.
	Say func(format string, args ...any)
}

// Loader gets assets. It is safe for concurrent use.
type Loader struct {
	o Options

	mu       sync.Mutex
	open     map[string]*opened // unpacked packages by "name@version"
	size     int                // of them, in bytes
	reloaded map[string]bool
	read     map[string]*Asset // each package.json that said what a bare name means
}

// New returns a loader.
func New(o Options) *Loader {
	if o.Registry == "" {
		o.Registry = DefaultRegistry
	}
	o.Registry = strings.TrimRight(o.Registry, "/")
	if o.CDN == "" {
		o.CDN = Fallback
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	return &Loader{o: o, open: map[string]*opened{}, reloaded: map[string]bool{}, read: map[string]*Asset{}}
}

// Load gets one thing: from what is known, from the store, from the network. Errors of
// the network are [*fetch.Error]s, content that is not what it was is a [*ChangedError]
// or [*store.CorruptError].
func (l *Loader) Load(ctx context.Context, r Request) (*Asset, error) {
	if len(r.Specifier) > maxSpecifier {
		return nil, fmt.Errorf("an address of %d bytes is too long", len(r.Specifier))
	}
	to, err := l.resolve(ctx, r)
	if err != nil {
		return nil, err
	}
	if to == nothing {
		return &Asset{Request: r.Specifier, Kind: r.Kind, Address: "npm:empty/" + url.PathEscape(r.Specifier), Empty: true}, nil
	}
	if l.o.Known != nil {
		if a, ok := l.o.Known(r.Kind, to); ok {
			a.Request, a.Kind = to, r.Kind
			return &a, nil
		}
	}
	var a *Asset
	if strings.HasPrefix(to, "npm:") {
		p, e := ParsePackage(to)
		if e != nil {
			return nil, e
		}
		a, err = l.file(ctx, p, r.Kind)
	} else {
		a, err = l.url(ctx, to, r.Kind)
	}
	if err != nil {
		return nil, err
	}
	a.Request, a.Kind = to, r.Kind
	sum := sha256.Sum256(a.Text)
	a.SHA256 = hex.EncodeToString(sum[:])
	return a, nil
}

// Described are the files package.json that said what the bare names in packages mean.
// Who keeps what was loaded keeps them too, as [Data]: without them the names mean
// nothing.
func (l *Loader) Described() (list []*Asset) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(l.read)) {
		list = append(list, l.read[key])
	}
	return list
}

// nothing is what a package says in the place of a module that it does not want.
const nothing = "nothing:"

// resolve makes one address of what a module wrote.
func (l *Loader) resolve(ctx context.Context, r Request) (string, error) {
	switch specifierKind(r.Specifier) {
	case npm:
		p, err := ParsePackage(r.Specifier)
		return p.String(), err
	case absolute:
		u, err := canonical(r.Specifier)
		if err != nil {
			return "", err
		}
		return u.String(), nil
	case relative:
		return join(r.Specifier, r.Importer)
	case internal:
		return l.internal(ctx, r)
	}
	if strings.HasPrefix(r.Importer, "npm:") {
		return l.dependency(ctx, r)
	}
	return l.named(r.Specifier)
}

// named is what a bare name of the plugin itself means.
func (l *Loader) named(specifier string) (string, error) {
	p, err := ParsePackage(specifier)
	if err != nil || p.Range != "" {
		return "", fmt.Errorf("%q is neither a URL nor the name of a package", specifier)
	}
	to, ok := l.o.Names[p.Name]
	if !ok {
		return "", fmt.Errorf("nothing says which %q is meant: write npm:%s@VERSION here, or add \"npm:%s@VERSION\" to the requirements", p.Name, p.Name, p.Name)
	}
	if p.Path != "" {
		to = strings.TrimRight(to, "/") + "/" + p.Path
	}
	return to, nil
}

// url gets a file by its URL, or the same file of npm for a CDN that cannot be reached.
func (l *Loader) url(ctx context.Context, to string, kind Kind) (*Asset, error) {
	c, onCDN := fromCDN(to, kind)
	if onCDN && l.o.CDN == Registry {
		return l.instead(ctx, to, c)
	}
	k, text, err := l.once(ctx, to, "", maxAsset)
	if err == nil {
		return &Asset{Address: k.Address, Source: k.Address, ContentType: k.ContentType, Text: text}, nil
	}
	away := fetch.KindOf(err) == fetch.Unreachable || fetch.KindOf(err) == fetch.Offline
	if !onCDN || l.o.CDN == Direct || !away {
		return nil, err
	}
	a, e := l.instead(ctx, to, c)
	if e != nil {
		return nil, fmt.Errorf("%w; nor can it come from npm: %v", err, e)
	}
	return a, nil
}

// instead gets the file of a package in the place of a CDN's, and says so once.
func (l *Loader) instead(ctx context.Context, to string, c cdnFile) (*Asset, error) {
	a, err := l.packaged(ctx, c)
	if err != nil {
		return nil, err
	}
	if l.first("instead " + to) {
		l.o.Say("taking %s for %s", a.Address, address.Redact(to))
	}
	return a, nil
}

// first reports whether a thing is told for the first time.
func (l *Loader) first(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.reloaded[what]
	l.reloaded[what] = true
	return !was
}

// ChangedError is content that is damaged here and has changed where it came from, so
// that the bytes of the first time are lost.
type ChangedError struct{ Key, Was, Is string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s is damaged in the store, and what is fetched now is something else (sha256 %.12s, it was %.12s): `imjoy cache prune` forgets the old one", e.Key, e.Is, e.Was)
}

// metadata is the media type of what is asked for about packages: no news for people.
const metadata = "application/json"

// once answers from what is kept under a URL, and fetches it otherwise. Of several
// processes that want the same thing one fetches it.
func (l *Loader) once(ctx context.Context, to, accept string, limit int64) (*store.Kept, []byte, error) {
	k, text, err := l.kept(to)
	if err == nil {
		return k, text, nil
	}
	if damage := (*store.CorruptError)(nil); !errors.Is(err, fs.ErrNotExist) && !errors.As(err, &damage) {
		return nil, nil, err
	}
	unlock, lockErr := l.o.Store.LockKey(ctx, to)
	if lockErr != nil {
		return nil, nil, lockErr
	}
	defer unlock()
	before, text, err := l.kept(to)
	if err == nil {
		return before, text, nil
	}
	response, fetchErr := l.o.Fetch.Get(ctx, fetch.Request{URL: to, Limit: limit, Accept: accept})
	if fetchErr != nil {
		if before != nil && fetch.KindOf(fetchErr) == fetch.Offline {
			return nil, nil, err // that it is damaged is what there is to say
		}
		return nil, nil, fetchErr
	}
	l.first("fetched " + to)
	if accept != metadata {
		l.o.Say("downloaded %s (%s)", address.Redact(to), sizeOf(len(response.Body)))
	}
	fresh := store.Kept{Key: to, Address: response.Final, ContentType: response.ContentType}
	if fresh, err = l.keep(before, fresh, response.Body); err != nil {
		return nil, nil, err
	}
	return &fresh, response.Body, nil
}

// keep puts what was fetched into the store. In the place of something damaged only
// the same will do.
func (l *Loader) keep(damaged *store.Kept, fresh store.Kept, text []byte) (store.Kept, error) {
	if damaged != nil && !l.o.Reload {
		sum := sha256.Sum256(text)
		if is := hex.EncodeToString(sum[:]); is != damaged.SHA256 {
			return fresh, &ChangedError{fresh.Key, damaged.SHA256, is}
		}
	}
	return l.o.Store.Keep(fresh, text)
}

// kept reads what is kept, but for what is to be fetched once more.
func (l *Loader) kept(key string) (*store.Kept, []byte, error) {
	if l.o.Reload {
		l.mu.Lock()
		again := !l.reloaded["fetched "+key]
		l.mu.Unlock()
		if again {
			return nil, nil, fs.ErrNotExist
		}
	}
	return l.o.Store.Kept(key)
}

func sizeOf(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

package asset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// opened is an unpacked package.
type opened struct {
	Package // with the exact version
	source  string
	files   map[string][]byte
	size    int
	json    packageJSON
	sides   []string // patterns of files with side effects; nil: all
}

// packageJSON are the fields of package.json that say where things are.
type packageJSON struct {
	Main        string            `json:"main"`
	Module      json.RawMessage   `json:"module"`
	Browser     json.RawMessage   `json:"browser"`
	Exports     json.RawMessage   `json:"exports"`
	Imports     json.RawMessage   `json:"imports"`
	JSDelivr    string            `json:"jsdelivr"`
	Unpkg       string            `json:"unpkg"`
	Style       string            `json:"style"`
	SideEffects json.RawMessage   `json:"sideEffects"`
	Needs       map[string]string `json:"dependencies"`
	Peers       map[string]string `json:"peerDependencies"`
	Optional    map[string]string `json:"optionalDependencies"`
}

// unpacked gets a package, at most once at a time for the packages that fit.
func (l *Loader) unpacked(ctx context.Context, name, wanted string) (*opened, error) {
	version, err := l.version(ctx, name, wanted)
	if err != nil {
		return nil, err
	}
	key := name + "@" + version
	l.mu.Lock()
	p := l.open[key]
	l.mu.Unlock()
	if p != nil {
		return p, nil
	}
	source, text, err := l.tarball(ctx, name, version)
	if err != nil {
		return nil, err
	}
	p = &opened{Package: Package{Name: name, Range: version}, source: source}
	if p.files, err = unpack(key, text); err != nil {
		return nil, err
	}
	if err := p.read(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+p.size > maxOpen {
		l.open, l.size = map[string]*opened{}, 0
	}
	l.open[key] = p
	l.size += p.size
	return p, nil
}

func (p *opened) read() error {
	for _, body := range p.files {
		p.size += len(body)
	}
	text, ok := p.files["package.json"]
	if !ok {
		return &ArchiveError{p.Name + "@" + p.Range, "it has no package.json"}
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &p.json); err != nil {
		// A field of an odd type makes the rest no less true.
		var loose map[string]json.RawMessage
		if json.Unmarshal(text, &loose) != nil {
			return fmt.Errorf("read package.json of %s@%s: %w", p.Name, p.Range, err)
		}
		_ = json.Unmarshal(loose["main"], &p.json.Main)
		p.json.Browser, p.json.Exports, p.json.Module = loose["browser"], loose["exports"], loose["module"]
		_ = json.Unmarshal(loose["dependencies"], &p.json.Needs)
	}
	var none bool
	if json.Unmarshal(p.json.SideEffects, &none) == nil && !none && len(p.json.SideEffects) > 0 {
		p.sides = []string{}
	} else {
		_ = json.Unmarshal(p.json.SideEffects, &p.sides)
	}
	return nil
}

// file gets a file of a package: the one that a path means there.
func (l *Loader) file(ctx context.Context, want Package, kind Kind) (*Asset, error) {
	p, err := l.unpacked(ctx, want.Name, want.Range)
	if err != nil {
		return nil, err
	}
	name, err := p.find(want.Path, kind, want.Range == p.Range)
	if err != nil {
		return nil, fmt.Errorf("npm:%s@%s: %w", p.Name, p.Range, err)
	}
	if name == nothing {
		return &Asset{Address: Package{p.Name, p.Range, "empty:" + want.Path}.String(), Empty: true}, nil
	}
	return p.asset(name), nil
}

func (p *opened) asset(name string) *Asset {
	return &Asset{
		Address: Package{p.Name, p.Range, name}.String(), Source: p.source, ContentType: typeOf(name), Text: p.files[name], Pure: p.pure(name),
	}
}

// pure reports that the package says that a file has no effects of its own.
func (p *opened) pure(name string) bool {
	if p.sides == nil {
		return false
	}
	return !slices.ContainsFunc(p.sides, func(pattern string) bool {
		pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
		if after, ok := strings.CutPrefix(pattern, "**/"); ok {
			matched, _ := path.Match(after, path.Base(name))
			return matched
		}
		whole, _ := path.Match(pattern, name)
		base, _ := path.Match(pattern, path.Base(name))
		return whole || base && !strings.Contains(pattern, "/")
	})
}

func typeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css"
	case ".json":
		return "application/json"
	case ".ts", ".mts", ".cts":
		return "application/typescript"
	case ".js", ".mjs", ".cjs":
		return "text/javascript"
	}
	return ""
}

// find is the file that a path of the package means. literal paths are of modules of
// the package itself, which exports does not bind: those that name the exact version
// and a file that is there.
func (p *opened) find(inside string, kind Kind, exact bool) (string, error) {
	if _, there := p.files[inside]; there && inside != "" && (exact || p.json.Exports == nil || kind == Script || kind == Style || kind == Data) {
		return p.browser(inside, kind), nil
	}
	if len(p.json.Exports) > 0 && string(p.json.Exports) != "null" && kind != Script && kind != Style && kind != Data {
		found, err := p.exported(inside, kind)
		if err == nil {
			return p.browser(found, kind), nil
		}
		if inside == "" || !exact {
			return "", err
		}
	}
	if inside == "" {
		return p.main(kind)
	}
	if found, ok := p.probe(inside); ok {
		return p.browser(found, kind), nil
	}
	return "", fmt.Errorf("it has no file %q", inside)
}

// main is the file that the name of the package alone means.
func (p *opened) main(kind Kind) (string, error) {
	var module, browser string
	_ = json.Unmarshal(p.json.Module, &module)
	_ = json.Unmarshal(p.json.Browser, &browser)
	order := []string{browser, module, p.json.Main}
	switch kind {
	case Require:
		order = []string{browser, p.json.Main, module}
	case Script, Data:
		order = []string{p.json.JSDelivr, p.json.Unpkg, browser, p.json.Main}
	case Style:
		order = []string{p.json.Style, p.json.Main}
	}
	for _, name := range append(order, "index.js") {
		if found, ok := p.probe(clean(name)); ok && name != "" {
			return p.browser(found, kind), nil
		}
	}
	if found, ok := p.probe("index"); ok {
		return p.browser(found, kind), nil
	}
	return "", fmt.Errorf("it has no file to begin with")
}

func clean(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// probe looks for a file as Node.js does: as written, with a suffix, as a folder.
func (p *opened) probe(name string) (string, bool) {
	for _, suffix := range []string{"", ".js", ".mjs", ".cjs", ".json", ".ts", ".min.js"} {
		if _, ok := p.files[name+suffix]; ok && name+suffix != "" {
			return name + suffix, true
		}
	}
	if text, ok := p.files[path.Join(name, "package.json")]; ok && name != "" {
		var inner packageJSON
		var module string
		_ = json.Unmarshal(text, &inner)
		_ = json.Unmarshal(inner.Module, &module)
		for _, main := range []string{module, inner.Main} {
			if main == "" {
				continue
			}
			for _, suffix := range []string{"", ".js", ".mjs", "/index.js"} {
				if file := path.Join(name, main) + suffix; p.files[file] != nil {
					return file, true
				}
			}
		}
	}
	for _, index := range []string{"index.js", "index.mjs", "index.cjs", "index.json"} {
		if file := path.Join(name, index); p.files[file] != nil {
			return file, true
		}
	}
	return "", false
}

// browser is what the package wants in the place of one of its files in a browser.
func (p *opened) browser(name string, kind Kind) string {
	if kind != Import && kind != Require {
		return name
	}
	for _, m := range members(p.json.Browser) {
		if clean(m.key) != name && clean(m.key)+".js" != name {
			continue
		}
		var to string
		if json.Unmarshal(m.value, &to) != nil {
			return nothing
		}
		if found, ok := p.probe(clean(to)); ok {
			return found
		}
	}
	return name
}

// dependency is what a bare name means inside a package: what its package.json says.
func (l *Loader) dependency(ctx context.Context, r Request) (string, error) {
	own, err := ParsePackage(r.Importer)
	if err != nil {
		return "", err
	}
	of, err := l.describe(ctx, own)
	if err != nil {
		return "", err
	}
	specifier := r.Specifier
	for _, m := range members(of.Browser) {
		if m.key != specifier {
			continue
		}
		var to string
		if json.Unmarshal(m.value, &to) != nil {
			return nothing, nil
		}
		if specifierKind(to) == relative {
			own.Path = clean(to)
			return own.String(), nil
		}
		specifier = to
	}
	want, err := ParsePackage(specifier)
	if err != nil || strings.HasPrefix(specifier, "node:") {
		return "", notHere(r.Specifier)
	}
	if want.Name == own.Name {
		want.Range = own.Range
		return want.String(), nil
	}
	for _, list := range []map[string]string{of.Needs, of.Peers, of.Optional} {
		if wanted, ok := list[want.Name]; ok {
			return ranged(want, wanted)
		}
	}
	if to, ok := l.o.Names[want.Name]; ok {
		if want.Path != "" {
			to = strings.TrimRight(to, "/") + "/" + want.Path
		}
		return to, nil
	}
	if builtin[strings.TrimSuffix(specifier, "/")] {
		return "", notHere(specifier)
	}
	return "", fmt.Errorf("%s does not say where it has %q from", own.Name, specifier)
}

// ranged puts what package.json wants into the name: a range, or another package.
func ranged(p Package, wanted string) (string, error) {
	wanted = strings.TrimSpace(wanted)
	if alias, ok := strings.CutPrefix(wanted, "npm:"); ok {
		other, err := ParsePackage(alias)
		if err != nil {
			return "", err
		}
		other.Path = p.Path
		return other.String(), nil
	}
	if !packageRange().MatchString(wanted) {
		return "", fmt.Errorf("%s comes from %q, which is no version in the registry", p.Name, wanted)
	}
	p.Range = wanted
	return p.String(), nil
}

func notHere(name string) error {
	return fmt.Errorf("%q is a part of Node.js, which is not here", name)
}

// builtin are the modules of Node.js that packages still ask for by bare names.
var builtin = map[string]bool{
	"assert": true, "buffer": true, "child_process": true, "cluster": true, "console": true, "constants": true, "crypto": true, "dgram": true,
	"dns": true, "domain": true, "events": true, "fs": true, "fs/promises": true, "http": true, "http2": true, "https": true, "inspector": true,
	"module": true, "net": true, "os": true, "path": true, "perf_hooks": true, "process": true, "punycode": true, "querystring": true,
	"readline": true, "repl": true, "stream": true, "string_decoder": true, "sys": true, "timers": true, "tls": true, "tty": true, "url": true,
	"util": true, "v8": true, "vm": true, "wasi": true, "worker_threads": true, "zlib": true,
}

// describe reads package.json of a module's package: from what is known, where a
// plugin was installed with it.
func (l *Loader) describe(ctx context.Context, own Package) (*packageJSON, error) {
	key := Package{Name: own.Name, Range: own.Range, Path: "package.json"}.String()
	if l.o.Known != nil {
		if a, ok := l.o.Known(Data, key); ok {
			l.describes(key, &a)
			p := &opened{Package: own, files: map[string][]byte{"package.json": a.Text}}
			return &p.json, p.read()
		}
	}
	p, err := l.unpacked(ctx, own.Name, own.Range)
	if err != nil {
		return nil, err
	}
	l.describes(key, p.asset("package.json"))
	return &p.json, nil
}

func (l *Loader) describes(key string, a *Asset) {
	a.Request, a.Kind = key, Data
	sum := sha256.Sum256(a.Text)
	a.SHA256 = hex.EncodeToString(sum[:])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[key] = a
}

package asset

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// TestPackagesAreEnteredAsBundlersDo covers the ways in which packages say where things
// are.
func TestPackagesAreEnteredAsBundlersDo(t *testing.T) {
	r := newRegistry(t)
	r.add("plain", "1.0.0", map[string]string{"index.js": "i", "lib/a.js": "a", "lib/b/index.js": "b", "data.json": "{}"})
	r.add("mained", "1.0.0", map[string]string{"package.json": `{"main": "./lib/main", "module": "es.mjs", "unpkg": "dist/x.min.js"}`, "lib/main.js": "m", "es.mjs": "e", "dist/x.min.js": "u"})
	r.add("browsered", "1.0.0", map[string]string{
		"package.json": `{"main": "node.js", "browser": {"./node.js": "./web.js", "fs": false, "./secret.js": false, "other": "./shim.js"}, "dependencies": {"other": "1.0.0"}}`,
		"node.js":      "n", "web.js": "w", "secret.js": "s", "shim.js": "shim"})
	r.add("oldbrowser", "1.0.0", map[string]string{"package.json": `{"main": "node.js", "browser": "web.js"}`, "node.js": "n", "web.js": "w"})
	r.add("exported", "1.0.0", map[string]string{
		"package.json": `{"exports": {".": {"node": "./n.js", "import": {"types": "./x.d.ts", "default": "./i.mjs"}, "require": "./r.cjs"}, "./sub": "./s.js", "./f/*": "./files/*.js", "./f/no/*": null, "./list": ["./gone.js", "./s.js"]}, "imports": {"#in": "./s.js"}, "dependencies": {"plain": "^1.0.0", "alias": "npm:plain@1", "git": "git+https://x.example/y"}}`,
		"n.js":         "n", "i.mjs": "i", "r.cjs": "r", "s.js": "s", "files/q.js": "q", "hidden.js": "h"})
	r.add("@scope/name", "2.1.0", map[string]string{"package.json": `{"exports": "./x.js", "sideEffects": false}`, "x.js": "x"})
	r.add("styled", "1.0.0", map[string]string{"package.json": `{"style": "s.css", "sideEffects": ["*.css"]}`, "s.css": "p{}", "index.js": "1"})
	r.add("ranged", "1.2.0", map[string]string{"index.js": "1.2"})
	r.add("ranged", "1.10.1", map[string]string{"index.js": "1.10"})
	r.add("ranged", "2.0.0-beta.1", map[string]string{"index.js": "beta"})
	r.add("ranged", "3.0.0", map[string]string{"index.js": "3"})
	l := r.loader(newStore(t), func(o *Options) { o.Names = map[string]string{"short": "npm:plain@1.0.0"} })
	for _, test := range []struct {
		specifier, importer string
		kind                Kind
		want                string // address and text, or a part of the error
	}{
		{"npm:plain@1.0.0", "", Import, "npm:plain@1.0.0/index.js i"},
		{"npm:plain", "", Import, "npm:plain@1.0.0/index.js i"},
		{"npm:plain@1.0.0/lib/a", "", Import, "npm:plain@1.0.0/lib/a.js a"},
		{"npm:plain@1.0.0/lib/b", "", Require, "npm:plain@1.0.0/lib/b/index.js b"},
		{"./a.js", "npm:plain@1.0.0/lib/b.js", Import, "npm:plain@1.0.0/lib/a.js a"},
		{"../data.json", "npm:plain@1.0.0/lib/a.js", Import, "npm:plain@1.0.0/data.json {}"},
		{"../../../x", "npm:plain@1.0.0/lib/a.js", Import, "leads out of the package plain"},
		{"npm:plain@1.0.0/none.js", "", Import, `has no file "none.js"`},
		{"short/lib/a.js", "", Import, "npm:plain@1.0.0/lib/a.js a"},
		{"unknown", "", Import, `add "npm:unknown@VERSION" to the requirements`},
		{"./x.js", "", Import, "a plugin is one file"},
		{"npm:mained@1.0.0", "", Import, "npm:mained@1.0.0/es.mjs e"},
		{"npm:mained@1.0.0", "", Require, "npm:mained@1.0.0/lib/main.js m"},
		{"npm:mained@1.0.0", "", Script, "npm:mained@1.0.0/dist/x.min.js u"},
		{"npm:browsered@1.0.0", "", Import, "npm:browsered@1.0.0/web.js w"},
		{"./node.js", "npm:browsered@1.0.0/web.js", Require, "npm:browsered@1.0.0/web.js w"},
		{"./secret.js", "npm:browsered@1.0.0/web.js", Require, "npm:browsered@1.0.0/empty:secret.js "},
		{"fs", "npm:browsered@1.0.0/web.js", Require, "npm:empty/fs "},
		{"path", "npm:browsered@1.0.0/web.js", Require, `"path" is a part of Node.js`},
		{"node:fs", "npm:plain@1.0.0/index.js", Import, "is a part of Node.js"},
		{"other", "npm:browsered@1.0.0/web.js", Import, "npm:browsered@1.0.0/shim.js shim"},
		{"npm:oldbrowser@1.0.0", "", Import, "npm:oldbrowser@1.0.0/web.js w"},
		{"npm:exported@1.0.0", "", Import, "npm:exported@1.0.0/i.mjs i"},
		{"npm:exported@1.0.0", "", Require, "npm:exported@1.0.0/r.cjs r"},
		{"npm:exported@^1.0.0/sub", "", Import, "npm:exported@1.0.0/s.js s"},
		{"npm:exported@^1.0.0/f/q", "", Import, "npm:exported@1.0.0/files/q.js q"},
		{"npm:exported@^1.0.0/list", "", Import, "npm:exported@1.0.0/s.js s"},
		{"npm:exported@^1.0.0/f/no/x", "", Import, "exports nothing"},
		{"npm:exported@^1.0.0/hidden.js", "", Import, "does not export"},
		{"#in", "npm:exported@1.0.0/i.mjs", Import, "npm:exported@1.0.0/s.js s"},
		{"#in", "", Import, "inside packages only"},
		{"plain/lib/a.js", "npm:exported@1.0.0/i.mjs", Import, "npm:plain@1.0.0/lib/a.js a"},
		{"alias", "npm:exported@1.0.0/i.mjs", Import, "npm:plain@1.0.0/index.js i"},
		{"git", "npm:exported@1.0.0/i.mjs", Import, "no version in the registry"},
		{"exported/sub", "npm:exported@1.0.0/i.mjs", Import, "npm:exported@1.0.0/s.js s"},
		{"undeclared", "npm:exported@1.0.0/i.mjs", Import, "does not say where it has"},
		{"npm:@scope/name@2", "", Import, "npm:@scope/name@2.1.0/x.js x pure"},
		{"npm:styled@1.0.0", "", Style, "npm:styled@1.0.0/s.css p{}"},
		{"npm:styled@1.0.0", "", Import, "npm:styled@1.0.0/index.js 1 pure"},
		{"npm:ranged@^1.0.0", "", Import, "npm:ranged@1.10.1/index.js 1.10"},
		{"npm:ranged@~1.2.0", "", Import, "npm:ranged@1.2.0/index.js 1.2"},
		{"npm:ranged@latest", "", Import, "npm:ranged@3.0.0/index.js 3"},
		{"npm:ranged@>=2 <3", "", Import, `no version of ranged is in ">=2 <3"`},
		{"npm:ranged@nonsense", "", Import, "neither a version nor a tag"},
		{"npm:missing@1.0.0", "", Import, "404"},
		{"npm:../x", "", Import, "not the name of a package"},
		{"npm:plain@1.0.0/../../x", "", Import, `no file "x"`},
	} {
		got := ""
		switch a, err := l.Load(context.Background(), Request{test.specifier, test.importer, test.kind}); {
		case err != nil:
			got = err.Error()
		default:
			got = a.Address + " " + string(a.Text)
			if a.Pure {
				got += " pure"
			}
		}
		if got != test.want && (strings.HasPrefix(test.want, "npm:") || !strings.Contains(got, test.want)) {
			t.Errorf("%s %s from %q: got %q, want %q", test.kind, test.specifier, test.importer, got, test.want)
		}
	}
}

func TestAddressesOfCDNs(t *testing.T) {
	for raw, want := range map[string]string{
		"https://cdn.jsdelivr.net/npm/vue@2.6.10/dist/vue.min.js":                     "script npm:vue@2.6.10/dist/vue.min.js",
		"https://cdn.jsdelivr.net/npm/@tensorflow/tfjs":                               "script npm:@tensorflow/tfjs",
		"https://cdn.jsdelivr.net/npm/@material/mwc-button@0.21.0/mwc-button.js/+esm": "import npm:@material/mwc-button@0.21.0/mwc-button.js",
		"https://cdn.jsdelivr.net/npm/lit/+esm":                                       "import npm:lit",
		"https://cdn.jsdelivr.net/gh/user/repo@1/x.js":                                "",
		"https://unpkg.com/papaparse@latest/papaparse.min.js":                         "script npm:papaparse@latest/papaparse.min.js",
		"https://unpkg.com/preact?module":                                             "import npm:preact",
		"https://unpkg.com/react@^16/umd/react.js":                                    "script npm:react@^16/umd/react.js",
		"https://esm.sh/v135/preact@10.0.0/hooks":                                     "import npm:preact@10.0.0/hooks",
		"https://cdn.skypack.dev/lodash":                                              "import npm:lodash",
		"https://cdnjs.cloudflare.com/ajax/libs/jszip/3.2.0/jszip.min.js":             "script npm:jszip@3.2.0/jszip.min.js loose",
		"https://cdnjs.cloudflare.com/ajax/libs/three.js/r49/Three.min.js":            "script npm:three@0.49.0/Three.min.js loose",
		"https://ajax.googleapis.com/ajax/libs/jquery/3.2.0/jquery.min.js":            "script npm:jquery@3.2.0/jquery.min.js loose",
		"https://code.jquery.com/jquery-3.6.0.slim.min.js":                            "script npm:jquery@3.6.0/dist/jquery.slim.min.js",
		"https://cdn.plot.ly/plotly-latest.min.js":                                    "script npm:plotly.js@1.58.5/dist/plotly.min.js",
		"https://use.fontawesome.com/releases/v5.8.2/css/all.css":                     "script npm:@fortawesome/fontawesome-free@5.8.2/css/all.css",
		"https://static.imjoy.io/spectre.css/spectre.min.css":                         "script npm:spectre.css@^0.5.0/dist/spectre.min.css",
		"https://evil.example/npm/vue@2":                                              "",
		"https://cdn.jsdelivr.net.evil.example/npm/vue@2":                             "",
		"https://cdn.jsdelivr.net/npm/..%2f..%2fx":                                    "",
		"https://unpkg.com/":                                                          "",
	} {
		got := ""
		if c, ok := fromCDN(raw, Script); ok {
			got = string(c.kind) + " " + c.Package.String()
			if c.loose {
				got += " loose"
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
}

// away makes hosts that do not answer: nothing listens on the port.
func away(t *testing.T, r *registry, cdn CDN, say *[]string) func(*Options) {
	mirrors, err := fetch.ParseMirrors("https://registry.npmjs.org=" + r.URL + "/npm,https://cdn.jsdelivr.net=http://127.0.0.1:1,https://cdnjs.cloudflare.com=http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) {
		o.Fetch = fetch.New(fetch.Options{Mirrors: mirrors})
		o.CDN = cdn
		o.Say = func(format string, args ...any) { *say = append(*say, fmt.Sprintf(format, args...)) }
	}
}

func TestPackagesStandInForACDNThatIsAway(t *testing.T) {
	r := newRegistry(t)
	r.add("lib", "1.0.0", map[string]string{"dist/lib.min.js": "min", "src/one.js": "export class One {}", "dist/other.js": "plain", "src/two.js": "class Two {}\nexport { Two };"})
	s := newStore(t)
	var said []string
	l := r.loader(s, away(t, r, Fallback, &said))
	for specifier, want := range map[string]string{
		"https://cdn.jsdelivr.net/npm/lib@1.0.0/dist/other.min.js":      "plain",
		"https://cdnjs.cloudflare.com/ajax/libs/lib/1.0.0/other.min.js": "plain",
		"https://cdn.jsdelivr.net/npm/lib@1.0.0/src/two.js/+esm":        "class Two {}\nexport { Two };\nexport {Two as default};\n",
		"https://cdn.jsdelivr.net/npm/lib@1.0.0/dist/lib.min.js":        "min",
		"https://cdnjs.cloudflare.com/ajax/libs/lib/1.0.0/lib.min.js":   "min",
		"https://cdn.jsdelivr.net/npm/lib@1.0.0/src/one.js/+esm":        "export class One {}\nexport {One as default};\n",
	} {
		a, err := l.Load(context.Background(), Request{Specifier: specifier, Kind: Script})
		if err != nil || string(a.Text) != want || !strings.HasPrefix(a.Address, "npm:lib@1.0.0/") {
			t.Errorf("%s: got %v %v", specifier, a, err)
		}
	}
	if text := strings.Join(said, "\n"); strings.Count(text, "taking npm:lib@1.0.0") != 6 || !strings.Contains(text, "downloaded https://registry.npmjs.org/lib/-/lib-1.0.0.tgz") {
		t.Errorf("said %s", text)
	}
	_, err := r.loader(newStore(t), away(t, r, Direct, &said)).Load(context.Background(), Request{Specifier: "https://cdn.jsdelivr.net/npm/lib@1.0.0/dist/lib.min.js", Kind: Script})
	if fetch.KindOf(err) != fetch.Unreachable {
		t.Errorf("without packages: got %v", err)
	}
}

// A file has one address in a page, by whatever name and range it is asked for.
func TestOneLinkForAFile(t *testing.T) {
	r := newRegistry(t)
	r.add("lib", "1.2.3", map[string]string{"package.json": `{"name":"lib","version":"1.2.3","module":"m.js","dependencies":{"other":"^2.0.0"}}`, "m.js": "export {}", "more/x.js": "export {}"})
	r.add("other", "2.1.0", map[string]string{"package.json": `{"name":"other","version":"2.1.0","browser":{"fs":false}}`, "index.js": "1"})
	l := r.loader(newStore(t), nil)
	for _, test := range []struct{ specifier, importer, want string }{
		{"https://cdn.jsdelivr.net/npm/lib@1/+esm", "", "https://cdn.jsdelivr.net/npm/lib@1.2.3/m.js/+esm"},
		{"npm:lib", "", "https://cdn.jsdelivr.net/npm/lib@1.2.3/m.js/+esm"},
		{"./more/x", "npm:lib@1.2.3/m.js", "https://cdn.jsdelivr.net/npm/lib@1.2.3/more/x.js/+esm"},
		{"other", "npm:lib@1.2.3/m.js", "https://cdn.jsdelivr.net/npm/other@2.1.0/index.js/+esm"},
		{"fs", "npm:other@2.1.0/index.js", "data:text/javascript,export default {}"},
		{"missing", "npm:lib@1.2.3/m.js", ""},
	} {
		if got, err := l.Link(t.Context(), Request{Specifier: test.specifier, Importer: test.importer, Kind: Import}); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s of %s: %q %v, want %q", test.specifier, test.importer, got, err, test.want)
		}
	}
	for raw, want := range map[string]bool{"https://cdn.jsdelivr.net/npm/lib@1/+esm": true, "https://esm.sh/lib@1": true, "https://cdn.jsdelivr.net/npm/lib@1/m.js": false, "https://x.test/m.js": false} {
		if AsModule(raw) != want {
			t.Errorf("AsModule(%q) = %v", raw, !want)
		}
	}
}

func TestRedirectsLeadToWhereNamesStart(t *testing.T) {
	r := newRegistry(t)
	r.pages["a/latest.js"] = func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, "https://b.example/v2/main.js", http.StatusFound)
	}
	r.page("b/v2/main.js", "text/javascript", "main")
	r.page("b/v2/dep.js", "text/javascript", "dep")
	l := r.loader(newStore(t), nil)
	a, err := l.Load(context.Background(), Request{Specifier: "https://a.example/latest.js", Kind: Import})
	if err != nil || a.Address != "https://b.example/v2/main.js" {
		t.Fatalf("got %v %v", a, err)
	}
	if a, err = l.Load(context.Background(), Request{Specifier: "./dep.js", Importer: a.Address, Kind: Import}); err != nil || string(a.Text) != "dep" {
		t.Errorf("got %v %v", a, err)
	}
}

// TestEverythingWorksWithTheServerGone loads once, stops the server, and loads again.
func TestEverythingWorksWithTheServerGone(t *testing.T) {
	r := newRegistry(t)
	r.add("lib", "1.5.0", map[string]string{"index.js": "one", "package.json": `{"dependencies": {"dep": "^2"}}`})
	r.add("dep", "2.0.0", map[string]string{"index.js": "two"})
	r.page("a/x.js", "text/javascript", "x")
	s := newStore(t)
	requests := []Request{{"npm:lib@^1", "", Import}, {"dep", "npm:lib@1.5.0/index.js", Import}, {"https://a.example/x.js", "", Script}}
	load := func(l *Loader) (got []string) {
		for _, q := range requests {
			a, err := l.Load(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, a.Address, string(a.Text), a.SHA256)
		}
		return got
	}
	first := load(r.loader(s, nil))
	r.add("lib", "1.6.0", map[string]string{"index.js": "newer"}) // a range keeps what it meant
	n := len(r.requests())
	if diff := cmp.Diff(first, load(r.loader(s, nil))); diff != "" || len(r.requests()) != n {
		t.Errorf("the second time: %d requests, %s", len(r.requests())-n, diff)
	}
	r.Close()
	if diff := cmp.Diff(first, load(r.loader(s, offline))); diff != "" {
		t.Error(diff)
	}
	_, err := r.loader(s, offline).Load(context.Background(), Request{Specifier: "https://a.example/other.js", Kind: Script})
	if fetch.KindOf(err) != fetch.Offline {
		t.Errorf("got %v", err)
	}
}

func TestReloadFetchesOnceMore(t *testing.T) {
	r := newRegistry(t)
	s := newStore(t)
	for _, body := range []string{"one", "two"} {
		r.page("a/x.js", "text/javascript", body)
		l := r.loader(s, func(o *Options) { o.Reload = true })
		for range 2 {
			if a, err := l.Load(context.Background(), Request{Specifier: "https://a.example/x.js", Kind: Script}); err != nil || string(a.Text) != body {
				t.Errorf("got %v %v", a, err)
			}
		}
	}
	if n := len(r.requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// TestOneOfManyFetches loads the same from 16 loaders at once.
func TestOneOfManyFetches(t *testing.T) {
	r := newRegistry(t)
	r.add("lib", "1.0.0", map[string]string{"index.js": "one"})
	s := newStore(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			a, err := r.loader(s, nil).Load(context.Background(), Request{Specifier: "npm:lib@1.0.0", Kind: Import})
			if err != nil || string(a.Text) != "one" {
				t.Errorf("got %v %v", a, err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff([]string{"npm/lib/1.0.0", "npm/lib/-/lib-1.0.0.tgz"}, r.requests()); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedContentIsNotUsed(t *testing.T) {
	r := newRegistry(t)
	r.page("a/x.js", "text/javascript", "good")
	s := newStore(t)
	q := Request{Specifier: "https://a.example/x.js", Kind: Script}
	if _, err := r.loader(s, nil).Load(context.Background(), q); err != nil {
		t.Fatal(err)
	}
	damage := func() {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(s.Dir(), "kept", "blobs", "*", "*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("got %v %v", files, err)
		}
		if err := os.WriteFile(files[0], []byte("evil"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damage()
	if _, err := r.loader(s, offline).Load(context.Background(), q); !errors.As(err, new(*store.CorruptError)) {
		t.Errorf("offline: got %v", err)
	}
	if a, err := r.loader(s, nil).Load(context.Background(), q); err != nil || string(a.Text) != "good" {
		t.Errorf("it is not healed: %v %v", a, err)
	}
	damage()
	r.page("a/x.js", "text/javascript", "other")
	if _, err := r.loader(s, nil).Load(context.Background(), q); !errors.As(err, new(*ChangedError)) {
		t.Errorf("changed meanwhile: got %v", err)
	}
}

func TestHostilePackages(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: it takes long with the race detector, and nothing runs at once here")
	}
	header := func(name string, kind byte) tar.Header {
		return tar.Header{Name: name, Typeflag: kind, Linkname: "/etc/passwd", Mode: 0o644}
	}
	bomb := func(t *testing.T) []byte {
		list := make([]tar.Header, 9)
		for i := range list {
			list[i] = tar.Header{Name: fmt.Sprintf("package/%d.js", i), Typeflag: tar.TypeReg, Size: 31 << 20, Mode: 0o644}
		}
		zeros := strings.Repeat("\x00", 31<<20)
		return archiveOf(t, list, func(int) string { return zeros })
	}
	for _, test := range []struct {
		name    string
		archive func(t *testing.T) []byte
		want    string
	}{
		{"a parent", func(t *testing.T) []byte {
			return archiveOf(t, []tar.Header{header("package/../../x.js", tar.TypeReg)}, nil0)
		}, "leads out of it"},
		{"a parent in front", func(t *testing.T) []byte { return archiveOf(t, []tar.Header{header("../x.js", tar.TypeReg)}, nil0) }, "leads out of it"},
		{"an absolute path", func(t *testing.T) []byte { return archiveOf(t, []tar.Header{header("/etc/x.js", tar.TypeReg)}, nil0) }, "leads out of it"},
		{"a path of Windows", func(t *testing.T) []byte {
			return archiveOf(t, []tar.Header{header(`package\..\x.js`, tar.TypeReg)}, nil0)
		}, "is not a path"},
		{"a link", func(t *testing.T) []byte {
			return archiveOf(t, []tar.Header{header("package/index.js", tar.TypeSymlink), header("package/package.json", tar.TypeLink)}, nil0)
		}, "it has no package.json"},
		{"a device", func(t *testing.T) []byte {
			return archiveOf(t, []tar.Header{header("package/index.js", tar.TypeChar)}, nil0)
		}, "it has no package.json"},
		{"no archive", func(*testing.T) []byte { return []byte("<html>") }, "it is not gzip"},
		{"half an archive", func(t *testing.T) []byte {
			whole := tgz(t, map[string]string{"package.json": "{}", "index.js": strings.Repeat("xy", 1000)})
			return whole[:len(whole)-20]
		}, "unexpected EOF"},
		{"a bomb", bomb, "it unpacks to more than 256 MiB"},
		{"a giant", func(t *testing.T) []byte {
			return archiveOf(t, []tar.Header{{Name: "package/x.js", Typeflag: tar.TypeReg, Size: 33 << 20, Mode: 0o644}}, func(int) string { return strings.Repeat(" ", 33<<20) })
		}, "has more than 32 MiB"},
		{"many files", func(t *testing.T) []byte {
			list := make([]tar.Header, maxFiles+1)
			for i := range list {
				list[i] = tar.Header{Name: fmt.Sprintf("package/%d", i), Typeflag: tar.TypeReg, Mode: 0o644}
			}
			return archiveOf(t, list, nil0)
		}, "more than 50000 files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.archive(t)
			files, err := unpack("lib@1.0.0", text)
			if err == nil {
				err = (&opened{Package: Package{Name: "lib", Range: "1.0.0"}, files: files}).read()
			}
			if !errors.As(err, new(*ArchiveError)) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func nil0(int) string { return "" }

func TestOnlyWhatTheRegistryVouchesForIsOpened(t *testing.T) {
	r := newRegistry(t)
	r.add("lib", "1.0.0", map[string]string{"index.js": "one"})
	r.archive = func(_, _ string, honest []byte) []byte {
		return tgz(t, map[string]string{"package.json": "{}", "index.js": "evil"})
	}
	_, err := r.loader(newStore(t), nil).Load(context.Background(), Request{Specifier: "npm:lib@1.0.0", Kind: Import})
	if !errors.As(err, new(*IntegrityError)) {
		t.Errorf("got %v", err)
	}
}

// TestNothingLeadsInside asks for addresses of this machine: by themselves, by redirect.
func TestNothingLeadsInside(t *testing.T) {
	r := newRegistry(t)
	secret := newRegistry(t)
	secret.page("secret", "text/plain", "secret")
	r.pages["a/in.js"] = func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, strings.Replace(secret.URL, "http:", "https:", 1)+"/secret", http.StatusFound)
	}
	r.pages["a/plain.js"] = func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, secret.URL+"/secret", http.StatusFound)
	}
	r.pages["a/file.js"] = func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(302)
	}
	l := r.loader(newStore(t), nil)
	for _, specifier := range []string{
		"https://a.example/in.js", "https://a.example/plain.js", "https://a.example/file.js", secret.URL + "/secret",
		"https://127.0.0.1:1/x", "https://169.254.169.254/latest", "https://[::1]/x", "file:///etc/passwd", "data:text/javascript,1", "blob:x", "//127.0.0.1/x",
	} {
		if a, err := l.Load(context.Background(), Request{Specifier: specifier, Kind: Import}); err == nil {
			t.Errorf("%s: got %q", specifier, a.Text)
		}
	}
	if n := len(secret.requests()); n != 0 {
		t.Errorf("%d requests came inside", n)
	}
}

func TestKnownAnswersFirst(t *testing.T) {
	r := newRegistry(t)
	l := r.loader(newStore(t), func(o *Options) {
		o.Known = func(kind Kind, request string) (Asset, bool) {
			return Asset{Address: "npm:x@1.0.0/y.js", Text: []byte("locked")}, kind == Import && request == "npm:x@^1"
		}
	})
	if a, err := l.Load(context.Background(), Request{Specifier: "npm:x@^1", Kind: Import}); err != nil || string(a.Text) != "locked" {
		t.Errorf("got %v %v", a, err)
	}
	if len(r.requests()) != 0 {
		t.Error("the network was asked")
	}
}

func FuzzParsePackage(f *testing.F) {
	for _, s := range []string{"npm:a", "npm:@a/b@1.2/c/d", "npm:a@^1 || 2/x", "npm:/a", "npm:@a", "npm:a@/x", "npm:a/../..", "a@%5E1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePackage(text)
		if err != nil {
			return
		}
		if strings.HasPrefix(p.Path, "/") || p.Path == ".." || strings.HasPrefix(p.Path, "../") || strings.Contains(p.Name, "..") && strings.HasPrefix(p.Name, ".") {
			t.Errorf("%q became %#v", text, p)
		}
		if again, err := ParsePackage(p.String()); err != nil || again != p {
			t.Errorf("%#v became %#v, %v", p, again, err)
		}
	})
}

package asset

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// cdnFile is the file of a package that a URL of a CDN means.
type cdnFile struct {
	Package
	kind Kind
	// loose says that the CDN has its own folders: the file is looked for by its name.
	loose bool
}

// fromCDN reads the URLs of hosts that serve packages of npm:
//
//	https://cdn.jsdelivr.net/npm/NAME@V/PATH      /+esm behind it: as a module
//	https://unpkg.com/NAME@V/PATH                 ?module: as a module
//	https://esm.sh/NAME@V/PATH, esm.run, cdn.skypack.dev, ga.jspm.io/npm:NAME@V/PATH: as modules
//	https://cdnjs.cloudflare.com/ajax/libs/NAME/V/PATH
//	https://ajax.googleapis.com/ajax/libs/NAME/V/PATH
//	https://code.jquery.com/jquery-V.min.js
//	https://cdn.plot.ly/plotly-V.min.js
//	https://use.fontawesome.com/releases/vV/PATH
//	https://static.imjoy.io/spectre.css/FILE
func fromCDN(raw string, kind Kind) (c cdnFile, ok bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return c, false
	}
	rest := strings.TrimPrefix(u.Path, "/")
	c.kind = kind
	switch u.Host {
	case "cdn.jsdelivr.net", "fastly.jsdelivr.net":
		if rest, ok = strings.CutPrefix(rest, "npm/"); !ok {
			return c, false
		}
		if before, esm := strings.CutSuffix(rest, "/+esm"); esm {
			rest, c.kind = before, Import
		}
	case "unpkg.com", "www.unpkg.com":
		if u.Query().Has("module") {
			c.kind = Import
		}
	case "esm.sh", "esm.run", "cdn.skypack.dev", "cdn.esm.sh":
		rest = strings.TrimPrefix(buildOf().ReplaceAllString(rest, ""), "gh/")
		c.kind = Import
	case "ga.jspm.io":
		rest, c.kind = strings.TrimPrefix(rest, "npm:"), Import
	case "cdnjs.cloudflare.com", "ajax.googleapis.com":
		return libraries(rest, c)
	case "code.jquery.com", "cdn.plot.ly", "static.imjoy.io", "use.fontawesome.com":
		return wellKnown(u.Host, rest, c)
	default:
		return c, false
	}
	c.Package, err = ParsePackage(rest)
	return c, err == nil
}

// AsModule reports whether a URL is that of a CDN which makes modules of packages.
func AsModule(raw string) bool {
	c, ok := fromCDN(raw, Script)
	return ok && c.kind == Import
}

// Link is the address at which a page finds a module that another one asks for: of files
// of packages, that of a CDN which [Loader.Load] knows. A file has one such address,
// however it is asked for, so that a page runs it once.
func (l *Loader) Link(ctx context.Context, r Request) (string, error) {
	a, err := l.Load(ctx, r)
	switch {
	case err != nil:
		return "", err
	case a.Empty:
		return "data:text/javascript,export default {}", nil
	case !strings.HasPrefix(a.Address, "npm:"):
		return a.Request, nil
	}
	p, err := ParsePackage(a.Address)
	if err != nil {
		return "", err
	}
	return "https://cdn.jsdelivr.net/npm/" + p.Name + "@" + url.PathEscape(p.Range) + "/" + p.Path + "/+esm", nil
}

// buildOf is the number of a build that esm.sh puts first.
var buildOf = pattern(`^(stable/|v\d+/)`)

// libraries reads ajax/libs/NAME/V/PATH. Names and folders are the CDN's own.
func libraries(rest string, c cdnFile) (cdnFile, bool) {
	parts := strings.SplitN(rest, "/", 5)
	if len(parts) != 5 || parts[0] != "ajax" || parts[1] != "libs" {
		return c, false
	}
	name := strings.ToLower(parts[2])
	if other, ok := otherNames[name]; ok {
		name = other
	}
	var err error
	c.Package, err = ParsePackage(name + "@" + threeNumbers(parts[3]) + "/" + parts[4])
	c.loose = true
	return c, err == nil
}

// otherNames are libraries that npm has by another name.
var otherNames = map[string]string{
	"three.js": "three", "threejs": "three", "dat-gui": "dat.gui", "leaflet.draw": "leaflet-draw", "d3js": "d3", "angular.js": "angular",
	"chart.js": "chart.js", "jqueryui": "jquery-ui", "socket.io": "socket.io-client", "openlayers": "openlayers", "mathjs": "mathjs",
	"twitter-bootstrap": "bootstrap", "underscore.js": "underscore", "lodash.js": "lodash", "backbone.js": "backbone", "moment.js": "moment",
	"font-awesome": "font-awesome", "highlight.js": "highlight.js", "handlebars.js": "handlebars", "mustache.js": "mustache", "papaparse": "papaparse",
}

func threeNumbers(v string) string {
	if m := revision().FindStringSubmatch(v); m != nil {
		return "0." + m[1] + ".0" // three.js counts in revisions
	}
	for strings.Count(v, ".") < 2 && !strings.Contains(v, "-") {
		v += ".0"
	}
	return v
}

var (
	revision = pattern(`^r(\d+)$`)
	jquery   = pattern(`^jquery-(\d+\.\d+\.\d+)((\.slim)?(\.min)?\.js)$`)
	plotly   = pattern(`^plotly-(latest|\d+\.\d+\.\d+)(\.min)?\.js$`)
)

// lastPlotly is what "latest" has meant on cdn.plot.ly since version 2 came.
const lastPlotly = "1.58.5"

// wellKnown reads URLs of hosts with one library.
func wellKnown(host, rest string, c cdnFile) (cdnFile, bool) {
	switch host {
	case "code.jquery.com":
		if m := jquery().FindStringSubmatch(rest); m != nil {
			c.Package = Package{"jquery", m[1], "dist/jquery" + m[2]}
			return c, true
		}
	case "cdn.plot.ly":
		if m := plotly().FindStringSubmatch(rest); m != nil {
			v := m[1]
			if v == "latest" {
				v = lastPlotly
			}
			c.Package = Package{"plotly.js", v, "dist/plotly" + m[2] + ".js"}
			return c, true
		}
	case "use.fontawesome.com":
		if file, ok := strings.CutPrefix(rest, "releases/v"); ok && strings.HasPrefix(file, "5.") {
			v, file, _ := strings.Cut(file, "/")
			c.Package = Package{"@fortawesome/fontawesome-free", v, file}
			return c, true
		}
	case "static.imjoy.io":
		if file, ok := strings.CutPrefix(rest, "spectre.css/"); ok {
			c.Package = Package{"spectre.css", "^0.5.0", "dist/" + file}
			return c, true
		}
	}
	return c, false
}

// packaged gets the file of a package that a CDN's URL means.
func (l *Loader) packaged(ctx context.Context, c cdnFile) (*Asset, error) {
	if !c.loose {
		a, err := l.file(ctx, c.Package, c.kind)
		if plain, ok := unminified(c.Path); err != nil && ok && ctx.Err() == nil {
			c.Path = plain
			if other, e := l.file(ctx, c.Package, c.kind); e == nil {
				a, err = other, nil
			}
		}
		if err == nil && c.kind == Import {
			a.Text = withDefault(a.Text)
		}
		return a, err
	}
	p, err := l.unpacked(ctx, c.Name, c.Range)
	if err != nil {
		return nil, err
	}
	name, ok := p.named(c.Path)
	if plain, minified := unminified(c.Path); !ok && minified {
		name, ok = p.named(plain)
	}
	if !ok {
		return nil, fmt.Errorf("npm:%s@%s has no file like %q", p.Name, p.Range, c.Path)
	}
	return p.asset(name), nil
}

// unminified is the file that a CDN made a minified one of, where the package has none.
func unminified(file string) (string, bool) {
	for _, suffix := range []string{".js", ".css"} {
		if before, ok := strings.CutSuffix(file, ".min"+suffix); ok {
			return before + suffix, true
		}
	}
	return "", false
}

// named looks for a file in the folders where packages have what a CDN has at its
// root, else for the one file of that name.
func (p *opened) named(file string) (string, bool) {
	for _, dir := range []string{"", "dist", "build", "lib", "min", "umd", "distribute", "dist/js", "dist/css"} {
		if name := path.Join(dir, file); p.files[name] != nil {
			return name, true
		}
	}
	var same []string
	for name := range p.files {
		if strings.EqualFold(path.Base(name), path.Base(file)) {
			same = append(same, name)
		}
	}
	slices.SortFunc(same, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	if len(same) == 0 {
		return "", false
	}
	return same[0], true
}

var (
	hasDefault = pattern(`\bexport\s+default\b|\bas\s+default\b|\bexport\s*\*|\bmodule\.exports\b|\bexports\.`)
	exportList = pattern(`\bexport\s*\{([^}]*)\}`)
	identifier = pattern(`^[A-Za-z_$][\w$]*$`)
	exportOne  = pattern(`(?m)^\s*export\s+(?:let|const|var|class|function\*?|async\s+function)\s+([A-Za-z_$][\w$]*)`)
)

// withDefault does as CDNs do that make modules of packages: a module that exports one
// thing by name has it as its default as well.
func withDefault(text []byte) []byte {
	if hasDefault().Match(text) {
		return text
	}
	if lists := exportList().FindAllSubmatch(text, -1); len(lists) == 1 && !exportOne().Match(text) {
		if name := string(bytes.TrimSpace(lists[0][1])); identifier().MatchString(name) {
			return slices.Concat(text, []byte("\nexport {"+name+" as default};\n"))
		}
	} else if len(lists) > 0 {
		return text
	}
	if names := exportOne().FindAllSubmatch(text, 2); len(names) == 1 {
		return slices.Concat(text, []byte("\nexport {"+string(names[0][1])+" as default};\n"))
	}
	return text
}

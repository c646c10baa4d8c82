// Package imjoy_test holds the habits of the house as tests: which room may import
// which, that each introduces itself, and that what the guides name is there.
package imjoy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/imjoy-tools/imjoy/"

// rooms lists what each room may import of the others, floor by floor; docs/architecture.md
// says why. A room imports only rooms above it in this list.
var rooms = []struct{ name, imports string }{
	// Floor 1, words.
	{"pluginfile/source", ""},
	{"pluginfile/conf", "pluginfile/source"},
	{"engine/ndarray", ""},
	{"engine/value", "engine/ndarray"},
	{"schema", "pluginfile/conf pluginfile/source"},
	{"tags/form", "pluginfile/conf pluginfile/source"},
	{"tags/requirement", "pluginfile/conf pluginfile/source"},
	{"tags/permission", "pluginfile/conf pluginfile/source tags/requirement"},
	{"repository/address", ""},
	{"lint/glob", ""},
	// Floor 2, documents.
	{"pluginfile", "pluginfile/conf pluginfile/source"},
	{"pluginfile/format", "pluginfile pluginfile/conf pluginfile/source"},
	{"repository/manifest", "pluginfile pluginfile/conf pluginfile/source repository/address"},
	{"tags", "pluginfile pluginfile/conf pluginfile/source repository/address schema tags/form tags/permission tags/requirement"},
	{"workspace/workflow", "engine/value pluginfile pluginfile/conf pluginfile/source schema tags tags/form"},
	{"lint/analysis", "pluginfile pluginfile/conf pluginfile/source repository/address tags tags/form tags/permission tags/requirement"},
	{"lint", "lint/analysis lint/glob pluginfile pluginfile/conf pluginfile/source repository/address repository/manifest schema tags tags/form tags/permission tags/requirement workspace/workflow"},
	// Floor 3, the world.
	{"internal/corpus", ""},   // for tests
	{"internal/axe", ""},      // for tests
	{"internal/vendored", ""}, // for the programs that renew what is vendored
	{"repository/lock", ""},
	{"internal/fetch", "repository/address"},
	{"internal/confine", ""},
	{"internal/scratch", ""},
	{"internal/chromium", "internal/scratch"},
	{"internal/delegate", "internal/confine pluginfile/source"},
	{"repository/store", "repository/address"},
	{"repository/git", "internal/confine repository/address"},
	{"repository/asset", "internal/fetch repository/address repository/store"},
	{"repository", "internal/fetch pluginfile pluginfile/source repository/address repository/git repository/lock repository/manifest repository/store tags tags/permission tags/requirement"},
	{"engine/pyenv", "internal/confine repository/address tags/requirement"},
	{"engine/pyodide", "tags/requirement"},
	{"engine/internal/wire", "engine/ndarray engine/value"},
	{"engine/bundle", ""},
	{"repository/freeze", "engine/bundle pluginfile pluginfile/conf pluginfile/source repository/asset tags tags/requirement"},
	{"engine/internal/eventloop", ""},
	{"engine/internal/lower", ""},
	{"engine/internal/jsvm", "engine/bundle engine/internal/eventloop engine/internal/lower engine/internal/wire engine/ndarray engine/value pluginfile/source"},
	{"engine/internal/pyproc", "engine/internal/wire engine/value internal/confine pluginfile/source"},
	{"engine/internal/keeper", "engine/internal/pyproc internal/confine internal/scratch"},
	{"engine", "engine/bundle engine/internal/jsvm engine/internal/keeper engine/internal/lower engine/internal/pyproc engine/internal/wire engine/ndarray engine/value internal/confine internal/scratch pluginfile pluginfile/conf pluginfile/source tags tags/permission tags/requirement"},
	{"workspace", "engine engine/ndarray engine/value pluginfile/conf pluginfile/source repository/store schema tags tags/form tags/permission"},
	{"workspace/disk", "engine engine/value tags/permission"},
	{"workspace/plugintest", "engine engine/value pluginfile pluginfile/source tags workspace"},
	// Floor 4, faces.
	{"internal/findings", "pluginfile/source"},
	{"internal/lintcache", "lint pluginfile/source"},
	{"internal/terminal", "engine engine/value internal/findings pluginfile/conf pluginfile/source tags/form workspace"},
	{"docs-render", "pluginfile pluginfile/conf pluginfile/source repository/address repository/manifest schema tags tags/form tags/permission tags/requirement"},
	{"server/page", ""},
	{"server", "engine engine/bundle engine/ndarray engine/value internal/findings pluginfile pluginfile/conf pluginfile/source server/page tags tags/form tags/permission tags/requirement workspace"},
	{"internal/app", "*"},
	{"cmd/imjoy", "*"},
	{"bench/window", "internal/chromium"},
	{"bench/window/mirror", ""},
}

// TestImportsPointDown fails on an import that the list of rooms does not allow, and
// on a room that is not in it.
func TestImportsPointDown(t *testing.T) {
	known := map[string]int{}
	for i, room := range rooms {
		known[room.name] = i
	}
	for room, files := range packages(t) {
		at, ok := known[room]
		if !ok {
			t.Errorf("room %s is not in the list of rooms", room)
			continue
		}
		allowed := strings.Fields(rooms[at].imports)
		for _, file := range files {
			for _, spec := range parse(t, file, parser.ImportsOnly).Imports {
				name, _ := strconv.Unquote(spec.Path.Value)
				other, ours := strings.CutPrefix(name, module)
				if !ours || rooms[at].imports == "*" {
					continue
				}
				if to, ok := known[other]; !ok || to >= at || !slices.Contains(allowed, other) {
					t.Errorf("%s: %s must not import %s", file, room, other)
				}
			}
		}
	}
}

// TestRoomsIntroduceThemselves wants a package comment in each room.
func TestRoomsIntroduceThemselves(t *testing.T) {
	for room, files := range packages(t) {
		documented := slices.ContainsFunc(files, func(file string) bool {
			return parse(t, file, parser.PackageClauseOnly|parser.ParseComments).Doc != nil
		})
		if !documented {
			t.Errorf("no package comment in %s", room)
		}
	}
}

// TestProcessIsTouchedInOnePlace keeps the environment, the standard streams and the
// end of the process out of the rooms: tests and embedders give their own.
func TestProcessIsTouchedInOnePlace(t *testing.T) {
	forbidden := map[string]string{
		"os.Getenv":    "internal/corpus/corpus.go", // tests alone import it
		"os.LookupEnv": "", "os.Environ": "", "os.Exit": "", "os.Stdin": "", "os.Stdout": "",
		"os.Stderr": "engine/worker.go", // a worker that cannot even begin has nobody else to tell
	}
	for room, files := range packages(t) {
		if strings.HasPrefix(room, "cmd/") {
			continue
		}
		for _, file := range files {
			ast.Inspect(parse(t, file, 0), func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok {
						name := x.Name + "." + s.Sel.Name
						if except, bad := forbidden[name]; bad && except != file {
							t.Errorf("%s uses %s: only cmd/ may", file, name)
						}
					}
				}
				return true
			})
		}
	}
}

// link finds what a guide points at: relative links of Markdown.
var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// TestGuidesNameWhatIsThere follows the relative links of all guides.
func TestGuidesNameWhatIsThere(t *testing.T) {
	guides, _ := filepath.Glob("*.md")
	more, _ := filepath.Glob("docs/*.md")
	guides = append(guides, more...)
	if len(guides) < 5 {
		t.Fatalf("only %d guides", len(guides))
	}
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(guide), m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", guide, m[1])
			}
		}
	}
}

// TestTopLevelHoldsNoStrayFiles fails on a file beside go.mod that no newcomer would
// expect there: a download, an archive, what an editor left.
func TestTopLevelHoldsNoStrayFiles(t *testing.T) {
	expected := []string{".md", ".mod", ".sum", ".json", ".yml"}
	built := []string{"imjoy", "imjoy.exe", "LICENSE"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || strings.HasPrefix(name, ".") || slices.Contains(built, name) || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if !slices.Contains(expected, path.Ext(name)) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}

// packages returns the Go files of each folder that has some, tests and test data
// left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !generator(t, name) {
			name = filepath.ToSlash(name)
			found[path.Dir(name)] = append(found[path.Dir(name)], name)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("found %d packages: %v", len(found), err)
	}
	return found
}

// generator reports a file that is a program of its own, for `go run`: it is part of no
// room.
func generator(t *testing.T, name string) bool {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(string(text), "//go:build ignore\n")
}

func parse(t *testing.T, file string, mode parser.Mode) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, mode)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

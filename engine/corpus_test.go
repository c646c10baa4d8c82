package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
	"github.com/imjoy-tools/imjoy/workspace"
)

var update = flag.Bool("update", false, "write docs/status.md anew")

// statusPage says which public plugins run; its table is what the test finds.
const statusPage = "../docs/status.md"

// outcome is how far a public plugin gets, and what stops it.
type outcome struct{ group, why string }

// The groups, in the order of the page.
const (
	runs         = "runs"
	opens        = "opens"
	needsURL     = "needs a URL"
	needsPackage = "needs packages"
	needsFiles   = "needs files"
	needsPage    = "needs a page"
	unknownType  = "unknown type"
	broken       = "broken"
)

var groups = []struct{ name, meaning string }{
	{runs, "`setup` and `run` return; `run` gets an empty `ctx`, or what the test gives it"},
	{opens, "`setup` returns; there is no `run` to call, other functions can be called with `--method`"},
	{needsURL, "loads scripts by address before it starts; this test loads nothing"},
	{needsPackage, "imports a Python package that the test's interpreter does not have; `imjoy run` makes an environment with those that are declared"},
	{needsFiles, "works inside a repository that its `requirements` name; `imjoy run` clones it, this test does not"},
	{needsPage, "lives in a browser page (`imjoy run` shows it in one); this test has none"},
	{unknownType, "its type is none of the format's"},
	{broken, "the file itself has a fault, which `imjoy lint` shows"},
}

// TestCorpusRuns runs every public plugin as `imjoy run` does, without network, and
// compares with the table of docs/status.md. None hangs, and none finds a fault of
// ours.
func TestCorpusRuns(t *testing.T) {
	files := corpus.Files(t)
	python := engine.Python(interpreterWithNumpy(t))
	var table, summary strings.Builder
	counts, total := map[string]int{}, 0
	rows := map[string][]string{}
	for _, file := range files {
		plan, o := tryCorpus(t, file, python)
		words := strings.SplitN(file.Name, "/", 3)
		rows[o.group] = append(rows[o.group], fmt.Sprintf("| %s | %s/%s | `%s` | %s | %s |\n", plan.name, words[0], words[1], words[2], plan.kind, o.why))
		counts[o.group]++
		total++
	}
	for _, g := range groups {
		fmt.Fprintf(&summary, "| %s | %d | %s |\n", g.name, counts[g.name], g.meaning)
		fmt.Fprintf(&table, "\n### %s (%d)\n\n| plugin | repository | file | type | what |\n|---|---|---|---|---|\n%s", g.name, counts[g.name], strings.Join(rows[g.name], ""))
		delete(counts, g.name)
	}
	if len(counts) > 0 {
		t.Errorf("groups that nobody knows: %v", counts)
	}
	compareStatus(t, fmt.Sprintf("| | plugins | |\n|---|---|---|\n%s| all | %d | |\n%s", summary.String(), total, table.String()))
}

// described is what the page says of a plugin beside its outcome.
type described struct{ name, kind string }

// tryCorpus runs one plugin.
func tryCorpus(t *testing.T, file corpus.File, python engine.Runtime) (described, outcome) {
	t.Helper()
	doc, found := pluginfile.Parse(file.Name, file.Text)
	plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
	d := described{strings.TrimSuffix(path.Base(file.Name), ".imjoy.html"), "?"}
	if plan != nil {
		d = described{plan.Name, plan.Type}
	}
	if blocking := pluginfile.Blocking(found); len(blocking) > 0 {
		return d, outcome{broken, "`" + blocking[0].Code + "`"}
	}
	dir := t.TempDir()
	w := workspace.Open(workspace.Options{
		Dir: dir, Runtimes: []engine.Runtime{engine.Worker(), python}, Limits: engine.Limits{Timeout: 20 * time.Second},
		Frontend: workspace.Frontend{Dialogs: people{}, Files: folder{}},
	})
	given := corpusInput[plan.Name]
	_, err := w.Run(t.Context(), workspace.Job{Plan: plan, Config: given.config, Data: given.data})
	if closing := w.Close(context.Background()); closing != nil {
		t.Errorf("%s: %v", file.Name, closing)
	}
	if err != nil && strings.Contains(err.Error(), "bug in imjoy") {
		t.Errorf("%s: %v", file.Name, err)
	}
	return d, judge(t, file.Name, err)
}

// judge names what stopped a plugin. What it cannot name fails the test.
func judge(t *testing.T, name string, err error) outcome {
	t.Helper()
	var missing *engine.NoRuntime
	var method *workspace.NoMethodError
	var thrown *engine.ScriptError
	switch {
	case err == nil:
		return outcome{runs, ""}
	case errors.As(err, &method):
		return outcome{opens, strings.Join(method.Exports, ", ")}
	case errors.As(err, &missing) && len(missing.Plan.Runtimes) == 0:
		return outcome{unknownType, ""}
	case errors.As(err, &missing):
		return outcome{needsPage, ""}
	case !errors.As(err, &thrown):
		t.Errorf("%s: %v", name, err)
		return outcome{broken, "?"}
	}
	switch {
	case thrown.Name == "RequirementError", strings.Contains(thrown.Message, "modules cannot load others"):
		return outcome{needsURL, addressIn(thrown.Message)}
	case thrown.Name == "ModuleNotFoundError":
		_, module, _ := strings.Cut(thrown.Message, "'")
		module, _, _ = strings.Cut(module, "'")
		if module == "js" {
			return outcome{needsPage, "module `js` of Pyodide"}
		}
		return outcome{needsPackage, "`" + module + "`"}
	case thrown.Name == "ImportError" && strings.HasPrefix(thrown.Message, "js is the browser's"):
		return outcome{needsPage, "module `js` of Pyodide"}
	case thrown.Name == "FileNotFoundError":
		_, folder, _ := strings.Cut(thrown.Message, "'")
		return outcome{needsFiles, "`" + strings.TrimSuffix(folder, "'") + "`"}
	case thrown.Name == "SyntaxError":
		at, _ := thrown.Frames[0].Place.Range()
		return outcome{broken, fmt.Sprintf("SyntaxError in line %d", at.Line)}
	}
	t.Errorf("%s: %v", name, err)
	return outcome{broken, thrown.Name}
}

func addressIn(message string) string {
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" \",", r) }) {
		if strings.HasPrefix(word, "http") {
			return "<" + strings.TrimSuffix(word, ":") + ">"
		}
	}
	return ""
}

// corpusInput is what plugins get that cannot run on nothing.
var corpusInput = map[string]struct {
	config *value.Object
	data   value.Value
}{
	"2D Histogram": {value.NewObject("width", 8.0, "height", 8.0, "pixel_size", 1.0),
		value.NewObject("type", "localization/table", "table", value.NewObject("rows", 2.0, "tableDict", value.NewObject("x", []any{1.0, 2.0}, "y", []any{1.0, 2.0}, "frame", []any{1.0, 1.0})))},
}

// interpreterWithNumpy finds a python3 of PATH or of the system that has numpy.
func interpreterWithNumpy(t *testing.T) func(context.Context, *requirement.Declaration) (engine.Command, error) {
	t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		path, err := engine.ResolvePython(t.Context(), filepath.Join(folder, "python3"), env)
		if err == nil && exec.Command(path, "-c", "import numpy").Run() == nil {
			dir := t.TempDir()
			return func(context.Context, *requirement.Declaration) (engine.Command, error) {
				return engine.Command{Python: path, Env: env, Dir: dir}, nil
			}
		}
	}
	t.Fatal("no python3 here has numpy: install python3-numpy")
	return nil
}

// compareStatus compares with the page below its first table, or writes it.
func compareStatus(t *testing.T, want string) {
	t.Helper()
	page, err := os.ReadFile(statusPage)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- what follows is written by the test -->\n\n"
	head, got, ok := strings.Cut(string(page), mark)
	if !ok {
		t.Fatalf("%s has no line %q", statusPage, mark)
	}
	if *update {
		if err := os.WriteFile(statusPage, []byte(head+mark+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not what runs (write it anew with -update): %s", statusPage, diff)
	}
}

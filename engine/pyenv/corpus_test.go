package pyenv

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

var update = flag.Bool("update", false, "write the table of docs/status.md anew")

const (
	statusPage = "../../docs/status.md"
	tableBegin = "<!-- Python declarations, written by a test -->\n"
	tableEnd   = "<!-- end of Python declarations -->\n"
)

// TestCorpusDeclarations reads what every Python plugin of the public ones declares,
// for each tag, and what becomes of it without conda, and compares with the table of
// docs/status.md.
func TestCorpusDeclarations(t *testing.T) {
	e := &Environments{Options{Env: func(string) string { return "" }}}
	rows, count := []string{}, struct{ plugins, tags, ready, consent, unmet, unread int }{}
	for _, file := range corpus.Files(t) {
		doc, _ := pluginfile.Parse(file.Name, file.Text)
		names := doc.Config.Tags
		if len(names) == 0 {
			names = []string{""}
		}
		python := false
		for _, tag := range names {
			plan, _ := tags.Resolve(doc, tag)
			if plan == nil || plan.Type != "native-python" && plan.Type != "web-python" {
				continue
			}
			python = true
			count.tags++
			row, kind := e.declarationRow(plan, file.Name)
			rows = append(rows, row)
			switch kind {
			case "ready":
				count.ready++
			case "consent":
				count.consent++
			case "unmet":
				count.unmet++
			case "unread":
				count.unread++
			}
		}
		if python {
			count.plugins++
		}
	}
	if count.plugins < 30 || len(rows) != count.ready+count.consent+count.unmet+count.unread {
		t.Fatalf("%+v of %d rows", count, len(rows))
	}
	table := tableBegin + fmt.Sprintf(`
%d plugins with %d variants (a plugin for each of its tags): %d ask for nothing but
wheels and clones, %d need a word first (code that runs while they are installed, or
commands), %d want packages of conda that have no name for pip, %d cannot be read whole.

| plugin | tag | repository | Python | declared | for pip | left out | needs |
|---|---|---|---|---|---|---|---|
`, count.plugins, count.tags, count.ready, count.consent, count.unmet, count.unread) + strings.Join(rows, "\n") + "\n\n" + tableEnd
	page, err := os.ReadFile(statusPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), tableBegin)
	old, after, ended := strings.Cut(rest, tableEnd)
	if !found || !ended {
		t.Fatalf("%s has no place for the table", statusPage)
	}
	if *update {
		if err := os.WriteFile(statusPage, []byte(before+table+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(tableBegin+old+tableEnd, table); diff != "" {
		t.Errorf("%s is not true any more; read the difference, then -update:\n%s", statusPage, diff)
	}
}

// declarationRow is a line of the table, and what it takes to make the environment.
func (e *Environments) declarationRow(plan *tags.Plan, file string) (row, kind string) {
	d := plan.Needs
	var declared, mapped, left, needs []string
	code := func(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }
	kind = "ready"
	for _, p := range d.Conda {
		declared = append(declared, code("conda: "+p.CondaSpec()))
	}
	for _, p := range d.Pip {
		if !p.Implied {
			declared = append(declared, code(p.String()))
		}
	}
	for _, r := range d.Repos {
		declared = append(declared, code("repo: "+path.Base(r.URL)))
	}
	s := &Spec{Declaration: d}
	unmet := e.assign(s)
	for _, p := range s.Pip {
		if !slices.ContainsFunc(d.Pip, func(o requirement.Package) bool { return o.String() == p.String() }) {
			mapped = append(mapped, code(p.String()))
		}
	}
	for _, l := range s.Left {
		left = append(left, code(l.Text))
	}
	for _, u := range unmet {
		needs, kind = append(needs, "`--map` or conda: "+code(u.Text)), "unmet"
	}
	if err := e.consent(s); err != nil {
		for _, item := range err.(*ConsentError).Items {
			needs = append(needs, fmt.Sprintf("`%s`: %s", err.(*ConsentError).Flag, code(item.Text)))
		}
		kind = cmp.Or(map[string]string{"ready": "consent"}[kind], kind)
	}
	for _, item := range d.Refused {
		needs, kind = append(needs, "not readable: "+code(item.Text)), "unread"
	}
	constraint := ""
	if d.Python != nil {
		constraint = code(d.Python.Constraint)
	}
	parts := strings.SplitN(file, "/", 3)
	cells := []string{plan.Name, plan.Tag, parts[0] + "/" + parts[1], constraint}
	for _, list := range [][]string{declared, mapped, left, needs} {
		cells = append(cells, strings.Join(list, " "))
	}
	return "| " + strings.Join(cells, " | ") + " |", kind
}

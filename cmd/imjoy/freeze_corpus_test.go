package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

const (
	freezeBegin = "<!-- frozen plugins, written by a test -->\n"
	freezeEnd   = "<!-- end of frozen plugins -->\n"
)

// TestCorpusFrozen freezes the public plugins that live in a page or a worker, with
// what the npm registry has, and counts how many need no network before and after. It
// compares with the table of docs/status.md, or writes it with UPDATE_STATUS=1. It runs
// only where IMJOY_NPM names the host of the registry.
func TestCorpusFrozen(t *testing.T) {
	files := corpus.Files(t)
	host := os.Getenv("IMJOY_NPM")
	if host == "" {
		t.Skip("IMJOY_NPM is not set: it names the host of the npm registry")
	}
	m := newMachine(t)
	count := map[string]*tally{"window": {}, "web-worker": {}, "iframe": {}}
	var rows []string
	for i, file := range files {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
		if plan == nil || count[plan.Type] == nil || len(pluginfile.Blocking(found)) > 0 {
			continue
		}
		c := count[plan.Type]
		name := fmt.Sprintf("p%d.imjoy.html", i)
		m.write(name, string(file.Text))
		before, after := m.freezing(t, name, "--offline", "--cdn", "off"), m.freezing(t, name, "--allow-net", host)
		c.plugins++
		row := []string{plan.Name, strings.Join(strings.SplitN(file.Name, "/", 3)[:2], "/"), plan.Type, fmt.Sprint(before.required() + len(before.Parts)), fmt.Sprint(len(after.Parts)), after.why()}
		if before.alone() {
			c.alone++
		}
		home := m.env["IMJOY_HOME"]
		m.env["IMJOY_HOME"] = m.TempDir() // where nothing is kept
		if after.Complete {
			c.frozen++
		} else {
			row[3] = fmt.Sprint(max(before.required(), after.required()))
		}
		if plan.Type != "window" && m.starts(name) {
			c.starts++
		}
		if plan.Type != "window" && m.starts("f-"+name) {
			c.startsFrozen++
		}
		m.env["IMJOY_HOME"] = home
		if !before.alone() {
			rows = append(rows, "| "+strings.Join(row, " | ")+" |\n")
		}
	}
	slices.Sort(rows)
	var table strings.Builder
	table.WriteString(freezeBegin + "\n| type | plugins | load nothing from elsewhere | hold everything when frozen | start offline | start offline, frozen |\n|---|---|---|---|---|---|\n")
	for _, kind := range []string{"window", "web-worker", "iframe"} {
		c := count[kind]
		starts := fmt.Sprintf("%d | %d", c.starts, c.startsFrozen)
		if kind == "window" {
			starts = "– | –"
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %s |\n", kind, c.plugins, c.alone, c.frozen, starts)
	}
	table.WriteString("\n| plugin | repository | type | needs | put in | left |\n|---|---|---|---|---|---|\n" + strings.Join(rows, "") + freezeEnd)
	compareFrozen(t, table.String())
}

type tally struct{ plugins, alone, frozen, starts, startsFrozen int }

// frozen is what the command tells of one plugin.
type frozen struct {
	Complete bool
	Parts    []struct{ Kind string }
	Left     []struct {
		URL, Why string
		Later    bool
	}
}

func (f *frozen) required() (n int) {
	for _, l := range f.Left {
		if !l.Later {
			n++
		}
	}
	return n
}

// alone reports that the plugin names nothing that it must load.
func (f *frozen) alone() bool { return f.Complete && len(f.Parts) == 0 }

var hosts = regexp.MustCompile(`https?://[^/\s]+`)

// why lists the hosts of what is left, which a table has room for.
func (f *frozen) why() string {
	var list []string
	for _, l := range f.Left {
		if l.Later {
			continue
		}
		where := hosts.FindString(l.URL)
		if where == "" {
			where = hosts.FindString(l.Why)
		}
		if where == "" {
			where = l.URL
		}
		if where = strings.TrimPrefix(where, "https://"); !slices.Contains(list, where) {
			list = append(list, where)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func (m *machine) freezing(t *testing.T, name string, flags ...string) *frozen {
	t.Helper()
	code, out, said := m.imjoy(append([]string{"freeze", name, "-o", "f-" + name, "-q", "--format", "json"}, flags...)...)
	var f frozen
	if err := json.Unmarshal([]byte(out), &f); err != nil || code > 1 {
		t.Errorf("%s: exit %d: %v %s", name, code, err, said)
	}
	return &f
}

// starts runs the plugin's setup without a network.
func (m *machine) starts(name string) bool {
	code, _, _ := m.imjoy("run", name, "--offline", "--method", "setup", "--timeout", "20s")
	return code == 0
}

func compareFrozen(t *testing.T, table string) {
	t.Helper()
	page := filepath.Join("..", "..", "docs", "status.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), freezeBegin)
	was, after, closed := strings.Cut(rest, freezeEnd)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", page)
	}
	if freezeBegin+was+freezeEnd == table {
		return
	}
	if os.Getenv("UPDATE_STATUS") == "" {
		t.Errorf("%s says otherwise; UPDATE_STATUS=1 writes\n%s", page, table)
		return
	}
	if err := os.WriteFile(page, []byte(before+table+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

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

// The places of the tables: how they begin and end.
var (
	frozenByNPM    = [2]string{"<!-- frozen plugins, written by a test -->\n", "<!-- end of frozen plugins -->\n"}
	frozenByMirror = [2]string{"<!-- frozen plugins with mirrors, written by a test -->\n", "<!-- end of frozen plugins with mirrors -->\n"}
)

// TestCorpusFrozen freezes the public plugins that live in a page or a worker, and starts
// each without a network and with nothing kept, as it is and frozen: windows and frames in a
// browser that nobody sees, others in a worker. It compares with the table of
// docs/status-install.md, or writes it with UPDATE_STATUS=1. It runs only where IMJOY_NPM
// names the host of the npm registry; IMJOY_MIRRORS may say where other hosts are copied,
// which has a table of its own.
func TestCorpusFrozen(t *testing.T) {
	files := corpus.Files(t)
	host := os.Getenv("IMJOY_NPM")
	if host == "" {
		t.Skip("IMJOY_NPM is not set: it names the host of the npm registry")
	}
	m := newMachine(t)
	place := frozenByNPM
	if mirrors := os.Getenv("IMJOY_MIRRORS"); mirrors != "" {
		m.env["IMJOY_MIRRORS"], place = mirrors, frozenByMirror
	}
	count := map[string]*tally{"window": {}, "web-worker": {}, "iframe": {}}
	var rows []string
	for i, file := range files {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
		if plan == nil || count[plan.Type] == nil || len(pluginfile.Blocking(found)) > 0 {
			continue
		}
		name := fmt.Sprintf("p%d.imjoy.html", i)
		m.write(name, string(file.Text))
		one := m.measureFrozen(t, name, plan, host)
		count[plan.Type].add(one)
		t.Logf("%s: %+v", file.Name, one)
		if !one.before.alone() || !one.starts || !one.startsFrozen {
			rows = append(rows, one.row(plan, strings.Join(strings.SplitN(file.Name, "/", 3)[:2], "/")))
		}
	}
	slices.Sort(rows)
	var table strings.Builder
	table.WriteString(place[0] + "\n| type | plugins | load nothing from elsewhere | hold everything when frozen | start offline | start offline, frozen |\n|---|---|---|---|---|---|\n")
	for _, kind := range []string{"window", "web-worker", "iframe"} {
		c := count[kind]
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d |\n", kind, c.plugins, c.alone, c.frozen, c.starts, c.startsFrozen)
	}
	table.WriteString("\n| plugin | repository | type | needs | put in | left | starts offline | frozen |\n|---|---|---|---|---|---|---|---|\n" + strings.Join(rows, "") + place[1])
	compareFrozen(t, place, table.String())
}

// measured is one plugin before and after it was frozen.
type measured struct {
	before, after        *frozen
	starts, startsFrozen bool
}

func (m *machine) measureFrozen(t *testing.T, name string, plan *tags.Plan, host string) measured {
	t.Helper()
	one := measured{before: m.freezing(t, name, "--offline", "--cdn", "off"), after: m.freezing(t, name, "--cdn", "npm", "--allow-net", host)}
	home, mirrors := m.env["IMJOY_HOME"], m.env["IMJOY_MIRRORS"]
	defer func() { m.env["IMJOY_HOME"], m.env["IMJOY_MIRRORS"] = home, mirrors }()
	m.env["IMJOY_HOME"], m.env["IMJOY_MIRRORS"] = m.TempDir(), "" // where nothing is kept
	one.starts, one.startsFrozen = m.starts(t, name, plan), m.starts(t, "f-"+name, plan)
	return one
}

func (one measured) row(plan *tags.Plan, repository string) string {
	needs := one.before.required() + len(one.before.Parts)
	if !one.after.Complete {
		needs = max(one.before.required(), one.after.required())
	}
	word := map[bool]string{true: "yes", false: "no"}
	return fmt.Sprintf("| %s | %s | %s | %d | %d | %s | %s | %s |\n", plan.Name, repository, plan.Type, needs, len(one.after.Parts), one.after.why(), word[one.starts], word[one.startsFrozen])
}

type tally struct{ plugins, alone, frozen, starts, startsFrozen int }

func (c *tally) add(one measured) {
	c.plugins++
	for into, is := range map[*int]bool{&c.alone: one.before.alone(), &c.frozen: one.after.Complete, &c.starts: one.starts, &c.startsFrozen: one.startsFrozen} {
		if is {
			*into++
		}
	}
}

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
	code, out, said := m.imjoy(append([]string{"freeze", name, "-o", "f-" + name, "-q", "--json"}, flags...)...)
	var f frozen
	if err := json.Unmarshal([]byte(out), &f); err != nil || code > 1 {
		t.Errorf("%s: exit %d: %v %s", name, code, err, said)
	}
	return &f
}

// starts runs the plugin's setup without a network.
func (m *machine) starts(t *testing.T, name string, plan *tags.Plan) bool {
	args := []string{"run", name, "--offline", "--method", "setup", "--timeout", "30s", "--quiet"}
	if plan.Type != "web-worker" {
		args = append(args, "--headless")
	}
	code, _, said := m.imjoy(args...)
	if code != exitFine {
		t.Logf("%s: exit %d: %.400s", name, code, strings.ReplaceAll(said, "\n", " | "))
	}
	return code == exitFine
}

func compareFrozen(t *testing.T, place [2]string, table string) {
	t.Helper()
	page := filepath.Join("..", "..", "docs", "status-install.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), place[0])
	was, after, closed := strings.Cut(rest, place[1])
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", page)
	}
	if place[0]+was+place[1] == table {
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

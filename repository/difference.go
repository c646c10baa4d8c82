package repository

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/store"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Difference is what an upgrade changes in one plugin.
type Difference struct {
	Blocks       []BlockDifference
	Permissions  permission.Change
	Requirements Words // packages, repositories, URLs, variables, commands
	Dependencies Words
}

// Words are what is new and what is gone in a list.
type Words struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// BlockDifference is how one block changed.
type BlockDifference struct {
	Block  string // its start tag: `<script lang="python">`
	Status string // "added", "removed", "changed"
	// Diff is the change as a unified diff without a header; of a block that is new
	// or gone all its lines.
	Diff []string
}

// Empty reports whether nothing a person would look at changed.
func (d *Difference) Empty() bool {
	return len(d.Blocks) == 0 && len(d.Requirements.Added)+len(d.Requirements.Removed)+len(d.Dependencies.Added)+len(d.Dependencies.Removed) == 0 &&
		d.Permissions.Added.Empty() && d.Permissions.Removed.Empty()
}

// Difference compares a plugin that has a plan with an installed version of it. A
// version whose bytes cannot be read is compared as if it had none.
func (r *Repository) Difference(ctx context.Context, before *store.Version, after *Plugin) *Difference {
	var old *pluginfile.Document
	plan := &tags.Plan{}
	if text, err := r.c.Store.Blob(before.SHA256); err == nil {
		old, _ = pluginfile.Parse(after.Document.Source.Name, text)
		if p, _ := tags.Resolve(old, before.Tag); p != nil {
			plan = p
		}
	}
	d := &Difference{
		Permissions:  permission.Diff(plan.Asks(), after.Plan.Asks()),
		Requirements: difference(needsOf(plan), needsOf(after.Plan)),
		Dependencies: difference(addressesOf(plan), addressesOf(after.Plan)),
	}
	var blocks []*pluginfile.Block
	if old != nil {
		blocks = old.Recovered
	}
	d.Blocks = compareBlocks(blocks, after.Document.Recovered)
	return d
}

func difference(old, now []string) Words {
	w := Words{Added: []string{}, Removed: []string{}}
	for _, word := range now {
		if !slices.Contains(old, word) && !slices.Contains(w.Added, word) {
			w.Added = append(w.Added, word)
		}
	}
	for _, word := range old {
		if !slices.Contains(now, word) && !slices.Contains(w.Removed, word) {
			w.Removed = append(w.Removed, word)
		}
	}
	return w
}

// needsOf lists what a plan needs, as written.
func needsOf(p *tags.Plan) (list []string) {
	n := p.Needs
	if n == nil {
		return nil
	}
	add := func(kind, text string) { list = append(list, kind+" "+strings.TrimSpace(text)) }
	if n.Python != nil {
		add("python", n.Python.Constraint)
	}
	for _, x := range n.Conda {
		add("conda", x.Text)
	}
	for _, x := range n.Pip {
		if !x.Implied {
			add("pip", x.Text)
		}
	}
	for _, x := range n.Repos {
		add("repository", x.URL)
	}
	for _, x := range n.URLs {
		add("load", x.URL)
	}
	for _, x := range n.Commands {
		add("command", permission.Line(x.Words))
	}
	for _, x := range n.Variables {
		add("variable", x.Name+"="+x.Value)
	}
	return list
}

func addressesOf(p *tags.Plan) (list []string) {
	for _, d := range p.Dependencies {
		list = append(list, d.Address.String())
	}
	return list
}

// compareBlocks pairs blocks by their start tags, in order, and then what is left of
// each kind in order: a block whose attribute changed is still that block.
func compareBlocks(old, now []*pluginfile.Block) (list []BlockDifference) {
	partner := make([]*pluginfile.Block, len(now))
	taken := map[*pluginfile.Block]bool{}
	pair := func(same func(a, b *pluginfile.Block) bool) {
		for i, b := range now {
			for _, a := range old {
				if partner[i] == nil && !taken[a] && same(a, b) {
					partner[i], taken[a] = a, true
				}
			}
		}
	}
	pair(func(a, b *pluginfile.Block) bool { return startTag(a) == startTag(b) })
	pair(func(a, b *pluginfile.Block) bool { return a.Kind == b.Kind })
	for i, b := range now {
		switch a := partner[i]; {
		case a == nil:
			list = append(list, BlockDifference{startTag(b), "added", unified(nil, linesOf(b))})
		case startTag(a) != startTag(b) || textOf(a) != textOf(b):
			diff := unified(linesOf(a), linesOf(b))
			if startTag(a) != startTag(b) {
				diff = append([]string{"-" + startTag(a), "+" + startTag(b)}, diff...)
			}
			list = append(list, BlockDifference{startTag(b), "changed", diff})
		}
	}
	for _, a := range old {
		if !taken[a] {
			list = append(list, BlockDifference{startTag(a), "removed", unified(linesOf(a), nil)})
		}
	}
	return list
}

func startTag(b *pluginfile.Block) string {
	return strings.Join(strings.Fields(string(b.Source.Text[b.Tag.Start:b.Tag.End])), " ")
}

func linesOf(b *pluginfile.Block) []string {
	text := strings.Trim(strings.ReplaceAll(textOf(b), "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// unified writes a diff of lines with three lines around each change.
func unified(old, now []string) (out []string) {
	ops := editLines(old, now)
	for from := 0; from < len(ops); {
		if !near(ops, from) {
			from++
			continue
		}
		to := from
		for to < len(ops) && near(ops, to) {
			to++
		}
		out = append(out, hunk(ops[from:to])...)
		from = to
	}
	return out
}

// near reports whether a line changes or stands close to one that does.
func near(ops []lineEdit, at int) bool {
	const around = 3
	return slices.ContainsFunc(ops[max(0, at-around):min(len(ops), at+around+1)], func(op lineEdit) bool { return op.mark != ' ' })
}

func hunk(ops []lineEdit) []string {
	lines := []string{""}
	var old, now int
	for _, op := range ops {
		lines = append(lines, string(op.mark)+op.text)
		if op.mark != '+' {
			old++
		}
		if op.mark != '-' {
			now++
		}
	}
	lines[0] = fmt.Sprintf("@@ -%d,%d +%d,%d @@", begin(ops[0].old, old), old, begin(ops[0].now, now), now)
	return lines
}

// begin is the first line of a hunk as diffs count: 0 for an empty side.
func begin(at, count int) int {
	if count == 0 {
		return at
	}
	return at + 1
}

// lineEdit is one line that stays, goes or comes; old and now are how many lines of
// each side stand before it.
type lineEdit struct {
	mark     byte
	text     string
	old, now int
}

// editLines finds the longest common lines. Texts whose table would be too large are
// replaced as a whole between what they have in common at both ends.
func editLines(old, now []string) (ops []lineEdit) {
	head := 0
	for head < len(old) && head < len(now) && old[head] == now[head] {
		ops = append(ops, lineEdit{' ', old[head], head, head})
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(now)-head && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	a, b := old[head:len(old)-tail], now[head:len(now)-tail]
	i, j := 0, 0
	common := func(int, int) int { return 0 }
	if len(a)*len(b) <= maxDiffTable {
		common = commonLines(a, b)
	}
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			ops = append(ops, lineEdit{' ', a[i], head + i, head + j})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common(i+1, j) >= common(i, j+1)):
			ops = append(ops, lineEdit{'-', a[i], head + i, head + j})
			i++
		default:
			ops = append(ops, lineEdit{'+', b[j], head + i, head + j})
			j++
		}
	}
	for k := range tail {
		ops = append(ops, lineEdit{' ', old[len(old)-tail+k], len(old) - tail + k, len(now) - tail + k})
	}
	return ops
}

// commonLines answers how many lines a[i:] and b[j:] have in common, in order.
func commonLines(a, b []string) func(i, j int) int {
	width := len(b) + 1
	table := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	return func(i, j int) int { return int(table[i*width+j]) }
}

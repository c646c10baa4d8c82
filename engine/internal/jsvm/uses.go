package jsvm

import (
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// Built-ins that are large, or that are changed here, are taken, and changed, before the
// first script that names them runs: most plugins do without most of them, and each costs
// memory in every instance. A script that spells such a name at run time finds what goja
// has.

// uses is a set of what a text names.
type uses uint16

const (
	useCollections uses = 1 << iota
	useViews
	useScope
	useSymbols
	usePatterns
	useJSON
	useMethods
	useDates
	useLocales
	useConstructors
	useLegacy
)

// named are the words by which scripts name something, and the function of
// environment/core.js that prepares it, where that is all.
var named = []struct {
	use     uses
	prepare string
	words   []string
}{
	{useCollections, "", []string{"Map", "Set"}},
	{useViews, "", []string{"8Array", "16Array", "32Array", "64Array", "ClampedArray", "ArrayBuffer", "DataView"}},
	{useScope, "", scopeNames},
	{useSymbols, "", []string{"Symbol"}},
	{usePatterns, "patterns", []string{"RegExp", ".constructor", ".compile"}},
	{useJSON, "json", []string{"JSON"}},
	{useMethods, "methods", []string{"withResolvers", ".try", "groupBy", "fromAsync", "WellFormed", "isError"}},
	{useDates, "dates", []string{"Date"}},
	{useLocales, "locales", []string{"toLocale"}},
	{useLegacy, "legacy", []string{"String.prototype.", ".anchor", ".big(", ".blink", ".bold(", ".fixed(", ".fontcolor", ".fontsize", ".italics", ".link(", ".small(", ".strike", ".sub(", ".sup(",
		"etYear", "toGMTString", "__define", "__lookup"}},
	{useConstructors, "constructors", []string{".constructor", `"constructor"`, "'constructor'", "`constructor`"}},
}

func usesOf(text string) (u uses) {
	for _, n := range named {
		if slices.ContainsFunc(n.words, func(word string) bool { return strings.Contains(text, word) }) {
			u |= n.use
		}
	}
	return u
}

// before prepares what a text names before it runs. What a plugin took away without
// naming it stays away.
func (g *glue) before(u uses) {
	fresh := u &^ g.taken
	g.taken |= u
	if fresh&useCollections != 0 {
		g.collections()
	}
	if fresh&useViews != 0 {
		g.views()
	}
	if fresh&useScope != 0 {
		g.vm.declare(scopeNames)
	}
	if fresh&useSymbols != 0 {
		g.symbols()
	}
	for _, n := range named {
		if fresh&n.use == 0 || n.prepare == "" {
			continue
		}
		if prepare, ok := goja.AssertFunction(g.parts.Get(n.prepare)); ok {
			_, _ = prepare(goja.Undefined())
		}
	}
}

// symbols takes the symbol that goja lacks; later calls do nothing.
func (g *glue) symbols() {
	if g.asyncIterator != nil {
		return
	}
	if v, err := g.takeAsyncIterator(goja.Undefined()); err == nil {
		g.asyncIterator, _ = v.(*goja.Symbol)
	}
}

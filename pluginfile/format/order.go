package format

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// order is the order of the keys of a config, as most people write them: what it is, how
// it looks, what it takes and needs, who made it.
var order = []string{
	"name", "type", "mode", "tags", "version", "api_version", "description",
	"ui", "cover", "icon", "labels", "flags", "slot", "order", "chunk", "inputs", "outputs",
	"env", "cmd", "requirements", "dependencies", "permissions",
	"defaults", "default", "base_frame", "base_worker", "passive", "runnable",
	"url", "license", "authors", "author", "repository", "website", "docs",
}

// sorted returns the numbers of the members of a config in their order; those that are
// not known come last, as they were. Equal keys keep their order: the last one counts.
func sorted(members []conf.Member) []int {
	rank := func(i int) int {
		if at := slices.Index(order, members[i].Key); at >= 0 {
			return at
		}
		return len(order)
	}
	numbers := make([]int, len(members))
	for i := range numbers {
		numbers[i] = i
	}
	slices.SortStableFunc(numbers, func(a, b int) int { return rank(a) - rank(b) })
	return numbers
}

package schema

import (
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

func textLimits(n *conf.Node) string {
	text := ""
	if format, ok := n.Get("format").Str(); ok {
		text += " (" + cut(format, 40) + ")"
	}
	if count := countLimits(n, "minLength", "maxLength", "character", "characters"); count != "" {
		text += " of " + count
	}
	if pattern, ok := n.Get("pattern").Str(); ok {
		text += " that matches `" + cut(pattern, 80) + "`"
	}
	return text
}

func numberLimits(n *conf.Node) string {
	var parts []string
	minimum, hasMin := n.Get("minimum").Float()
	maximum, hasMax := n.Get("maximum").Float()
	switch {
	case hasMin && hasMax:
		parts = append(parts, fmt.Sprintf(" from %g to %g", minimum, maximum))
	case hasMin:
		parts = append(parts, fmt.Sprintf(" from %g", minimum))
	case hasMax:
		parts = append(parts, fmt.Sprintf(" up to %g", maximum))
	}
	if above, ok := n.Get("exclusiveMinimum").Float(); ok {
		parts = append(parts, fmt.Sprintf(" above %g", above))
	}
	if below, ok := n.Get("exclusiveMaximum").Float(); ok {
		parts = append(parts, fmt.Sprintf(" below %g", below))
	}
	if step, ok := n.Get("multipleOf").Float(); ok {
		parts = append(parts, fmt.Sprintf(" in steps of %g", step))
	}
	return strings.Join(parts, ",")
}

func countLimits(n *conf.Node, low, high, one, many string) string {
	least, hasLeast := n.Get(low).Float()
	most, hasMost := n.Get(high).Float()
	switch {
	case hasLeast && hasMost && least == most:
		return plural(int(least), one, many)
	case hasLeast && hasMost:
		return fmt.Sprintf("%g to %s", least, plural(int(most), one, many))
	case hasLeast && least > 0:
		return "at least " + plural(int(least), one, many)
	case hasMost:
		return "at most " + plural(int(most), one, many)
	}
	return ""
}

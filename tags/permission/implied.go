package permission

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// What a plugin wants although nobody wrote it down. No public plugin declares these
// words, so what is implied counts as declared: a request, not a grant.

// Implied is a permission that follows from what stands at a place.
func Implied(p Permission, why string, place source.Place) Want {
	return Want{Permission: p, Reasons: []Reason{{why, place}}}
}

// ImpliedHost is the network as far as a host; a name that is no host is none.
func ImpliedHost(host, why string, place source.Place) (want Want, ok bool) {
	p, err := Parse(string(Net) + ":" + host)
	if err != nil || p.Value == "" {
		return Want{}, false
	}
	return Implied(p, why, place), true
}

// ImpliedCommand is a program with its arguments, shown word by word.
func ImpliedCommand(words []string, why string, place source.Place) Want {
	p := Permission{Kind: Run}
	if len(words) > 0 {
		p.Value = words[0]
	}
	want := Implied(p, why, place)
	want.Detail = Line(words)
	return want
}

// Line shows the words of a command so that none can pretend to be two.
func Line(words []string) string {
	shown := make([]string, len(words))
	for i, w := range words {
		if shown[i] = w; w == "" || strings.ContainsAny(w, " \t\"'\\") {
			shown[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(shown, " ")
}

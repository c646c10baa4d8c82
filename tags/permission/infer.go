package permission

import (
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Infer returns what a plugin wants although nobody wrote it down: the hosts its
// requirements come from, the commands it needs. No public plugin declares these
// words, so what is inferred counts as declared: a request, not a grant.
func Infer(d *requirement.Declaration) (wants []Want) {
	for _, host := range d.Hosts() {
		if p, err := Parse(string(Net) + ":" + host.Name); err == nil {
			wants = append(wants, inferred(p, "", "a requirement comes from there", host.Item.Place))
		}
	}
	for _, c := range d.Commands {
		wants = append(wants, command(c.Words, "a command it needs", c.Place))
	}
	if d.Program != nil && !d.Program.Plain {
		wants = append(wants, command(d.Program.Words, "it starts its scripts with this command", d.Program.Place))
	}
	return wants
}

// InferPython is what running scripts in Python wants: no sandbox in this process
// contains them.
func InferPython(place source.Place) Want {
	return inferred(Permission{Kind: Python}, "", "its scripts are Python", place)
}

// InferHost is what a host named in a script wants; a name that is no host is none.
func InferHost(host string, place source.Place) (want Want, ok bool) {
	p, err := Parse(string(Net) + ":" + host)
	if err != nil || p.Value == "" {
		return Want{}, false
	}
	return inferred(p, "", "its script names this host", place), true
}

// command wants the program, and shows the words one by one.
func command(words []string, why string, place source.Place) Want {
	p := Permission{Kind: Run}
	if len(words) > 0 {
		p.Value = words[0]
	}
	return inferred(p, Line(words), why, place)
}

func inferred(p Permission, detail, why string, place source.Place) Want {
	return Want{Permission: p, Detail: detail, Reasons: []Reason{{why, place}}}
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

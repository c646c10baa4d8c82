package tags

import (
	"bytes"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Named is what the scripts of the plan say although nobody declared it: hosts whose
// addresses stand in their text, and what they ask people for while they run. It is read
// and not run, so it shows what a script says openly, and a host in a text that is never
// used as well. It is a request like every other: nothing is granted by it.
func (p *Plan) Named() permission.Sheet {
	n := named{hosts: map[string]bool{}}
	for _, b := range p.Scripts {
		n.read(b)
	}
	if len(n.hosts) > maxNamedHosts {
		n.wants = []permission.Want{{
			Permission: permission.Permission{Kind: permission.Net},
			Reasons:    []permission.Reason{{Text: "its scripts name very many hosts", Place: n.wants[0].Reasons[0].Place}},
		}}
	}
	return permission.NewSheet(n.wants, nil, n.dialogs)
}

// Asks is all that the plan wants: what it declares, what follows from what it needs, and
// what its scripts name. A person is asked to agree to it before it is installed.
func (p *Plan) Asks() permission.Sheet {
	named := p.Named()
	named.Wants = slices.DeleteFunc(named.Wants, func(w permission.Want) bool { return p.Permissions.Allows(w.Permission) })
	return permission.NewSheet(
		slices.Concat(p.Sheet.Wants, named.Wants), p.Sheet.Packages, slices.Concat(p.Sheet.Dialogs, named.Dialogs))
}

// dialogs are the functions that ask a person for files, and for what.
var dialogs = []struct{ function, words string }{
	{"showFileDialog", "files to read"}, {"showOpenFilePicker", "files to read"},
	{"exportFile", "where to write files"}, {"showSaveFilePicker", "where to write files"},
	{"showDirectoryPicker", "a folder"},
}

// namespaces are hosts whose addresses are names that nobody fetches.
var namespaces = []string{"www.w3.org"}

type named struct {
	wants   []permission.Want
	dialogs []string
	hosts   map[string]bool
}

// read takes what one script says. Lines that are comments say nothing.
func (n *named) read(b *pluginfile.Block) {
	at := b.Inner.Start
	for line := range bytes.Lines(b.Source.Text[b.Inner.Start:b.Inner.End]) {
		start := bytes.TrimSpace(line)
		if !bytes.HasPrefix(start, []byte("//")) && !bytes.HasPrefix(start, []byte("#")) {
			n.addresses(b.Source, at, line)
			n.calls(line)
		}
		at += len(line)
	}
}

// addresses finds https://host and its like, also with the slashes escaped.
func (n *named) addresses(from *source.Source, at int, line []byte) {
	for i := 0; i < len(line); i++ {
		next := bytes.IndexByte(line[i:], ':')
		if next < 0 {
			return
		}
		i += next
		rest, ok := afterSlashes(line[i+1:])
		if !ok {
			continue
		}
		scheme := schemeBefore(line[:i])
		if scheme == 0 {
			continue
		}
		start := len(line) - len(rest)
		end := start + hostLength(rest)
		if end == start || end-start > maxHostLength {
			continue
		}
		n.host(string(line[start:end]), from.Place(source.Span{Start: at + i - scheme, End: at + end}))
	}
}

// afterSlashes is the text after two slashes, each perhaps with a backslash before it.
func afterSlashes(text []byte) (rest []byte, ok bool) {
	for range 2 {
		text = bytes.TrimPrefix(text, []byte(`\`))
		if text, ok = bytes.CutPrefix(text, []byte("/")); !ok {
			return nil, false
		}
	}
	return text, true
}

// schemeBefore is the length of the scheme of the web at the end of a text, 0 for none.
func schemeBefore(text []byte) int {
	for _, scheme := range []string{"https", "http", "wss", "ws"} {
		n := len(text) - len(scheme)
		if n >= 0 && strings.EqualFold(string(text[n:]), scheme) && (n == 0 || !isWord(text[n-1])) {
			return len(scheme)
		}
	}
	return 0
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// hostLength is how much of a text is the host of an address, with credentials and port.
func hostLength(text []byte) int {
	if end := bytes.IndexAny(text, " \t\r\n\"'`<>\\(){}|^/?#,;"); end >= 0 {
		return end
	}
	return len(text)
}

// host notes a host; what a name with a hole in it will be, nobody knows.
func (n *named) host(text string, place source.Place) {
	text = text[strings.LastIndexByte(text, '@')+1:] // credentials are not shown
	text = strings.ToLower(strings.TrimRight(text, ".:"))
	if strings.ContainsAny(text, "*$%") || slices.Contains(namespaces, text) || n.hosts[text] || len(n.hosts) > maxNamedHosts {
		return
	}
	if want, ok := permission.ImpliedHost(text, "its script names this host", place); ok {
		n.hosts[text] = true
		n.wants = append(n.wants, want)
	}
}

// calls finds calls of functions that ask a person for files.
func (n *named) calls(line []byte) {
	for _, d := range dialogs {
		for rest := line; ; {
			before, after, found := bytes.Cut(rest, []byte(d.function))
			if !found {
				break
			}
			if (len(before) == 0 || !isWord(before[len(before)-1])) && bytes.HasPrefix(bytes.TrimLeft(after, " \t"), []byte("(")) {
				n.dialogs = append(n.dialogs, d.words)
			}
			rest = after
		}
	}
}

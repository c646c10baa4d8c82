package findings

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// maxSecret is how far around what is drawn credentials are looked for, in bytes.
const maxSecret = 256

// secretText matches credentials: what stands before the host of a URL, and tokens that
// are recognisable wherever they stand. What is printed ends up in logs that more people
// read than the file.
var secretText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`://([^/?#\s"'<>]+)@|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[baprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16})\b`)
})

// secrets returns where credentials stand in text[start:end], as offsets in text.
func secrets(text []byte, start, end int) (list []source.Span) {
	part := text[start:end]
	if !bytes.ContainsAny(part, "@_-") && !bytes.Contains(part, []byte("AKIA")) {
		return nil
	}
	for _, m := range secretText().FindAllSubmatchIndex(part, -1) {
		if m[2] < 0 {
			m[2], m[3] = m[0], m[1]
		}
		list = append(list, source.Span{Start: start + m[2], End: start + m[3]})
	}
	return list
}

func hidden(list []source.Span, at int) bool {
	for _, s := range list {
		if s.Start <= at && at < s.End {
			return true
		}
	}
	return false
}

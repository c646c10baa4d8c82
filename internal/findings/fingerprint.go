package findings

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Fingerprints returns a name for each diagnostic of a list that stays the same while
// lines are added or removed elsewhere: made of the code, the file, the text of the
// line, and how many equal ones stand before it. Baselines and services that follow a
// finding over time compare them. file gives the name that a file has in it; nil takes
// the names as they are.
func Fingerprints(list []source.Diagnostic, file func(string) string) []string {
	seen := map[string]int{}
	prints := make([]string, len(list))
	for i, d := range list {
		name, line := "", ""
		if p := d.Place; p.Known() {
			name, line = p.Name, lineAround(p)
		}
		if file != nil && name != "" {
			name = file(name)
		}
		if line = strings.Join(strings.Fields(line), " "); line == "" {
			line = d.Message
		}
		key := d.Code + "\x00" + name + "\x00" + line
		sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(seen[key])))
		seen[key]++
		prints[i] = hex.EncodeToString(sum[:16])
	}
	return prints
}

// fingerprintReach is how much of a long line counts, before and after a place.
const fingerprintReach = 200

// lineAround returns the line that a place begins on, or a part of a long one.
func lineAround(p source.Place) string {
	text := p.Source.Text
	start, end := max(p.Span.Start-fingerprintReach, 0), min(p.Span.Start+fingerprintReach, len(text))
	if i := bytes.LastIndexByte(text[start:p.Span.Start], '\n'); i >= 0 {
		start += i + 1
	}
	if i := bytes.IndexByte(text[p.Span.Start:end], '\n'); i >= 0 {
		end = p.Span.Start + i
	}
	return string(text[start:end])
}

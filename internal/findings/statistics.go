package findings

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// WriteStatistics writes how often each code is in a list, the most frequent first,
// and in how many files.
func WriteStatistics(w io.Writer, list []source.Diagnostic, o Options) error {
	type tally struct {
		code     string
		severity source.Severity
		total    int
		fixable  int
		files    map[string]bool
	}
	byCode := map[string]*tally{}
	for _, d := range list {
		t := byCode[d.Code]
		if t == nil {
			t = &tally{code: d.Code, files: map[string]bool{}}
			byCode[d.Code] = t
		}
		t.severity = max(t.severity, d.Severity)
		t.total++
		if len(d.Fixes) > 0 {
			t.fixable++
		}
		if d.Place.Known() {
			t.files[d.Place.Name] = true
		}
	}
	sorted := slices.SortedFunc(maps.Values(byCode), func(a, b *tally) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.code, b.code))
	})
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, t := range sorted {
		fixable := ""
		if t.fixable > 0 {
			fixable = fmt.Sprintf("%d fixable", t.fixable)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\tin %s\t%s\n", t.total, t.severity, Clean(t.code), count(len(t.files), "file", "files"), fixable)
	}
	return table.Flush()
}

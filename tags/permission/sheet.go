package permission

import (
	"cmp"
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Want is one permission a plugin asks for, with the reasons.
type Want struct {
	Permission Permission `json:"permission"`
	Declared   bool       `json:"declared"` // by the author, in permissions; otherwise inferred
	// Detail is what exactly is asked where the permission alone does not say it: the
	// words of a command.
	Detail  string   `json:"detail,omitempty"`
	Reasons []Reason `json:"reasons,omitempty"`
}

// Reason says why, and where in the plugin.
type Reason struct {
	Text  string       `json:"text"`
	Place source.Place `json:"-"`
}

// Sheet is all a plugin wants, as a person is asked to agree to it. It is sorted,
// each thing once, so that the same plugin always gives the same sheet.
type Sheet struct {
	Wants    []Want   `json:"wants"`
	Packages []string `json:"packages"` // that would be installed, as the plugin writes them
	Dialogs  []string `json:"dialogs"`  // what it asks people for while it runs: "files to read"
}

// NewSheet sorts and joins: the same permission wanted twice is one want with both
// reasons, and declared when either is.
func NewSheet(wants []Want, packages, dialogs []string) Sheet {
	sorted := slices.Clone(wants)
	slices.SortStableFunc(sorted, func(a, b Want) int {
		return cmp.Or(compare(a.Permission, b.Permission), cmp.Compare(a.Detail, b.Detail))
	})
	s := Sheet{Wants: []Want{}, Packages: unique(packages), Dialogs: unique(dialogs)}
	for _, w := range sorted {
		last := len(s.Wants) - 1
		if last < 0 || s.Wants[last].Permission != w.Permission || s.Wants[last].Detail != w.Detail {
			w.Reasons = slices.Clone(w.Reasons)
			s.Wants = append(s.Wants, w)
			continue
		}
		s.Wants[last].Declared = s.Wants[last].Declared || w.Declared
		s.Wants[last].Reasons = append(s.Wants[last].Reasons, w.Reasons...)
	}
	return s
}

// Set returns the permissions of the sheet, as if all were granted.
func (s Sheet) Set() Set {
	list := make([]Permission, len(s.Wants))
	for i, w := range s.Wants {
		list[i] = w.Permission
	}
	return NewSet(list...)
}

// Empty reports whether there is nothing to agree to.
func (s Sheet) Empty() bool {
	return len(s.Wants) == 0 && len(s.Packages) == 0 && len(s.Dialogs) == 0
}

// Change is what a new sheet wants that the old one did not, and the other way round.
type Change struct {
	Added, Removed Sheet
}

// Diff compares two sheets. A permission that the old sheet covers is not new, a
// narrower one included; a command is new when any of its words is.
func Diff(old, new Sheet) Change {
	return Change{Added: missing(new, old), Removed: missing(old, new)}
}

// Grows reports whether somebody has to be asked again.
func (c Change) Grows() bool { return !c.Added.Empty() }

// missing returns what is in s but not covered by other.
func missing(s, other Sheet) Sheet {
	granted := other.Set()
	out := Sheet{Wants: []Want{}, Packages: without(s.Packages, other.Packages), Dialogs: without(s.Dialogs, other.Dialogs)}
	for _, w := range s.Wants {
		known := granted.Allows(w.Permission)
		if w.Detail != "" {
			known = slices.ContainsFunc(other.Wants, func(o Want) bool { return o.Permission == w.Permission && o.Detail == w.Detail })
		}
		if !known {
			out.Wants = append(out.Wants, w)
		}
	}
	return out
}

func without(list, known []string) []string {
	out := []string{}
	for _, s := range list {
		if !slices.Contains(known, s) {
			out = append(out, s)
		}
	}
	return out
}

func unique(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	out = slices.Compact(out)
	if out == nil {
		out = []string{}
	}
	return out
}

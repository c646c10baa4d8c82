package permission

import (
	"encoding/json"
	"slices"
	"strings"
)

// Set is what is granted. The zero value grants nothing. A Set is immutable: every
// method answers with a new one.
type Set struct {
	all     bool // everything but what is denied
	allowed []Permission
	denied  []Permission
}

// NewSet returns a set that allows the given permissions.
func NewSet(allowed ...Permission) Set {
	return Set{allowed: normal(allowed)}
}

// All returns the set that allows everything.
func All() Set { return Set{all: true} }

// Allowed returns the allowed permissions, sorted; none covers another, but for hosts
// inside a network, which are granted by being named.
func (s Set) Allowed() []Permission { return slices.Clone(s.allowed) }

// Denied returns the denied permissions, sorted.
func (s Set) Denied() []Permission { return slices.Clone(s.denied) }

// IsAll reports whether everything is allowed that is not denied.
func (s Set) IsAll() bool { return s.all }

// Empty reports whether nothing is allowed.
func (s Set) Empty() bool { return !s.all && len(s.allowed) == 0 }

// Allows reports whether the whole of p is granted: something allowed covers it,
// and nothing denied touches it.
func (s Set) Allows(p Permission) bool {
	for _, d := range s.denied {
		if _, touch := meet(d, p); touch {
			return false
		}
	}
	return s.all || slices.ContainsFunc(s.allowed, func(a Permission) bool { return covers(a, p) })
}

// Contains reports whether s grants everything that other allows.
func (s Set) Contains(other Set) bool {
	if other.all {
		return s.all && len(s.Deny(other.denied...).denied) == len(other.denied)
	}
	return !slices.ContainsFunc(other.allowed, func(p Permission) bool { return !s.Allows(p) })
}

// Union returns the set that allows what either allows and denies what either denies.
func (s Set) Union(other Set) Set {
	return Set{
		all:     s.all || other.all,
		allowed: normal(slices.Concat(s.allowed, other.allowed)),
		denied:  normal(slices.Concat(s.denied, other.denied)),
	}
}

// Intersect returns the set that allows what both allow and denies what either
// denies: what is asked for, met by what is granted.
func (s Set) Intersect(other Set) Set {
	out := Set{all: s.all && other.all, denied: normal(slices.Concat(s.denied, other.denied))}
	if s.all {
		out.allowed = slices.Concat(out.allowed, other.allowed)
	}
	if other.all {
		out.allowed = slices.Concat(out.allowed, s.allowed)
	}
	for _, a := range s.allowed {
		for _, b := range other.allowed {
			if both, ok := meet(a, b); ok {
				out.allowed = append(out.allowed, both)
			}
		}
	}
	out.allowed = normal(out.allowed)
	return out
}

// Deny returns the set without the given permissions: a denial wins over whatever
// is allowed, now and in later unions.
func (s Set) Deny(denied ...Permission) Set {
	s.denied = normal(slices.Concat(s.denied, denied))
	return s
}

// Equal reports whether two sets are written the same.
func (s Set) Equal(other Set) bool {
	return s.all == other.all && slices.Equal(s.allowed, other.allowed) && slices.Equal(s.denied, other.denied)
}

// Words returns the set as a sorted list of words; denials begin with "!".
func (s Set) Words() []string {
	list := []string{}
	if s.all {
		list = append(list, "all")
	}
	for _, p := range s.allowed {
		list = append(list, p.String())
	}
	for _, p := range s.denied {
		list = append(list, "!"+p.String())
	}
	return list
}

// String prints the words with commas, "nothing" for the empty set.
func (s Set) String() string {
	if words := s.Words(); len(words) > 0 {
		return strings.Join(words, ", ")
	}
	return "nothing"
}

// MarshalJSON writes the words: the same set is always the same bytes.
func (s Set) MarshalJSON() ([]byte, error) { return json.Marshal(s.Words()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Set) UnmarshalJSON(data []byte) error {
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	var out Set
	for _, word := range list {
		if word == "all" {
			out.all = true
			continue
		}
		name, deny := strings.CutPrefix(word, "!")
		p, err := Parse(name)
		if err != nil {
			return err
		}
		if deny {
			out.denied = append(out.denied, p)
		} else {
			out.allowed = append(out.allowed, p)
		}
	}
	out.allowed, out.denied = normal(out.allowed), normal(out.denied)
	*s = out
	return nil
}

// normal sorts, and leaves out what another permission covers.
func normal(list []Permission) []Permission {
	var out []Permission
	for i, p := range list {
		covered := false
		for j, q := range list {
			if i != j && covers(q, p) && (j < i || q != p) && (q == p || !p.private()) {
				covered = true
				break
			}
		}
		if !covered {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

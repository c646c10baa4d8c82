package lower

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// runeSet is a set of characters: ranges in order, none touching another. Surrogates
// are in no set: text in Go has none.
type runeSet []span

type span struct{ low, high rune }

const (
	firstSurrogate = 0xd800
	lastSurrogate  = 0xdfff
)

var everything = runeSet{{0, firstSurrogate - 1}, {lastSurrogate + 1, unicode.MaxRune}}

// classes are \d, \w and \s.
var classes = map[rune]runeSet{
	'd': {{'0', '9'}},
	'w': {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}},
	's': {{'\t', '\r'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}},
}

// normal sorts ranges and joins those that touch.
func normal(spans []span) runeSet {
	slices.SortFunc(spans, func(a, b span) int { return int(a.low - b.low) })
	var out runeSet
	for _, s := range spans {
		if n := len(out); n > 0 && s.low <= out[n-1].high+1 {
			out[n-1].high = max(out[n-1].high, s.high)
			continue
		}
		out = append(out, s)
	}
	return out
}

func (a runeSet) union(b runeSet) runeSet { return normal(slices.Concat(a, b)) }

func (a runeSet) intersect(b runeSet) runeSet {
	var out runeSet
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if low, high := max(a[i].low, b[j].low), min(a[i].high, b[j].high); low <= high {
			out = append(out, span{low, high})
		}
		if a[i].high < b[j].high {
			i++
		} else {
			j++
		}
	}
	return out
}

func (a runeSet) complement() runeSet {
	var out runeSet
	next := rune(0)
	for _, s := range a {
		if s.low > next {
			out = append(out, span{next, s.low - 1})
		}
		next = s.high + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out.intersect(everything)
}

func (a runeSet) minus(b runeSet) runeSet { return a.intersect(b.complement()) }

func (a runeSet) has(r rune) bool {
	i, found := slices.BinarySearchFunc(a, r, func(s span, r rune) int {
		switch {
		case s.high < r:
			return -1
		case s.low > r:
			return 1
		}
		return 0
	})
	return found && i < len(a)
}

// cased are the characters that have another case.
var cased = sync.OnceValue(func() (list []rune) {
	for r := rune(0); r <= 0x1ffff; r++ {
		if unicode.SimpleFold(r) != r {
			list = append(list, r)
		}
	}
	return list
})

// folded adds the other cases of what is in the set.
func (a runeSet) folded() runeSet {
	out := slices.Clone(a)
	for _, r := range cased() {
		if !a.has(r) {
			continue
		}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			out = append(out, span{f, f})
		}
	}
	return normal(out)
}

// ranges writes the set as it stands inside [...].
func (a runeSet) ranges() string {
	var out strings.Builder
	for _, s := range a {
		out.WriteString(literal(s.low))
		if s.high > s.low {
			if s.high > s.low+1 {
				out.WriteByte('-')
			}
			out.WriteString(literal(s.high))
		}
	}
	return out.String()
}

// class writes the set as an expression.
func (a runeSet) class(not bool) string {
	switch {
	case not:
		return a.complement().class(false)
	case len(a) == 0:
		return "[^\\x00-\U0010ffff]" // nothing; "[]" means something else to regexp2
	}
	return "[" + a.ranges() + "]"
}

// fromTable takes over a table of Go.
func fromTable(tables ...*unicode.RangeTable) runeSet {
	var out []span
	add := func(low, high, stride rune) {
		if stride == 1 {
			out = append(out, span{low, high})
			return
		}
		for r := low; r <= high; r += stride {
			out = append(out, span{r, r})
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return normal(out).intersect(everything)
}

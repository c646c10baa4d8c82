package lower

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSetDepth is how deep classes may lie in each other with the flag v.
const maxSetDepth = 100

// operand is a class of the flag v: characters, and strings of \q{...}.
type operand struct {
	set     runeSet
	strings []string
	ranged  bool // a-z, which no operator takes
}

// setClass computes a class of the flag v and writes its characters.
func (t *translator) setClass() error {
	o, err := t.setOperand(0)
	if err != nil {
		return err
	}
	if len(o.strings) == 0 {
		t.out.WriteString(o.set.class(false))
		return nil
	}
	slices.SortStableFunc(o.strings, func(a, b string) int { return len(b) - len(a) })
	t.out.WriteString("(?:")
	empty := false
	for _, s := range o.strings {
		if s == "" {
			empty = true
			continue
		}
		for _, r := range s {
			t.out.WriteString(literal(r))
		}
		t.out.WriteByte('|')
	}
	t.out.WriteString(o.set.class(false))
	if empty {
		t.out.WriteByte('|')
	}
	t.out.WriteByte(')')
	return nil
}

// setOperand reads one operand: a class, an escape, a character or a range.
func (t *translator) setOperand(depth int) (operand, error) {
	if depth > maxSetDepth {
		return operand{}, errors.New("the classes are nested too deep")
	}
	rest := t.text[t.at:]
	switch {
	case strings.HasPrefix(rest, "["):
		return t.setBody(depth)
	case strings.HasPrefix(rest, `\q{`):
		return t.setStrings()
	}
	low, set, err := t.setAtom()
	if err != nil || set != nil {
		return operand{set: t.closed(set)}, err
	}
	high := low
	if strings.HasPrefix(t.text[t.at:], "-") && !strings.HasPrefix(t.text[t.at:], "--") {
		t.at++
		if high, set, err = t.setAtom(); err != nil {
			return operand{}, err
		}
		if set != nil || high < low {
			return operand{}, errors.New("Range out of order in character class")
		}
	}
	return operand{set: t.closed(runeSet{{low, high}}.intersect(everything)), ranged: high != low}, nil
}

// closed makes sets of the flag i hold all cases, so that subtracting means the same.
func (t *translator) closed(set runeSet) runeSet {
	if t.ignoreCase {
		return set.folded()
	}
	return set
}

func (t *translator) setBody(depth int) (operand, error) {
	t.at++ // [
	not := strings.HasPrefix(t.text[t.at:], "^")
	if not {
		t.at++
	}
	var sum operand
	operator, count := "", 0
	for !strings.HasPrefix(t.text[t.at:], "]") {
		if t.at >= len(t.text) {
			return operand{}, errors.New("Unterminated character class")
		}
		found := ""
		for _, op := range []string{"--", "&&"} {
			if strings.HasPrefix(t.text[t.at:], op) {
				found = op
				t.at += 2
			}
		}
		if count > 1 && found != operator {
			return operand{}, errors.New("Invalid set operation in character class")
		}
		if count == 0 && found != "" {
			return operand{}, errors.New("Invalid character in character class")
		}
		operator = found
		next, err := t.setOperand(depth + 1)
		if err != nil {
			return operand{}, err
		}
		if operator != "" && (next.ranged || sum.ranged) {
			return operand{}, errors.New("Invalid set operation in character class")
		}
		sum = combine(sum, next, operator)
		sum.ranged = count == 0 && next.ranged
		count++
	}
	t.at++ // ]
	sum.ranged = false
	if not {
		if len(sum.strings) > 0 {
			return operand{}, errors.New("Negated character class may contain strings")
		}
		sum.set = sum.set.complement()
	}
	return sum, nil
}

func combine(a, b operand, operator string) operand {
	switch operator {
	case "--":
		a.set = a.set.minus(b.set)
		a.strings = slices.DeleteFunc(a.strings, func(s string) bool { return slices.Contains(b.strings, s) })
	case "&&":
		a.set = a.set.intersect(b.set)
		a.strings = slices.DeleteFunc(a.strings, func(s string) bool { return !slices.Contains(b.strings, s) })
	default:
		a.set = a.set.union(b.set)
		a.strings = append(a.strings, b.strings...)
	}
	return a
}

// setStrings reads \q{abc|d}.
func (t *translator) setStrings() (operand, error) {
	t.at += len(`\q{`)
	var o operand
	var word []rune
	end := func() {
		if len(word) == 1 {
			o.set = o.set.union(t.closed(runeSet{{word[0], word[0]}}))
		} else if s := string(word); !slices.Contains(o.strings, s) {
			o.strings = append(o.strings, s)
		}
		word = nil
	}
	for t.at < len(t.text) {
		switch t.text[t.at] {
		case '}':
			t.at++
			end()
			return o, nil
		case '|':
			t.at++
			end()
			continue
		}
		r, set, err := t.setAtom()
		if err != nil || set != nil {
			return operand{}, errors.New("Invalid escape")
		}
		word = append(word, r)
	}
	return operand{}, errors.New("Invalid escape")
}

// setAtom reads a character, or a set like \d.
func (t *translator) setAtom() (rune, runeSet, error) {
	r, size := utf8.DecodeRuneInString(t.text[t.at:])
	if size == 0 {
		return 0, nil, errors.New("Unterminated character class")
	}
	if r != '\\' {
		if strings.ContainsRune("()[]{}/-|", r) {
			return 0, nil, errors.New("Invalid character in character class")
		}
		if next := t.text[t.at+size:]; strings.HasPrefix(next, string(r)) && strings.ContainsRune("&!#$%*+,.:;<=>?@^`~", r) {
			return 0, nil, errors.New("Invalid set operation in character class")
		}
		t.at += size
		return r, nil, nil
	}
	next, size := utf8.DecodeRuneInString(t.text[t.at+1:])
	switch next {
	case 'p', 'P':
		set, err := t.property()
		if set == nil && err == nil {
			set = runeSet{}
		}
		return 0, set, err
	case 'd', 'w', 's', 'D', 'W', 'S':
		t.at += 2
		set := classes[unicode.ToLower(next)]
		if unicode.IsUpper(next) {
			set = set.complement()
		}
		return 0, set, nil
	case 'u':
		if r, end, ok := t.codePoint(); ok {
			if r > unicode.MaxRune {
				return 0, nil, errors.New("Invalid Unicode escape")
			}
			t.at = end
			return r, nil, nil
		}
		return t.hexAtom(4)
	case 'x':
		return t.hexAtom(2)
	case 'c':
		if t.at+2 < len(t.text) && unicode.IsLetter(rune(t.text[t.at+2])) {
			r := rune(t.text[t.at+2]) % 32
			t.at += 3
			return r, nil, nil
		}
		return 0, nil, errors.New("Invalid escape")
	}
	if plain, ok := map[rune]rune{'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', 'f': '\f', 'b': '\b', '0': 0}[next]; ok {
		t.at += 2
		return plain, nil, nil
	}
	if size == 0 || unicode.IsLetter(next) || unicode.IsDigit(next) {
		return 0, nil, errors.New("Invalid escape")
	}
	t.at += 1 + size
	return next, nil, nil
}

func (t *translator) hexAtom(digits int) (rune, runeSet, error) {
	from := t.at + 2
	if from+digits > len(t.text) {
		return 0, nil, errors.New("Invalid escape")
	}
	n, err := strconv.ParseUint(t.text[from:from+digits], 16, 32)
	if err != nil {
		return 0, nil, errors.New("Invalid escape")
	}
	t.at = from + digits
	return rune(n), nil, nil
}

package address

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckName returns an error when a text cannot be the name of a plugin: names are
// shown on terminals, typed in addresses and compared by eye, so whatever hides,
// reorders or escapes is refused.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case len(name) > maxName:
		return fmt.Errorf("the name has %d bytes; %d are the most", len(name), maxName)
	case strings.TrimSpace(name) != name:
		return errors.New("the name begins or ends with a space")
	case strings.HasPrefix(name, "-"):
		return errors.New(`the name begins with "-", as options do`)
	case strings.Contains(name, ".."):
		return errors.New(`the name contains ".."`)
	case name == ".":
		return errors.New(`"." is the current folder`)
	}
	if i := strings.IndexAny(name, `/\:@`); i >= 0 {
		return fmt.Errorf("the name contains %q, which separates the parts of an address", name[i])
	}
	return checkText("the name", name)
}

// checkText refuses text that a terminal or a reader would not show as it is.
func checkText(what, text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%s is not valid UTF-8", what)
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return fmt.Errorf("%s contains the control character %U", what, r)
		}
		if invisible(r) {
			return fmt.Errorf("%s contains the invisible character %U", what, r)
		}
	}
	return nil
}

// invisible reports characters that reorder or hide text: bidirectional marks and
// overrides, zero-width characters, line separators, tags, private use.
func invisible(r rune) bool {
	switch {
	case r == utf8.RuneError, r == '\u2028', r == '\u2029', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0':
		return true
	case r == '\u200d': // joins emoji, so names may have it
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || r == '\u034f'
}

// Slug returns a file name for a plugin's name: lower-case letters, digits and
// "._-" for people, then 128 bits of a hash: nobody finds a name that shares the file,
// settings or private folder of another.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if b.Len() >= maxSlug {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case r == '.' && b.Len() > 0 && !strings.HasSuffix(b.String(), "."):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	sum := sha256.Sum256([]byte(name))
	words := strings.Trim(b.String(), ".-")
	if words != "" {
		words += "-"
	}
	return words + hex.EncodeToString(sum[:16])
}

package docsrender

import (
	"strconv"
	"strings"
)

// freeSlug makes a name for files and addresses of a plugin's name, which nobody
// else has.
func freeSlug(name string, taken map[string]bool) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	slug := strings.Trim(b.String(), "-")
	switch slug {
	case "", "con", "nul", "prn", "aux": // Windows has devices of these names, and of com1
		slug = "plugin-" + slug
	}
	if len(slug) == 4 && (strings.HasPrefix(slug, "com") || strings.HasPrefix(slug, "lpt")) {
		slug = "plugin-" + slug
	}
	base := strings.TrimSuffix(slug, "-")
	slug = base
	for i := 2; taken[slug]; i++ {
		slug = base + "-" + strconv.Itoa(i)
	}
	taken[slug] = true
	return slug
}

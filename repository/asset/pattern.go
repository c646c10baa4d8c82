package asset

import (
	"regexp"
	"sync"
)

// pattern compiles a regular expression when it is first wanted: most starts of the
// program want none.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

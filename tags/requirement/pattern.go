package requirement

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first needed: every
// start of the program initialises this package, and most starts never use it.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

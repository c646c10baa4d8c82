package conf

import (
	"regexp"
	"sync"
)

// lazily compiles an expression when it is first needed: every start of the program would
// pay for all of them.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

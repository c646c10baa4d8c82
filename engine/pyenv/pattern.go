package pyenv

import (
	"regexp"
	"sync"
)

// pattern compiles a regular expression at its first use.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

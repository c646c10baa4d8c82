//go:build !windows

package pyenv

// Where programs lie in an environment.
const (
	binDir = "bin"
	exe    = ""
)

package pyenv

// Where programs lie in an environment.
const (
	binDir = "Scripts"
	exe    = ".exe"
)

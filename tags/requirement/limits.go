package requirement

const (
	maxText  = 8 << 10 // bytes of one requirement or command
	maxItems = 1000    // entries of env or requirements
	maxWords = 500     // packages or words of one entry
	maxURL   = 2 << 10 // bytes of a URL
)

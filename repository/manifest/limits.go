package manifest

const (
	// MaxBytes is the size of a manifest above which nobody should read it.
	MaxBytes = 8 << 20
	// MaxPlugins is how many plugins a manifest may list.
	MaxPlugins = 10_000
	maxURI     = 2048 // bytes
)

package bundle

// Limits of one bundle. What is behind them is an [*Error], not a slow machine.
const (
	// MaxModules is how many modules one bundle may have.
	MaxModules = 2000
	// MaxModule is the longest module, in bytes.
	MaxModule = 16 << 20
	// MaxBytes is how much all modules of a bundle may have together, in bytes.
	MaxBytes = 64 << 20
	// MaxDepth is how long a chain of imports may be.
	MaxDepth = 200

	// maxNesting is how deep brackets may be nested: the parser is recursive.
	maxNesting = 5000
	// maxAtOnce is how many modules are asked for at a time.
	maxAtOnce = 8
	// maxErrors is how many errors are told of one bundle.
	maxErrors = 10
)

package value

// Limits that hold for every text and value of this package.
const (
	// MaxDepth is how deep lists and objects may lie in each other.
	MaxDepth = 1000
	// MaxInlineElements is the largest array that [JSON] writes as numbers; larger
	// ones are base64 of their bytes.
	MaxInlineElements = 1000
	// maxHashedText is the longest text form of a value that [Hash] names.
	maxHashedText = 256 << 20
	// maxIntegerDigits is the longest whole number that is read exactly.
	maxIntegerDigits = 4096
	// cycleCheckDepth is where encoding begins to look for values that contain
	// themselves: before that it costs more than it finds.
	cycleCheckDepth = 64
)

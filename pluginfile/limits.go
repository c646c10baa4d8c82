package pluginfile

// What a plugin text may cost at most. No public plugin comes near; each limit that
// is passed is an error diagnostic at the place where it was.
const (
	// MaxFileBytes is the size of a file; a larger one is not read at all.
	MaxFileBytes = 16 << 20
	// MaxBlocks is the number of top-level blocks; reading stops there.
	MaxBlocks = 1000
	// MaxAttributes is the number of attributes of a block's start tag; further
	// ones are left away.
	MaxAttributes = 256
	// MaxValueBytes is the size of an attribute's value; the rest is left away.
	MaxValueBytes = 64 << 10
	// MaxStrayTexts is how many pieces of text outside of blocks are reported.
	MaxStrayTexts = 20

	// maxRereads is how often the careful reader reads far ahead in vain before it
	// stops to respect nested markup, so that its work stays linear.
	maxRereads = 8
	// nearElements is how deep an end tag looks for its element before the scanner
	// begins to count open elements by name.
	nearElements = 32
)

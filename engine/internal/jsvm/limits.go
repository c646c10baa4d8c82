package jsvm

import "time"

// Limits of a script.
const (
	// DefaultStack is how many calls may be inside each other.
	DefaultStack = 1000
	// MaxScript is the longest script that is compiled, in bytes.
	MaxScript = 4 << 20
	// MaxListLength is the longest list that crosses a border; typed arrays have no
	// such limit.
	MaxListLength = 10_000_000
	// maxRank is how many axes an array may have.
	maxRank = 64
	// maxJSONDepth is how deep lists and objects may lie in JSON.
	maxJSONDepth = 10_000
	// maxLogged is the longest line of the console, in bytes.
	maxLogged = 64 << 10
	// maxFrames is how many frames of a stack are reported.
	maxFrames = 32
	// maxCachedText is how much text compiled programs are kept of, in bytes.
	maxCachedText = 16 << 20
	// maxFetched is the longest answer that fetch gives to a script, in bytes.
	maxFetched = 64 << 20
	// maxFields is how many fields a form in an answer may have.
	maxFields = 1000
	// interruptGrace is how long an interrupted script gets to say where it was.
	interruptGrace = 500 * time.Millisecond
)

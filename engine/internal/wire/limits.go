package wire

import "time"

// Limits of a frame and of a connection. A peer that breaks one is disconnected.
const (
	// readAhead is what a connection keeps for reading, in bytes: longer parts of a frame
	// are read into their own place.
	readAhead = 4 << 10
	// MaxHeader is the longest header, in bytes.
	MaxHeader = 64 << 20
	// MaxBuffers is the largest number of buffers in one frame.
	MaxBuffers = 1024
	// MaxTotal is the most that the buffers of one frame may hold, in bytes.
	MaxTotal = 4 << 30
	// MaxCalls is how many calls of the other side may be running at once; more
	// are answered with an error.
	MaxCalls = 4096
	// MaxFunctions is how many functions may be given to the other side and not
	// yet released.
	MaxFunctions = 100_000
	// CancelGrace is how long a canceled call waits for the other side to say where
	// it was.
	CancelGrace = time.Second

	// deadlineSlack is added to a deadline that travels, so that this side ends a call
	// first and knows why.
	deadlineSlack = 50 * time.Millisecond

	// ShareFrom is the size in bytes from which on a buffer goes through shared memory.
	// Below it, writing and reading are as fast as the messages about the memory.
	ShareFrom = 256 << 10

	// maxSegments is how many pieces of shared memory one connection may have.
	maxSegments = 64
	// keepIdle is how much shared memory a connection keeps for what comes next, in
	// bytes.
	keepIdle = 256 << 20
	// maxControl is the longest message about shared memory, in bytes.
	maxControl = 64 << 10

	// firstRead is how much memory is taken on the word of a length alone.
	firstRead = 1 << 20
	// maxQueue is how many frames may wait to be written before senders wait too.
	maxQueue = 256
	// maxNow is the size up to which a frame is sent by whoever made it, in bytes, where
	// the connection takes it without waiting.
	maxNow = 16 << 10
	// maxPipe is how many frames lie in a connection inside one process, beside those.
	maxPipe = 16
)

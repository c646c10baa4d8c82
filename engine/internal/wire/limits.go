package wire

import "time"

// Limits of a frame and of a connection. A peer that breaks one is disconnected.
const (
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

	// firstRead is how much memory is taken on the word of a length alone.
	firstRead = 1 << 20
	// maxQueue is how many frames may wait to be written before senders wait too.
	maxQueue = 256
)

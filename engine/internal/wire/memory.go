package wire

// control is a message about shared memory, for the two streams themselves. Its
// frame has controlFrame in place of the number of buffers.
//
// The host makes all memory and counts it. It says at once that it can ("from"), and
// gives each piece to the worker once, as a file that travels beside the message. A
// buffer in shared memory then is 16 bytes in its frame, the number of the piece and
// an offset, and the top bit of its length is set. Whoever sends it has given the
// piece away; a worker returns a piece that it does not look at any more ("free").
// A worker that wants to send asks for a piece ("need"), and gets one of those
// it knows or a new one, or is refused and sends bytes.
type control struct {
	From    int      `json:"from,omitempty"`    // host: buffers of so many bytes may be shared
	Need    int      `json:"need,omitempty"`    // worker: wants so many bytes,
	Request uint64   `json:"request,omitempty"` // and the answer to that
	Segment uint64   `json:"segment,omitempty"` // host: a piece; 0 refuses
	Size    int      `json:"size,omitempty"`    // its bytes, when it is new: a file comes along
	Free    []uint64 `json:"free,omitempty"`    // worker: looks at these no more
	Drop    []uint64 `json:"drop,omitempty"`    // host: forget these
}

const (
	controlFrame = 1 << 31 // a number of buffers that says: a control
	sharedBuffer = 1 << 63 // in a length: the buffer is a reference

	referenceSize = 16
)

// reference says where a buffer lies in shared memory.
type reference struct{ segment, offset uint64 }

// Allocator is what a worker's Conn may be: large data that is put into memory from
// it leaves the process without another copy.
type Allocator interface {
	// Allocate returns n bytes with anything in them, or nil: then ordinary memory
	// will do. A payload that is made of it must be Owned.
	Allocate(n int) []byte
}

package confine

import "time"

// Limits are the bounds of each process of a child's tree. The zero value of a
// field leaves that bound as the program itself has it. Core files are never
// written. A limit above what the program itself may have is lowered to that.
type Limits struct {
	// Memory is what one process may have of private writable memory, in bytes
	// (RLIMIT_DATA, which Linux counts for every allocation since 4.7). Address
	// space is not bounded: runtimes reserve far more of it than they use.
	Memory int64

	// CPU is processor time, rounded up to seconds: a process that used it gets
	// SIGXCPU, and SIGKILL one second later.
	CPU time.Duration

	// FileSize is the size of the largest file that can be written, in bytes.
	FileSize int64

	// OpenFiles is the number of open files.
	OpenFiles int
}

// KillWithin is the longest time that the end of a tree can take.
const KillWithin = 5 * time.Second

const (
	// killWithin is how long Kill goes on looking for processes that appear
	// faster than they can be stopped.
	killWithin = KillWithin

	// drainFor is how long output is still read after a tree has ended, in case
	// a process outside of it holds the pipe.
	drainFor = time.Second

	// socketBuffer is asked for on both ends of a connection, in bytes.
	socketBuffer = 1 << 20

	// tailSize is what is kept of stderr to tell why a child died, in bytes.
	tailSize = 8 << 10

	// maxFiles is the number of files a child may inherit beside its connection.
	maxFiles = 4
)

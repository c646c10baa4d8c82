package confine

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Exit says how a child ended.
type Exit struct {
	Code   int            // its exit code; -1 when a signal ended it
	Signal syscall.Signal // 0 when it exited by itself

	// Killed is true when the program ended it: Stop, Kill or the context.
	Killed bool

	// OutOfMemory is true when the child died for want of memory: its runtime
	// said so with its last words, or the system killed it and nobody here did.
	// A script that catches the error of a failed allocation lives on.
	OutOfMemory bool

	// OutOfTime is true when the limit on processor time ended it.
	OutOfTime bool

	User, System time.Duration // processor time of the tree's waited-for processes

	// Err is a failure to read all of the output; the rest still holds.
	Err error
}

// String names the end in words: "exit code 3", "killed by signal 9 (out of
// memory)".
func (e Exit) String() string {
	s := fmt.Sprintf("exit code %d", e.Code)
	if e.Signal != 0 {
		s = fmt.Sprintf("killed by signal %d (%v)", int(e.Signal), e.Signal)
	}
	switch {
	case e.OutOfMemory:
		s += ", out of memory"
	case e.OutOfTime:
		s += ", out of processor time"
	}
	return s
}

func exitOf(state *os.ProcessState, err error, tail []byte, killed bool) Exit {
	e := Exit{Code: -1, Killed: killed}
	if state == nil {
		e.Err = err
		return e
	}
	e.Code, e.User, e.System = state.ExitCode(), state.UserTime(), state.SystemTime()
	if state.Exited() || state.Success() {
		e.OutOfMemory = !killed && e.Code != 0 && saysOutOfMemory(tail)
		return e
	}
	e.Signal = signalOf(state)
	e.OutOfTime = outOfTime(e.Signal)
	e.OutOfMemory = !killed && (e.Signal == syscall.SIGKILL || saysOutOfMemory(tail))
	return e
}

// lastWords are what runtimes print when an allocation fails and ends them. A
// process leaves no other trace of that: the kernel only refused a system call.
var lastWords = [][]byte{
	[]byte("fatal error: out of memory"),            // Go
	[]byte("fatal error: runtime: out of memory"),   // Go
	[]byte("fatal error: runtime: cannot allocate"), // Go
	[]byte("runtime: cannot allocate memory"),       // Go
	[]byte("MemoryError"),                           // Python
	[]byte("std::bad_alloc"),                        // C++
	[]byte("memory allocation of"),                  // Rust
}

func saysOutOfMemory(tail []byte) bool {
	for _, words := range lastWords {
		if bytes.Contains(tail, words) {
			return true
		}
	}
	return false
}

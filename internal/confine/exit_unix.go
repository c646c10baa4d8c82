//go:build unix

package confine

import (
	"os"
	"syscall"
)

func signalOf(state *os.ProcessState) syscall.Signal {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return 0
}

func outOfTime(s syscall.Signal) bool { return s == syscall.SIGXCPU }

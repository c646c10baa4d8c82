//go:build !unix

package confine

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

func spawn(build func() *exec.Cmd, _ Limits, fence *Fence) (*exec.Cmd, tree, Enforced, error) {
	cmd := build()
	if err := cmd.Start(); err != nil {
		return nil, tree{}, Enforced{}, err
	}
	return cmd, tree{cmd.Process}, unfenced(fence), nil
}

// tree is the first process of a child only.
type tree struct{ process *os.Process }

func (t tree) finish(_ func(), wait func() error) error { return wait() }

func (t tree) terminate() { _ = t.process.Kill() }

func (t tree) kill() { _ = t.process.Kill() }

func socketpair() (net.Conn, *os.File, error) {
	return nil, nil, errors.New("a child cannot inherit a connection on this system")
}

func signalOf(*os.ProcessState) syscall.Signal { return 0 }

func outOfTime(syscall.Signal) bool { return false }

// Describe says what holds on this system.
func Describe() Support {
	return Support{
		System: runtime.GOOS,
		Notes: []string{
			"plugins cannot run here yet: a child cannot inherit its connection",
			"only the first process of a tree is ended",
			noSandbox,
		},
	}
}

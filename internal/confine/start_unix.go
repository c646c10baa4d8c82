//go:build unix && !linux

package confine

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// spawn starts the command through a shell that lowers its own limits and becomes
// the program.
func spawn(build func() *exec.Cmd, limits Limits, fence *Fence) (*exec.Cmd, tree, Enforced, error) {
	cmd := build()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Args = append([]string{"sh", "-c", limits.script(), "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	if err := cmd.Start(); err != nil {
		return nil, tree{}, Enforced{}, err
	}
	return cmd, tree{cmd.Process.Pid}, unfenced(fence), nil
}

func (l Limits) script() string {
	var b strings.Builder
	set := func(flag string, n int64) {
		fmt.Fprintf(&b, "ulimit -%s %d 2>/dev/null; ", flag, n)
	}
	set("c", 0)
	if l.Memory > 0 {
		set("d", (l.Memory+1023)/1024)
	}
	if l.CPU > 0 {
		set("t", int64((l.CPU+time.Second-1)/time.Second))
	}
	if l.FileSize > 0 {
		set("f", (l.FileSize+511)/512)
	}
	if l.OpenFiles > 0 {
		set("n", int64(l.OpenFiles))
	}
	return b.String() + `exec "$@"`
}

// tree is the process group of a child: processes that open a session of their own
// get away.
type tree struct{ pid int }

// finish waits for the first process and then ends its group.
func (t tree) finish(end func(), wait func() error) error {
	err := wait()
	end()
	return err
}

func (t tree) terminate() { _ = syscall.Kill(-t.pid, syscall.SIGTERM) }

func (t tree) kill() { _ = syscall.Kill(-t.pid, syscall.SIGKILL) }

// Describe says what holds on this system.
func Describe() Support {
	return Support{
		System: runtime.GOOS, Limits: true, Connection: true,
		Notes: []string{
			"processes that open a session of their own survive the end of their tree",
			"a child sees the end of its connection when the program is killed, and nothing else ends it",
			"the memory limit is set, but most systems other than Linux do not count all memory for it",
			noSandbox,
		},
	}
}

package confine

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// All children start from one OS thread that is never given back: the signal that
// a child gets when its parent dies is sent when the *thread* that forked it ends.
// The thread has given up gaining privileges, and children inherit that.
var starts = sync.OnceValue(func() chan<- func() {
	requests := make(chan func())
	go serveStarts(requests)
	return requests
})

func serveStarts(requests <-chan func()) {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	for start := range requests {
		start()
	}
}

// spawn starts the command and sets its limits before its first instruction. The
// child is held by the kernel (as a debugger would) where that is allowed, else by
// a shell that waits for a line before it becomes the program.
func spawn(build func() *exec.Cmd, limits Limits, fence *Fence) (cmd *exec.Cmd, t tree, e Enforced, err error) {
	if fence != nil {
		return spawnFenced(build, limits, *fence)
	}
	done := make(chan struct{})
	starts() <- func() {
		defer close(done)
		if cmd, t, err = spawnTraced(build(), limits, 0); err == nil {
			return
		}
		cmd, t, err = spawnGated(build(), limits)
	}
	<-done
	return cmd, t, e, err
}

func attributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
}

// spawnTraced runs on the locked thread: only the thread that forked may let go.
func spawnTraced(cmd *exec.Cmd, limits Limits, namespaces uintptr) (*exec.Cmd, tree, error) {
	attributes(cmd)
	cmd.SysProcAttr.Ptrace = true
	cmd.SysProcAttr.Cloneflags = namespaces
	if err := cmd.Start(); err != nil {
		return nil, tree{}, err
	}
	pid := cmd.Process.Pid
	awaitState(pid, unix.WSTOPPED|unix.WEXITED)
	t, err := settle(pid, limits)
	if err == nil && namespaces&unix.CLONE_NEWUSER != 0 {
		err = become(pid)
	}
	if err == nil {
		err = unix.PtraceDetach(pid)
	}
	if err != nil && err != unix.ESRCH {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, tree{}, os.NewSyscallError("ptrace", err)
	}
	return cmd, t, nil
}

// gate waits for a line on the file named by $1 and becomes the rest of its
// arguments. Only digits are ever put in place of N.
const gate = `read -r go <&N || exit 126; exec N<&-; exec "$@"`

func spawnGated(cmd *exec.Cmd, limits Limits) (*exec.Cmd, tree, error) {
	attributes(cmd)
	read, write, err := os.Pipe()
	if err != nil {
		return nil, tree{}, err
	}
	defer read.Close()
	defer write.Close()
	fd := strconv.Itoa(3 + len(cmd.ExtraFiles))
	script := ""
	for _, r := range gate {
		if r == 'N' {
			script += fd
		} else {
			script += string(r)
		}
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles[:len(cmd.ExtraFiles):len(cmd.ExtraFiles)], read)
	cmd.Args = append([]string{"sh", "-c", script, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	if err := cmd.Start(); err != nil {
		return nil, tree{}, err
	}
	t, err := settle(cmd.Process.Pid, limits)
	if err == nil {
		_, err = write.WriteString("go\n")
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, tree{}, err
	}
	return cmd, t, nil
}

// settle marks the process and sets its limits.
func settle(pid int, limits Limits) (tree, error) {
	t, err := mark(pid)
	if err != nil {
		return tree{}, os.NewSyscallError("prlimit", err)
	}
	for _, l := range limits.list() {
		if err := setLimit(pid, l.resource, l.soft, l.hard); err != nil {
			return tree{}, os.NewSyscallError("prlimit", err)
		}
	}
	return t, nil
}

type rlimit struct {
	resource   int
	soft, hard uint64
}

func (l Limits) list() []rlimit {
	list := []rlimit{{unix.RLIMIT_CORE, 0, 0}}
	if l.Memory > 0 {
		list = append(list, rlimit{unix.RLIMIT_DATA, uint64(l.Memory), uint64(l.Memory)})
	}
	if l.CPU > 0 {
		seconds := uint64((l.CPU + time.Second - 1) / time.Second)
		list = append(list, rlimit{unix.RLIMIT_CPU, seconds, seconds + 1})
	}
	if l.FileSize > 0 {
		list = append(list, rlimit{unix.RLIMIT_FSIZE, uint64(l.FileSize), uint64(l.FileSize)})
	}
	if l.OpenFiles > 0 {
		list = append(list, rlimit{unix.RLIMIT_NOFILE, uint64(l.OpenFiles), uint64(l.OpenFiles)})
	}
	return list
}

// setLimit lowers a limit; one that is lower already stays.
func setLimit(pid, resource int, soft, hard uint64) error {
	var old unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &old); err != nil {
		return err
	}
	hard = min(hard, old.Max)
	return unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(soft, hard), Max: hard}, nil)
}

// awaitState waits for a change of a child without taking note of it, so that the
// process number stays taken.
func awaitState(pid, options int) {
	var info unix.Siginfo
	for unix.Waitid(unix.P_PID, pid, &info, options|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

// Describe says what holds on this system.
func Describe() Support {
	s := Support{
		System: "linux", Tree: true, ParentDeath: true, Memory: true, Limits: true, Privileges: true, Connection: true,
		Files: landlockVersion() > 0, Network: filters(), Apart: namespaces(),
		Notes: []string{"a memory limit counts for each process of a tree, not for their sum"},
	}
	if !s.Files {
		s.Notes = append(s.Notes, "this kernel has no Landlock: files are not fenced off")
	}
	if !s.Network {
		s.Notes = append(s.Notes, "this kernel does not filter system calls: the network is not fenced off")
	}
	if !s.Apart {
		s.Notes = append(s.Notes, noNamespaces,
			"when the program itself is killed, the first process of each tree dies with it; processes that one started may live on",
			"a child that runs as root can raise its limits and lose its mark")
	}
	return s
}

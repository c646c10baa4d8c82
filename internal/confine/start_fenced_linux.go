package confine

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

const noNamespaces = "this system lets nobody give a child processes and users of its own"

// apart are the namespaces of a child that has its own.
func (f *Fence) apart() uintptr {
	if !f.Apart {
		return 0
	}
	flags := uintptr(unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWIPC)
	if !f.Network {
		flags |= unix.CLONE_NEWNET
	}
	return flags
}

// spawned is what came of an attempt to start a child.
type spawned struct {
	cmd  *exec.Cmd
	tree tree
	e    Enforced
	err  error
}

// spawnFenced starts a command from a thread that is behind the fence itself, as all
// it starts will be.
func spawnFenced(build func() *exec.Cmd, limits Limits, fence Fence) (*exec.Cmd, tree, Enforced, error) {
	if namespaces := fence.apart(); namespaces != 0 {
		if s := behind(fence, build(), limits, namespaces, spawnTraced); s.err == nil {
			s.e.Apart = true
			return s.cmd, s.tree, s.e, nil
		}
	}
	s := behind(fence, build(), limits, 0, spawnTraced)
	if s.err != nil {
		fence.Run = append(fence.Run[:len(fence.Run):len(fence.Run)], "/bin/sh")
		s = behind(fence, build(), limits, 0, func(cmd *exec.Cmd, limits Limits, _ uintptr) (*exec.Cmd, tree, error) {
			return spawnGated(cmd, limits)
		})
	}
	if fence.Apart && s.err == nil {
		s.e.Notes = append(s.e.Notes, noNamespaces)
	}
	return s.cmd, s.tree, s.e, s.err
}

// behind starts a command behind a fence. The thread it comes from lives as long as
// the child: the system ends a child with the thread that started it.
func behind(fence Fence, cmd *exec.Cmd, limits Limits, namespaces uintptr, start func(*exec.Cmd, Limits, uintptr) (*exec.Cmd, tree, error)) (s spawned) {
	done, ended := make(chan struct{}), make(chan struct{})
	onThread(func() {
		if s.e, s.err = fence.enter(cmd.Path); s.err == nil {
			s.cmd, s.tree, s.err = start(cmd, limits, namespaces)
		}
		s.tree.ended = ended
		lives := s.err == nil
		close(done)
		if lives {
			<-ended
		}
	})
	<-done
	return s
}

// onThread runs a function on a thread that does nothing else and ends with it; not
// on the first thread of the program, which cannot end.
func onThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			f()
			return
		}
		elsewhere := make(chan struct{})
		onThread(func() { close(elsewhere); f() })
		<-elsewhere
		runtime.UnlockOSThread()
	}()
}

// become gives a held child that has users of its own a user: the program's own one,
// or nobody where that is root. None of them has privileges. It is done on a thread
// that is behind no fence.
func become(pid int) error {
	uid, gid := os.Geteuid(), os.Getegid()
	if uid == 0 {
		return nil
	}
	done := make(chan error)
	go func() {
		folder := "/proc/" + strconv.Itoa(pid)
		for _, f := range [][2]string{
			{"setgroups", "deny"},
			{"uid_map", strconv.Itoa(uid) + " " + strconv.Itoa(uid) + " 1"},
			{"gid_map", strconv.Itoa(gid) + " " + strconv.Itoa(gid) + " 1"},
		} {
			if err := os.WriteFile(folder+"/"+f[0], []byte(f[1]), 0); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	return <-done
}

// filters tells whether system calls can be filtered.
var filters = sync.OnceValue(func() bool {
	answer := make(chan bool)
	onThread(func() {
		_ = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
		answer <- filterCalls(false) == nil
	})
	return <-answer
})

// namespaces tells whether a child can have users and processes of its own. The
// child that tries it is held and ended before its first instruction.
var namespaces = sync.OnceValue(func() bool {
	self, err := os.Executable()
	if err != nil {
		return false
	}
	answer := make(chan bool)
	onThread(func() {
		cmd := exec.Command(self)
		attributes(cmd)
		cmd.SysProcAttr.Ptrace = true
		cmd.SysProcAttr.Cloneflags = (&Fence{Apart: true}).apart()
		err := cmd.Start()
		if err == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		answer <- err == nil
	})
	return <-answer
})

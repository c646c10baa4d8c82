package confine

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tree is a child and everything it started. Processes are recognised by a mark
// that forks and programs inherit and that only root can take off: the hard limit
// on file locks, which no kernel since 2.4 looks at, set to a number of its own.
// Parents are followed as well, for processes that did take it off.
type tree struct {
	pid  int
	mark uint64
	// ended is closed when the first process has ended; nil when nobody wants to know.
	ended chan struct{}
}

// rlimitLocks is RLIMIT_LOCKS, the same on every architecture.
const rlimitLocks = 10

// mark gives a held process a number between half of the program's own and that,
// so that a marked program can start marked children too.
func mark(pid int) (tree, error) {
	var own unix.Rlimit
	if err := unix.Prlimit(0, rlimitLocks, nil, &own); err != nil {
		return tree{}, err
	}
	top := min(own.Max, 1<<62)
	number := top/2 + rand.Uint64N(max(top/2, 1))
	return tree{pid: pid, mark: number}, unix.Prlimit(pid, rlimitLocks, &unix.Rlimit{Cur: number, Max: number}, nil)
}

// finish waits for the first process, ends the rest, and only then lets go of the
// process number.
func (t tree) finish(end func(), wait func() error) error {
	awaitState(t.pid, unix.WEXITED)
	end()
	err := wait()
	if t.ended != nil {
		close(t.ended)
	}
	return err
}

// terminate asks the first process and its group to end.
func (t tree) terminate() {
	if t.marked(t.pid) {
		_ = unix.Kill(t.pid, unix.SIGTERM)
		_ = unix.Kill(-t.pid, unix.SIGTERM)
	}
}

// kill stops all processes until no new one appears, so that none can fork away,
// and then kills all of them. Marks are cheap to see, so each process is stopped
// the moment it is found; following parents is slow and comes when the others
// stand still.
func (t tree) kill() {
	deadline := time.Now().Add(killWithin)
	for time.Now().Before(deadline) {
		stopped := map[int]bool{}
		for fresh := true; fresh && time.Now().Before(deadline); {
			fresh = t.stop(processes(), t.marked, stopped)
			if !fresh && running(stopped) {
				parents := parents()
				fresh = t.stop(slices.Collect(maps.Keys(parents)), func(pid int) bool { return t.descends(pid, parents) }, stopped)
			}
		}
		if !running(stopped) {
			return
		}
		for pid := range stopped {
			send(pid, unix.SIGKILL, always)
		}
		for pause := 50 * time.Microsecond; running(stopped) && time.Now().Before(deadline); pause = min(2*pause, 10*time.Millisecond) {
			time.Sleep(pause)
		}
	}
}

// stop stops those processes that belong to the tree and remembers them; it tells
// whether there was a new one.
func (t tree) stop(pids []int, belongs func(pid int) bool, stopped map[int]bool) (fresh bool) {
	for _, pid := range pids {
		if !stopped[pid] && belongs(pid) && send(pid, unix.SIGSTOP, belongs) {
			stopped[pid], fresh = true, true
		}
	}
	return fresh
}

// running tells whether one of the processes still runs; a dead one that its
// parent has not waited for does not.
func running(pids map[int]bool) bool {
	for pid := range pids {
		if state, _ := stat(pid); state != 0 {
			return true
		}
	}
	return false
}

// send signals a process through a handle, if it is still the right one once the
// handle is there: its number may have been given to another process meanwhile.
func send(pid int, sig unix.Signal, still func(pid int) bool) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ENOSYS {
		return unix.Kill(pid, sig) == nil
	}
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return still(pid) && unix.PidfdSendSignal(fd, sig, nil, 0) == nil
}

func always(int) bool { return true }

func (t tree) marked(pid int) bool {
	var l unix.Rlimit
	return unix.Prlimit(pid, rlimitLocks, nil, &l) == nil && l.Max == t.mark
}

// descends tells whether a process or one of those it comes from is marked.
func (t tree) descends(pid int, parents map[int]int) bool {
	for range len(parents) {
		if pid <= 1 {
			return false
		}
		if pid == t.pid || t.marked(pid) {
			return true
		}
		pid = parents[pid]
	}
	return false
}

// parents are the running processes of the machine with their parents.
func parents() map[int]int {
	found := map[int]int{}
	for _, pid := range processes() {
		if state, parent := stat(pid); state != 0 {
			found[pid] = parent
		}
	}
	return found
}

func processes() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	pids := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// stat reads the state and the parent of a process; state is 0 when it does not
// run (any more).
func stat(pid int) (state byte, parent int) {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, 0
	}
	var buf [512]byte
	n, _ := unix.Read(fd, buf[:])
	unix.Close(fd)
	// The program's name stands in parentheses and may hold anything.
	_, rest, ok := bytes.Cut(buf[max(0, bytes.LastIndexByte(buf[:max(n, 0)], ')')):max(n, 0)], []byte(") "))
	fields := bytes.Fields(rest)
	if !ok || len(fields) < 2 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return 0, 0
	}
	parent, _ = strconv.Atoi(string(fields[1]))
	return fields[0][0], parent
}

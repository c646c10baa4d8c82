//go:build linux

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// A program that runs under strace stays on one thread, so that the N-th call of a
// kind is the same one each time.
func init() {
	if os.Getenv("IMJOY_TEST_ONE_THREAD") != "" {
		runtime.LockOSThread()
	}
}

// changingCalls are the system calls by which a process changes a disk, or begins to.
var changingCalls = []string{"openat", "write", "fsync", "renameat", "mkdirat", "unlinkat", "flock", "close"}

// storeScenario is one command and the state it starts from.
type storeScenario struct {
	name    string
	before  [][]string // commands
	command []string
	old     map[string]string // versions by name
	new     map[string]string
}

func storeScenarios() []storeScenario {
	one, helper, two := []string{"install", "one.imjoy.html"}, []string{"install", "helper.imjoy.html"}, []string{"install", "two", "--replace"}
	dependent, edit := []string{"install", "dependent.imjoy.html"}, []string{"edit"}
	none, first, second := map[string]string{}, map[string]string{"Main": "1.0.0"}, map[string]string{"Main": "2.0.0"}
	both, bothNew := map[string]string{"Main": "1.0.0", "Helper": "1.0.0"}, map[string]string{"Main": "2.0.0", "Helper": "2.0.0"}
	return []storeScenario{
		{"two together", [][]string{one, helper}, two, both, bothNew},
		{"first install", nil, two, none, bothNew},
		{"with a dependency", nil, dependent, none, map[string]string{"Dependent": "1.0.0", "Helper": "1.0.0"}},
		{"two addresses", [][]string{helper}, []string{"install", "one.imjoy.html", "dependent.imjoy.html"}, map[string]string{"Helper": "1.0.0"},
			map[string]string{"Main": "1.0.0", "Helper": "1.0.0", "Dependent": "1.0.0"}},
		{"upgrade of one", [][]string{one, edit}, []string{"upgrade"}, first, second},
		// Without names it would pass over one that cannot be read, and say so.
		{"upgrade of two", [][]string{one, helper, edit}, []string{"upgrade", "Main", "Helper"}, both, bothNew},
		{"rollback", [][]string{one, edit, one}, []string{"rollback", "Main"}, second, first},
		{"rollback of two", [][]string{one, helper, edit, {"upgrade"}}, []string{"rollback", "Main", "Helper"}, bothNew, both},
		{"uninstall", [][]string{one}, []string{"uninstall", "Main"}, first, none},
		{"uninstall of two", [][]string{one, dependent}, []string{"uninstall", "Dependent", "Helper"},
			map[string]string{"Main": "1.0.0", "Helper": "1.0.0", "Dependent": "1.0.0"}, first},
	}
}

func (sc storeScenario) machine(t *testing.T) *machine {
	m := newMachine(t)
	numbered := func(name, number string) string {
		return strings.Replace(scriptPlugin(name), `"version": "1.0.0"`, `"version": "`+number+`"`, 1)
	}
	if err := os.Mkdir(filepath.Join(m.dir, "work", "two"), 0o700); err != nil {
		t.Fatal(err)
	}
	m.write("one.imjoy.html", numbered("Main", "1.0.0"))
	m.write("helper.imjoy.html", numbered("Helper", "1.0.0"))
	m.write("dependent.imjoy.html", strings.Replace(scriptPlugin("Dependent"), `"description"`, `"dependencies": ["helper.imjoy.html"], "description"`, 1))
	m.write("two/main.imjoy.html", numbered("Main", "2.0.0"))
	m.write("two/helper.imjoy.html", numbered("Helper", "2.0.0"))
	for _, args := range sc.before {
		if args[0] == "edit" {
			m.write("one.imjoy.html", numbered("Main", "2.0.0"))
			m.write("helper.imjoy.html", numbered("Helper", "2.0.0"))
			continue
		}
		m.must(exitFine, args...)
	}
	return m
}

// strace runs a command of the program, and returns its exit code and what its calls of
// a kind were.
func (m *machine) strace(t *testing.T, call string, options, args []string) (code int, log []byte) {
	t.Helper()
	program, err := exec.LookPath("imjoy")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(m.dir, "strace.log")
	options = append([]string{"-f", "-qq", "-y", "-s", "4096", "-o", path, "-e", "trace=" + call}, options...)
	cmd := exec.Command("strace", append(append(options, program), args...)...)
	cmd.Dir = filepath.Join(m.dir, "work")
	cmd.Env = append(os.Environ(), "IMJOY_TEST_ONE_THREAD=1", "GOMAXPROCS=1")
	for name, value := range m.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, _ := cmd.CombinedOutput()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("strace does not work here: %v: %s", err, out)
	}
	return cmd.ProcessState.ExitCode(), text
}

// points are the numbers of the calls that one effect is tried at: those that reach into
// the machine's folder. A process killed at a call that changes nothing leaves the disk
// as one killed at the next call that does, so kills happen at those only.
func (sc storeScenario) points(t *testing.T, call, effect string) []int {
	if effect == kill && slices.Contains([]string{"fsync", "flock", "close"}, call) {
		return nil
	}
	m := sc.machine(t)
	code, log := m.strace(t, call, nil, sc.command)
	if code != exitFine {
		t.Fatalf("exit %d though nothing was done to it", code)
	}
	work, err := filepath.EvalSymlinks(filepath.Join(m.dir, "work"))
	if err != nil {
		t.Fatal(err)
	}
	numbers, seen := map[int]bool{}, map[string]int{} // strace counts for each thread
	for line := range strings.Lines(string(log)) {
		thread, rest, _ := strings.Cut(line, " ")
		if rest = strings.TrimLeft(rest, " "); !strings.HasPrefix(rest, call+"(") {
			continue
		}
		seen[thread]++
		rest = strings.ReplaceAll(rest, "AT_FDCWD<"+work+">, \"/", "\"/") // an absolute name is not in it
		touches := strings.Contains(rest, m.dir) || call == "write"       // also what it says
		if touches && !(effect == kill && call == "openat" && !strings.Contains(rest, "O_CREAT")) {
			numbers[seen[thread]] = true
		}
	}
	return slices.Sorted(maps.Keys(numbers))
}

const kill = "signal=KILL"

// TestEverySystemCall ends the program at each system call that changes something, and
// lets each call on its files fail for a full and for a broken disk, in turn. What is
// installed is all old or all new, whole, also of several plugins; success is only reported with
// the new one; and doing it again heals everything. With IMJOY_LONG=all each call fails
// in both ways; else each in one, and of openings and closings every second.
func TestEverySystemCall(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not on PATH: it stops the program at system calls")
	}
	scenarios, calls, effects := storeScenarios(), changingCalls, []string{kill, "error=ENOSPC", "error=EIO"}
	if !long() {
		scenarios, calls, effects = scenarios[:1], []string{"fsync", "renameat"}, effects[:2]
	}
	count := map[string]*atomic.Int64{"signal": {}, "error": {}}
	t.Cleanup(func() {
		t.Logf("%d points at which it was killed, %d calls that failed", count["signal"].Load(), count["error"].Load())
	})
	for _, sc := range scenarios {
		for _, call := range calls {
			for _, effect := range effects {
				t.Run(sc.name+"/"+call+"/"+effect, func(t *testing.T) {
					t.Parallel()
					kind, _, _ := strings.Cut(effect, "=")
					for i, n := range sc.points(t, call, effect) {
						if turn := slices.Index(effects[1:], effect); turn >= 0 && i%every(call) != turn && os.Getenv("IMJOY_LONG") != "all" {
							continue
						}
						if sc.point(t, call, effect, n) {
							count[kind].Add(1)
						}
					}
				})
			}
		}
	}
}

// every is one over the part of the calls of a kind that fail in one of the two ways: most
// openings and closings are of files that are read, one after the other.
func every(call string) int {
	if call == "openat" || call == "close" {
		return 4
	}
	return 2
}

// point tries one call; the answer is false when there was none of that number.
func (sc storeScenario) point(t *testing.T, call, effect string, n int) bool {
	m := sc.machine(t)
	code, log := m.strace(t, call, []string{"-e", fmt.Sprintf("inject=%s:%s:when=%d", call, effect, n)}, sc.command)
	if !bytes.Contains(log, []byte("(INJECTED)")) && !bytes.Contains(log, []byte("killed by SIGKILL")) {
		if code != exitFine {
			t.Errorf("call %d: exit %d though nothing was done to it", n, code)
		}
		return false
	}
	where := fmt.Sprintf("%s %d", call, n)
	found, err := m.versions()
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return true
	}
	// All is old, or all is new.
	if !maps.Equal(found, sc.new) && (code == exitFine || !maps.Equal(found, sc.old)) {
		t.Errorf("%s: exit %d: found %v; it was %v and becomes %v", where, code, found, sc.old, sc.new)
	}
	if !slices.Contains([]string{"rollback", "uninstall"}, sc.command[0]) {
		m.must(exitFine, sc.command...)
		if again, err := m.versions(); err != nil || !maps.Equal(again, sc.new) {
			t.Errorf("%s: again: %v, %v", where, again, err)
		}
		for _, dir := range []string{".staging", "journal"} {
			if left, _ := filepath.Glob(filepath.Join(m.env["IMJOY_HOME"], dir, "*")); len(left) > 0 {
				t.Errorf("%s: left in %s: %v", where, dir, left)
			}
		}
	}
	return true
}

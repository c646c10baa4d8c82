//go:build amd64 || arm64

package engine_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/imjoy-tools/imjoy/engine"
)

// forbid makes this whole process live on a system that lacks something.
func forbid(t *testing.T, what string) {
	t.Helper()
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	jump := func(test uint16, k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | test | unix.BPF_K, K: k, Jt: yes, Jf: no}
	}
	answer := func(k uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k}
	}
	const allow, deny = unix.SECCOMP_RET_ALLOW, unix.SECCOMP_RET_ERRNO
	program := map[string][]unix.SockFilter{
		"Landlock": { // a kernel that was built without it
			load(0),
			jump(unix.BPF_JGE, unix.SYS_LANDLOCK_CREATE_RULESET, 0, 2),
			jump(unix.BPF_JGT, unix.SYS_LANDLOCK_RESTRICT_SELF, 1, 0),
			answer(deny | uint32(unix.ENOSYS)),
			answer(allow),
		},
		"namespaces": { // a system that leaves them to its administrator
			load(0),
			jump(unix.BPF_JEQ, unix.SYS_UNSHARE, 3, 0),
			jump(unix.BPF_JEQ, unix.SYS_CLONE, 0, 3),
			load(16),
			jump(unix.BPF_JSET, unix.CLONE_NEWUSER, 0, 1),
			answer(deny | uint32(unix.EPERM)),
			answer(allow),
		},
	}[what]
	// clone3 is not looked at: Go uses clone.
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter))); errno != 0 {
		t.Fatal(errno)
	}
}

// TestPythonWhereTheSystemForbidsAFence: the plugin runs, and one plain line says what is
// not kept from it.
func TestPythonWhereTheSystemForbidsAFence(t *testing.T) {
	if what := os.Getenv("IMJOY_TEST_WITHOUT"); what != "" {
		forbid(t, what)
		lines := &logged{}
		b := background(t, time.Minute)
		for name, rt := range map[string]engine.Runtime{"attached": pythonRuntime(t), "in the background": engine.Lasting(found(foundPython(t)), b)} {
			p := mustOpen(t, lasting("api.export({'run': lambda ctx=None: 42})"), engine.Options{Runtimes: []engine.Runtime{rt}, Host: engine.Host{Log: lines}})
			if v, err := p.Call(t.Context(), "run"); v != 42.0 || err != nil {
				t.Errorf("%s: %v %v", name, v, err)
			}
			if !lines.has("imjoy: this plugin is not contained: ") {
				t.Errorf("%s: nothing is said in %q", name, lines.lines)
			}
			os.Stdout.WriteString(strings.Join(lines.lines, "\n") + "\n")
			lines.lines = nil
			p.Close(t.Context())
		}
		return
	}
	for what, want := range map[string]string{
		"Landlock":   "imjoy: this plugin is not contained: this kernel has no Landlock: files are not fenced off",
		"namespaces": "imjoy: this plugin is not contained: ",
	} {
		t.Run(what, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=TestPythonWhereTheSystemForbidsAFence$")
			cmd.Env = append(os.Environ(), "IMJOY_TEST_WITHOUT="+what)
			out, err := cmd.CombinedOutput()
			if err != nil || strings.Count(string(out), want) != 2 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

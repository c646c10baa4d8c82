//go:build linux && (amd64 || arm64)

package confine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in the kernel's struct seccomp_data.
const (
	dataCall = 0
	dataArch = 4
)

// refused are system calls that no plugin needs: they reach the keys of a session,
// other processes, or go around this very filter.
var refused = []uint32{
	unix.SYS_IO_URING_SETUP, unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN,
	unix.SYS_USERFAULTFD, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KEXEC_LOAD, unix.SYS_OPEN_BY_HANDLE_AT,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_SETNS, unix.SYS_UNSHARE,
}

// filterCalls makes the calling thread, and what it starts, do without some system
// calls for good. Without network that includes making sockets; pairs of sockets,
// which lead nowhere, stay.
func filterCalls(network bool) error {
	calls := refused
	if !network {
		calls = append(calls[:len(calls):len(calls)], unix.SYS_SOCKET)
	}
	program := []unix.SockFilter{
		load(dataArch),
		jump(unix.BPF_JEQ, thisArch, 1, 0),
		answer(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)), // a foreign numbering of calls
		load(dataCall),
		jump(unix.BPF_JGE, otherNumbers, 0, 1),
		answer(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)),
	}
	for i, call := range calls {
		program = append(program, jump(unix.BPF_JEQ, call, uint8(len(calls)-i), 0))
	}
	program = append(program, answer(unix.SECCOMP_RET_ALLOW), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.EACCES)))
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&filter)))
	if errno != 0 {
		return errno
	}
	return nil
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(test uint16, k uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | test | unix.BPF_K, Jt: yes, Jf: no, K: k}
}

func answer(k uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k}
}

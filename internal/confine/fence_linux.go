package confine

import (
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What every program may read, and which files it may write as well.
var (
	systemReads = []string{
		"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store",
		"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/timezone", "/etc/mime.types",
		"/etc/os-release", "/etc/fonts", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ssl/cert.pem", "/etc/pki/tls/certs", "/etc/pki/ca-trust",
		"/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/version", "/proc/filesystems", "/proc/sys", "/proc/driver/nvidia",
		"/sys/devices/system", "/sys/fs/cgroup", "/sys/module/nvidia",
	}
	systemWrites = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/dri", "/dev/kfd",
		"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset", "/dev/nvidia0", "/dev/nvidia1", "/dev/nvidia2", "/dev/nvidia3",
		"/dev/nvidia4", "/dev/nvidia5", "/dev/nvidia6", "/dev/nvidia7",
	}
	networkReads  = []string{"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/host.conf"}
	systemLoaders = []string{
		"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3", "/lib/ld-linux-riscv64-lp64d.so.1", "/lib64/ld64.so.2", "/lib/ld64.so.1",
		"/lib64/ld-linux-loongarch-lp64d.so.1", "/lib/ld-linux.so.2", "/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1", "/lib/ld-musl-riscv64.so.1",
	}
)

// The rights of Landlock that make up reading, running, and the rest; those after
// the first version with the version that has them.
const (
	fsRead    = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	fsRun     = unix.LANDLOCK_ACCESS_FS_EXECUTE
	fsFirst   = 1<<13 - 1
	fsOnFiles = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// landlockVersion is what the kernel knows of Landlock, 0 for nothing.
var landlockVersion = sync.OnceValue(func() int {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(version)
})

// rules is a Landlock ruleset that is being written.
type rules struct {
	fd      int
	handled uint64
}

func handledBy(version int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{Handled_access_fs: fsFirst}
	if version >= 2 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 5 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	return a
}

// landlock makes the ruleset of a fence for a program.
func (f *Fence) landlock(program string) (int, error) {
	version := landlockVersion()
	attr := handledBy(version)
	size := uintptr(8)
	if version >= 4 && !f.Network {
		attr.Handled_access_net, size = unix.LANDLOCK_ACCESS_NET_BIND_TCP|unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, 16
	}
	if version >= 6 {
		attr.Scoped, size = unix.LANDLOCK_SCOPE_SIGNAL, 24
		if !f.Network {
			attr.Scoped |= unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
		}
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return -1, os.NewSyscallError("landlock_create_ruleset", errno)
	}
	r := rules{int(fd), attr.Handled_access_fs}
	r.add(fsRead, systemReads...)
	r.add(^uint64(0), systemWrites...)
	r.add(fsRead|fsRun, systemLoaders...)
	r.add(fsRead|fsRun, program)
	if f.Network {
		r.add(fsRead, networkReads...)
	}
	r.add(fsRead, f.Read...)
	r.add(^uint64(fsRun), f.Write...)
	r.add(fsRead|fsRun, f.Run...)
	return r.fd, nil
}

// add allows something beneath paths.
func (r rules) add(access uint64, paths ...string) {
	for _, path := range paths {
		r.allow(access&r.handled, path)
	}
}

func (r rules) allow(access uint64, path string) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return // nothing to allow
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil {
		return
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= fsOnFiles
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	_, _, _ = unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
}

// enter puts the calling thread behind the fence; there is no way back.
func (f *Fence) enter(program string) (Enforced, error) {
	var e Enforced
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return e, os.NewSyscallError("prctl", err)
	}
	if os.Geteuid() == 0 { // root's programs would get its privileges back at their start
		for privilege := range uintptr(unix.CAP_LAST_CAP + 1) {
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, privilege, 0, 0, 0)
		}
	}
	if landlockVersion() == 0 {
		e.Notes = append(e.Notes, "this kernel has no Landlock: files are not fenced off")
	} else {
		fd, err := f.landlock(program)
		if err != nil {
			return e, err
		}
		defer unix.Close(fd)
		if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(fd), 0, 0); errno != 0 {
			return e, os.NewSyscallError("landlock_restrict_self", errno)
		}
		e.Files = true
	}
	switch err := filterCalls(f.Network); {
	case err == nil:
		e.Network = !f.Network
	case !f.Network:
		e.Notes = append(e.Notes, "this kernel does not filter system calls ("+err.Error()+"): the network may be open")
	}
	return e, nil
}

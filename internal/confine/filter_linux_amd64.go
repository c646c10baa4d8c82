package confine

import "golang.org/x/sys/unix"

const (
	thisArch     = unix.AUDIT_ARCH_X86_64
	otherNumbers = 0x40000000 // x32's
)

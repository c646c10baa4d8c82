package confine

import "golang.org/x/sys/unix"

const (
	thisArch     = unix.AUDIT_ARCH_AARCH64
	otherNumbers = 0x40000000 // there are none
)

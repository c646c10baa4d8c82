//go:build linux || darwin

package main

import "syscall"

// maxSmallBytes is how long a file may be that is read in one piece.
const maxSmallBytes = 1 << 20

// readSmall reads a regular file that is not long with as few calls of the system as
// there can be, which is half of what a file takes that may also be waited for. It is not
// ok where anything is unusual or fails: then the file is to be read as any other.
func readSmall(path string) (text []byte, ok bool) {
	file, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, false
	}
	defer func() { _ = syscall.Close(file) }()
	var info syscall.Stat_t
	if err := syscall.Fstat(file, &info); err != nil || info.Mode&syscall.S_IFMT != syscall.S_IFREG || info.Size > maxSmallBytes {
		return nil, false
	}
	text = make([]byte, info.Size+1) // one more, to see the end
	n, err := syscall.Read(file, text)
	return text[:max(n, 0)], err == nil && n == int(info.Size)
}

//go:build linux || darwin

package lintcache

import (
	"errors"
	"syscall"
)

// stateOf returns the state of what a path leads to; ok is false where that cannot be
// told, or is neither a file nor a folder.
func stateOf(path string) (s state, ok bool) {
	var info syscall.Stat_t
	err := syscall.Stat(path, &info)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Stat(path, &info)
	}
	switch {
	case err == syscall.ENOENT, err == syscall.ENOTDIR:
		return state{}, true
	case err != nil:
		return state{}, false
	}
	if kind := info.Mode & syscall.S_IFMT; kind != syscall.S_IFREG && kind != syscall.S_IFDIR {
		return state{}, false
	}
	modified, changed := times(&info)
	return newState(uint64(info.Dev), uint64(info.Ino), uint64(info.Mode), uint64(info.Size), uint64(modified), uint64(changed)), true
}

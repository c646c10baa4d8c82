//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package scratch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// open opens a folder of this user; nothing else is one.
func open(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	var is unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &is); err != nil || int(is.Uid) != os.Geteuid() {
		file.Close()
		return nil, errors.Join(os.ErrPermission, err)
	}
	return file, nil
}

func hold(path string) (*os.File, error) {
	file, err := open(path)
	switch {
	case os.IsNotExist(err):
		return nil, errGone
	case err != nil:
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err != nil && !errors.Is(err, unix.EWOULDBLOCK) {
		return file, nil // a disk without locks, where nobody removes anything either
	}
	named, gone := os.Lstat(path)
	own, failed := file.Stat()
	if err != nil || gone != nil || failed != nil || !os.SameFile(named, own) {
		file.Close()
		return nil, errGone
	}
	return file, nil
}

// remove removes a folder unless somebody holds it.
func remove(path string) {
	file, err := open(path)
	if err != nil {
		return
	}
	defer file.Close()
	if unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
		_ = os.RemoveAll(path)
	}
}

package pyenv

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncDisk brings everything written so far to the disk, so that the finished marker
// never arrives there first.
func syncDisk(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return os.NewSyscallError("syncfs", unix.Syncfs(int(f.Fd())))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

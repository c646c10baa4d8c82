//go:build unix

package confine

import (
	"os/exec"
	"syscall"
)

const rootFolder = "/"

func leave(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

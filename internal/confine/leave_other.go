//go:build !unix

package confine

import "os/exec"

const rootFolder = ""

func leave(*exec.Cmd) {}

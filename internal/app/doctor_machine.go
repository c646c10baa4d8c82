package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/imjoy-tools/imjoy/repository"
)

// Machine is what this machine is to those who choose a tag for it. Nothing is
// started to find out.
func (a *App) Machine() repository.Machine {
	m := repository.Machine{System: runtime.GOOS, Arch: runtime.GOARCH}
	switch {
	case a.hasNVIDIA():
		m.GPU = "nvidia"
	case m.System == "darwin" && m.Arch == "arm64":
		m.GPU = "apple"
	}
	return m
}

// hasNVIDIA looks for the driver's traces. CUDA_VISIBLE_DEVICES=-1 hides cards from
// every program, and from us.
func (a *App) hasNVIDIA() bool {
	if a.Env("CUDA_VISIBLE_DEVICES") == "-1" {
		return false
	}
	if runtime.GOOS == "linux" {
		_, err := os.Stat("/proc/driver/nvidia/version")
		return err == nil
	}
	return a.lookPath("nvidia-smi") != ""
}

// lookPath finds a program on the person's PATH, "" when it is not there. Relative
// folders of PATH are left out.
func (a *App) lookPath(name string) string {
	for _, dir := range filepath.SplitList(a.Env("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	return ""
}

//go:build unix

package chromium

import (
	"os"
	"os/exec"
	"syscall"
)

// spawn starts the browser in a process group of its own, so that all of it can be
// ended, with the pipes at the places where it looks for them: 3 and 4.
func (b *Browser) spawn(path string, args, env []string) (in *os.File, err error) {
	theirIn, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	in, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		out.Close()
		return nil, err
	}
	defer theirIn.Close()
	defer theirOut.Close()
	b.cmd = exec.Command(path, args...)
	b.cmd.Env = env
	b.cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := b.cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	b.out = out
	go func() {
		_ = b.cmd.Wait() // how it ended does not matter
		close(b.exited)
	}()
	return in, nil
}

// kill ends what is left of the browser.
func (b *Browser) kill() { _ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL) }

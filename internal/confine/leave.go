package confine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Leave starts a program that outlives this one: in a session of its own, with no
// limits and nothing to read but text. It returns the first line that the program
// prints, which says that it has begun its work; what it prints then goes nowhere.
func Leave(ctx context.Context, command []string, text []byte) (line string, err error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdin = []string{}, rootFolder, bytes.NewReader(text)
	leave(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	line, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("it ended without a word: %v", cmd.ProcessState)
	}
	go func() { _ = cmd.Wait() }() // when it ends before this program
	return strings.TrimSuffix(line, "\n"), nil
}

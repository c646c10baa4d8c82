//go:build unix

package disk_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/workspace/disk"
)

// A pipe is no file: it is not opened, which would wait for somebody to write.
func TestPipesAreNotRead(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, p, d := t.Context(), plugin(t, "read:"+dir, "write:"+dir), disk.New(t.TempDir())
	read := make(chan error, 1)
	go func() {
		_, err := d.Read(ctx, p, pipe)
		read <- err
	}()
	select {
	case err := <-read:
		if err == nil {
			t.Error("a pipe is read")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for the other end of a pipe")
	}
	if err := d.Write(ctx, p, pipe, []byte("x")); err == nil {
		t.Error("a pipe is replaced")
	}
}

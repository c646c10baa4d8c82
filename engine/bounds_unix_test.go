//go:build unix

package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
)

// Nothing opens the file of a source map that a script names: opening a FIFO would wait
// for somebody who writes into it.
func TestSourceMapsOpenNoFiles(t *testing.T) {
	path := t.TempDir() + "/secret.map"
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	// Whoever opens it is let go, so that the test ends.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		if f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			f.Close()
		}
	})()
	onEach(t, func(t *testing.T, o engine.Options) {
		p, err := engine.Open(ctx, planOf(t, js("\napi.export({run() { eval('1\\n//# sourceMappingURL="+path+"'); new Function('\\n//# sourceMappingURL="+path+"\\n')(); return 'fine' }})\n//# sourceMappingURL="+path+"\n")), o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close(context.Background())
		if v, err := p.Call(ctx, "run"); err != nil || v != "fine" {
			t.Errorf("%v %v", v, err)
		}
	})
}

// The limits of a worker are there before a script runs, and the worker cannot lift them.
func TestLimitsOfAWorker(t *testing.T) {
	if _, err := os.Stat("/proc/self/limits"); err != nil {
		t.Skip("this system does not tell the limits of a process")
	}
	t.Setenv("IMJOY_TEST_SECRET", "token")
	secret, err := os.Create(t.TempDir() + "/secret")
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	before := children(t)
	mustOpen(t, js("api.export({})"), engine.Options{Runtimes: []engine.Runtime{engine.Worker()}})
	for pid := range children(t) {
		if before[pid] {
			continue
		}
		limits, _ := os.ReadFile("/proc/" + pid + "/limits")
		status, _ := os.ReadFile("/proc/" + pid + "/status")
		squeezed := strings.Join(strings.Fields(string(limits)), " ")
		for _, want := range []string{
			"Max data size 536870912 536870912 bytes", "Max file size 1 1 bytes", "Max open files 256 256 files", "Max core file size 0 0 bytes",
		} {
			if !strings.Contains(squeezed, want) {
				t.Errorf("no %q in\n%s", want, limits)
			}
		}
		if !strings.Contains(string(status), "NoNewPrivs:\t1") {
			t.Errorf("it may gain rights:\n%s", status)
		}
		if environment, err := os.ReadFile("/proc/" + pid + "/environ"); err != nil || len(environment) > 0 {
			t.Errorf("its environment: %q %v", environment, err)
		}
		files, err := filepath.Glob("/proc/" + pid + "/fd/*")
		if err != nil || len(files) == 0 {
			t.Errorf("its files: %v %v", files, err)
		}
		for _, file := range files {
			name, _ := os.Readlink(file)
			if strings.HasPrefix(name, "/") && name != os.DevNull {
				t.Errorf("it has %s", name)
			}
		}
		return
	}
	t.Error("there is no worker")
}

package pyproc

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/confine"
)

// Each script misbehaves in run. The host must get an answer or the end of the
// connection in time, stay small, and leave nothing behind.
var hostile = map[string]string{
	"exits":                     `os._exit(3)`,
	"dies":                      `os.kill(os.getpid(), 11)`,
	"closes the connection":     `os.close(3)`,
	"shuts the connection":      `import socket; socket.socket(fileno=3).shutdown(socket.SHUT_RDWR); time.sleep(100)`,
	"false length of a header":  `os.write(3, struct.pack("<II", 0xffffffff, 0)); time.sleep(100)`,
	"too many buffers":          `os.write(3, struct.pack("<II", 2, 4000000000)); time.sleep(100)`,
	"false length of a buffer":  `os.write(3, struct.pack("<IIQ", 2, 1, 1 << 62) + b"{}"); time.sleep(100)`,
	"half a frame":              `os.write(3, struct.pack("<IIQ", 2, 1, 1 << 30) + b"{}" + b"x" * 1000); os._exit(0)`,
	"not JSON":                  `os.write(3, struct.pack("<II", 4, 0) + b"oops"); time.sleep(100)`,
	"deep JSON":                 `t = b"[" * 1000000; os.write(3, struct.pack("<II", len(t), 0) + t); time.sleep(100)`,
	"version of the future":     `t = b'{"v":99,"kind":"call"}'; os.write(3, struct.pack("<II", len(t), 0) + t); time.sleep(100)`,
	"ignores TERM and forks":    `import signal; signal.signal(15, signal.SIG_IGN); [os.fork() for i in range(4)]; time.sleep(100)`,
	"names memory it has not":   `os.write(3, struct.pack("<IIQ", 2, 1, 1 << 63 | 1000) + b"{}" + struct.pack("<QQ", 77, 0)); time.sleep(100)`,
	"returns memory it has not": `t = b'{"free":[5]}'; os.write(3, struct.pack("<II", len(t), 1 << 31) + t); time.sleep(100)`,
	"talks nonsense of memory":  `os.write(3, struct.pack("<II", 4, 1 << 31) + b"oops"); time.sleep(100)`,
	"asks for memory for ever": `t = b'{"need":1000000,"request":1}'; f = struct.pack("<II", len(t), 1 << 31) + t
  while True: os.write(3, f * 1000)`,
	"notifies for ever": `t = b'{"v":1,"kind":"notify","method":"log","args":[{}]}'; f = struct.pack("<II", len(t), 0) + t
  while True: os.write(3, f * 1000)`,
	"calls for ever": `t = b'{"v":1,"kind":"call","id":9,"method":"api.x","args":[]}'; f = struct.pack("<II", len(t), 0) + t
  while True: os.write(3, f * 1000)`,
	"stops itself":          `os.kill(os.getpid(), 19); time.sleep(100)`,
	"runs out of recursion": `f = lambda: f(); f()`,
	"a thread ends it":      `import threading; threading.Thread(target=lambda: os._exit(4)).start(); time.sleep(100)`,
	"closes everything":     `os.closerange(0, 200); time.sleep(100)`,
	"a child takes the connection": `
  fd = os.dup(3)
  if os.fork() == 0:
    while True: os.write(fd, b"x" * 1000)
  time.sleep(100)`,
	"answers its own call": `t = b'{"v":1,"kind":"result","id":3,"result":' + b"1" * 100 + b'}'; os.write(3, struct.pack("<II", len(t), 0) + t[:50]); os.abort()`,
	"ends by an exception": `import _thread; _thread.interrupt_main(); time.sleep(5)`,
}

func TestHostilePluginsEnd(t *testing.T) {
	python := anyPython(t)
	for name, script := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := plugin(t, python, "import os, struct, time\ndef run(ctx):\n  "+script+"\napi.export({'run': run})")
			payload, _ := wire.Encode(nil)
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			begin := time.Now()
			_, err := h.Peer.Call(ctx, "plugin.run", payload)
			if err == nil {
				t.Error("the call has a result")
			}
			h.process.Close()
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if exit := h.process.Exit(); exit.Err != nil {
				t.Errorf("exit %+v", exit)
			}
		})
	}
}

func TestSilentFrameIsCanceled(t *testing.T) {
	t.Parallel()
	h := plugin(t, anyPython(t), "import os, struct, time\ndef run(ctx):\n  os.write(3, struct.pack('<IIQ', 2, 1, 1 << 30) + b'{}' + b'x' * 10)\n  time.sleep(100)\napi.export({'run': run})")
	payload, _ := wire.Encode(nil)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := h.Peer.Call(ctx, "plugin.run", payload); err == nil {
		t.Error("the call has a result")
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestFloodOfOutputIsBounded(t *testing.T) {
	t.Parallel()
	h := plugin(t, anyPython(t), "import os\nb = b'spam\\n' * 100000\ndef run(ctx):\n  for i in range(20): os.write(1, b)\n  return 1\napi.export({'run': run})")
	begin := time.Now()
	h.call(t, "run", nil)
	h.process.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.logs) > 10_001*(int(time.Since(begin).Seconds())+2) {
		t.Errorf("%d lines were logged", len(h.logs))
	}
}

func TestMemoryLimitHolds(t *testing.T) {
	t.Parallel()
	limits := confine.Limits{Memory: 512 << 20}
	for name, c := range map[string]struct{ script, want string }{
		"at once":     {`bytearray(8 << 30)`, "MemoryError"},
		"in pieces":   {`l = [bytearray(1 << 20) for i in range(10000)]`, "MemoryError"},
		"in a string": {`"x" * (8 << 30)`, "MemoryError"},
		"enough":      {`bytearray(100 << 20)`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, anyPython(t), limits)
			if _, err := h.begin(t, "<script>def run(ctx):\n  "+c.script+"\n  return 1\napi.export({'run': run, 'ok': lambda: 2})</script>"); err != nil {
				t.Fatal(err)
			}
			v, err := h.try(t, "run", nil)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("result %v, error %v", v, err)
			}
			if v := h.call(t, "ok"); v != 2.0 {
				t.Errorf("afterwards: %v", v)
			}
		})
	}
}

func TestArgumentsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, anyPython(t), confine.Limits{Memory: 128 << 20})
	if _, err := h.begin(t, "<script>api.export({'size': lambda b: len(b)})</script>"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.try(t, "size", make([]byte, 160<<20)); err == nil || !strings.Contains(err.Error(), "MemoryError") {
		t.Errorf("error %v", err)
	}
	if v := h.call(t, "size", make([]byte, 10)); v != 10.0 {
		t.Errorf("afterwards: %v", v)
	}
}

func TestCloseLetsAPluginCleanUp(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"sync":     "import atexit, sys\natexit.register(lambda: open('left', 'w').close())\napi.export({'run': lambda: 1})",
		"asyncio":  "import atexit, asyncio\natexit.register(lambda: open('left', 'w').close())\nasync def run(): pass\napi.export({'run': run})",
		"deferred": "import atexit, threading, time\natexit.register(lambda: open('left', 'w').close())\napi.export({'run': lambda: 1})",
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			p, err := Start(context.Background(), Options{Python: anyPython(t), Dir: home, Env: confine.Environment(os.Getenv, home, home)})
			if err != nil {
				t.Fatal(err)
			}
			h := &host{process: p}
			h.Peer = wire.NewPeer(p, h)
			if _, err := h.begin(t, "<script>"+script+"</script>"); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			p.Close()
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if exit := p.Exit(); exit.Code != 0 || exit.Killed {
				t.Errorf("exit %+v, %s", exit, p.Tail())
			}
			if _, err := os.Stat(filepath.Join(home, "left")); err != nil {
				t.Error("the plugin did not clean up:", err)
			}
		})
	}
}

func TestBusyPluginIsClosedInTime(t *testing.T) {
	t.Parallel()
	h := plugin(t, anyPython(t), "def run(ctx):\n  while True: pass\napi.export({'run': run})")
	payload, _ := wire.Encode(nil)
	go func() { _, _ = h.Peer.Call(context.Background(), "plugin.run", payload) }()
	time.Sleep(100 * time.Millisecond)
	begin := time.Now()
	h.process.Close()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Start(context.Background(), Options{Python: "/no/such/python3"}); err == nil {
		t.Error("it started")
	}
	folder := t.TempDir()
	for name, script := range map[string]string{
		"not a python": "#!/bin/sh\nexit 1\n",
		"too old":      "#!/bin/sh\necho '[\"/usr/bin/python2.7\", 2, 7]'\n",
		"talkative":    "#!/bin/sh\necho hello\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, strconv.Quote(name))
			if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			if i, err := Resolve(context.Background(), path, nil); err == nil {
				t.Errorf("resolved as %+v", i)
			} else {
				t.Log(err)
			}
		})
	}
}

// A program that is no Python at all ends the connection; nothing hangs.
func TestAChildThatIsNotTheShim(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"exits at once":  "exit 0",
		"says nothing":   "cat <&3 >/dev/null",
		"answers noise":  "head -c 100000 /dev/urandom >&3; sleep 100",
		"answers zeroes": "head -c 100000 /dev/zero >&3; sleep 100",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "python3")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			p, err := Start(context.Background(), Options{Python: path, Env: []string{"PATH=" + os.Getenv("PATH")}})
			if err != nil {
				return // it was gone before the shim was written
			}
			defer p.Close()
			h := &host{process: p}
			h.Peer = wire.NewPeer(p, h)
			payload, _ := wire.Encode(value.NewObject())
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			if _, err := h.Peer.Call(ctx, "worker.start", payload); err == nil {
				t.Error("the call has a result")
			}
			p.Kill()
		})
	}
}

package confine

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// escapes are what a fenced program must not do; each prints "escaped" when it could.
// SECRET, FOLDER, PORT and PARENT are put in; grant names what makes it work.
var escapes = []struct{ name, script, grant string }{
	{"reads a file", `open("SECRET").read(); print("escaped")`, "read"},
	{"lists a folder", `os.listdir("FOLDER"); print("escaped")`, "read"},
	{"reads through a link it makes", `os.symlink("SECRET", "link"); open("link").read(); print("escaped")`, "read+write"},
	{"reads through a hard link", `os.link("SECRET", "hard"); open("hard").read(); print("escaped")`, "read+write"},
	{"reads by descriptor of a folder", `d = os.open("FOLDER", os.O_RDONLY); os.open("secret", os.O_RDONLY, dir_fd=d); print("escaped")`, "read"},
	{"reads /etc/passwd", `open("/etc/passwd").read(); print("escaped")`, "read /"},
	{"reads the environment of its parent", `open("/proc/PARENT/environ", "rb").read(); print("escaped")`, ""},
	{"reads the memory of its parent", `open("/proc/PARENT/mem", "rb"); print("escaped")`, ""},
	{"opens files of its parent", `os.listdir("/proc/PARENT/fd"); print("escaped")`, ""},
	{"writes a file", `open("FOLDER/new", "w"); print("escaped")`, "write"},
	{"changes a file", `open("SECRET", "r+").write("x"); print("escaped")`, "write"},
	{"truncates a file", `os.truncate("SECRET", 1); print("escaped")`, "write"},
	{"removes a file", `os.remove("SECRET"); print("escaped")`, "write"},
	{"renames a file", `os.rename("SECRET", "FOLDER/other"); print("escaped")`, "write"},
	{"makes a folder", `os.mkdir("FOLDER/made"); print("escaped")`, "write"},
	{"makes a socket file", `os.mkfifo("FOLDER/pipe"); print("escaped")`, "write"},
	{"fills shared memory", `open("/dev/shm/imjoy-escape", "w"); print("escaped")`, "write /dev/shm"},
	{"starts a program", `import subprocess; subprocess.run(["/bin/echo", "escaped"])`, "run"},
	{"starts a shell", `os.system("echo escaped") and exit(1)`, "run"},
	{"becomes a program", `os.execv("/bin/echo", ["echo", "escaped"])`, "run"},
	{"makes a script and starts it", `open("s", "w").write("#!/bin/sh\necho escaped\n"); os.chmod("s", 0o755); os.execv("./s", ["s"])`, "run+write"},
	{"copies a program and starts it", `import shutil; shutil.copy("/bin/echo", "e"); os.execv("./e", ["e", "escaped"])`, "run"},
	{"connects", `import socket; socket.create_connection(("127.0.0.1", PORT), 2); print("escaped")`, "net"},
	{"sends a datagram", `import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", PORT)); print("escaped")`, "net"},
	{"listens", `import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print("escaped")`, "net"},
	{"connects to a socket file", `import socket; s = socket.socket(socket.AF_UNIX); s.connect("FOLDER/socket"); print("escaped")`, "net"},
	{"takes a raw socket of the kernel", `import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); print("escaped")`, "net"},
	{"makes sockets by another way", `import ctypes; r = ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(200)); print("escaped" if r >= 0 else "no")`, ""},
	// socket(AF_UNIX, SOCK_STREAM) by its number on 32-bit machines, where the processor has both.
	{"makes sockets by the numbers of another machine", `import ctypes, mmap
if os.uname().machine == "x86_64":
  m = mmap.mmap(-1, 4096, prot=7); m.write(bytes.fromhex("53b867010000bb01000000b90100000031d2cd805bc3"))
  r = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))(); print("escaped" if r >= 0 else "no")`, ""},
	{"reaches the keys of the session", `import ctypes; r = ctypes.CDLL(None).syscall({"x86_64": 250, "aarch64": 219}[os.uname().machine], 0, -3, 0); print("escaped" if r >= 0 else "no")`, ""},
	{"signals its parent", `os.kill(PARENT, 0); print("escaped")`, ""},
	{"takes over its parent", `import ctypes; r = ctypes.CDLL(None).ptrace(16, PARENT, 0, 0); print("escaped" if r >= 0 else "no")`, ""},
	{"gets away from its users", `import ctypes; r = ctypes.CDLL(None).unshare(0x10000000); print("escaped" if r >= 0 else "no")`, ""},
	{"becomes root", `os.setuid(0) if os.getuid() else os.setgroups([4]); print("escaped")`, ""},
	{"mounts", `import ctypes; r = ctypes.CDLL(None).mount(b"none", b"FOLDER", b"tmpfs", 0, None); print("escaped" if r >= 0 else "no")`, ""},
	{"raises its limits", `import resource; resource.setrlimit(resource.RLIMIT_CORE, (1000, 1000)); print("escaped")`, ""},
}

// TestFence runs each escape without and with its grant, with and without processes of
// its own.
func TestFence(t *testing.T) {
	if s := Describe(); !s.Files || !s.Network {
		t.Skip("this kernel has no Landlock, or no filters of system calls: " + strings.Join(s.Notes, "; "))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, apart := range []bool{false, true} {
		if apart && !Describe().Apart {
			t.Log(noNamespaces)
			continue
		}
		for _, escape := range escapes {
			t.Run(fmt.Sprintf("%s/apart=%v", escape.name, apart), func(t *testing.T) {
				out, text := fenced(t, escape.script, listener.Addr().(*net.TCPAddr).Port, apart, "")
				if strings.Contains(out, "escaped") {
					t.Errorf("it escaped: %s", text)
				}
				if escape.grant == "" || apart && escape.grant == "net" {
					return
				}
				if out, text = fenced(t, escape.script, listener.Addr().(*net.TCPAddr).Port, apart, escape.grant); !strings.Contains(out, "escaped") {
					t.Errorf("it does not work with its grant: %s %s", out, text)
				}
			})
		}
	}
}

func fenced(t *testing.T, script string, port int, apart bool, grant string) (out, errors string) {
	t.Helper()
	folder, own := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(folder, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	script = strings.NewReplacer("SECRET", filepath.Join(folder, "secret"), "FOLDER", folder, "PORT", fmt.Sprint(port), "PARENT", fmt.Sprint(os.Getpid())).Replace(script)
	c := python(t, "import os\n"+script)
	c.Dir = own
	// The interpreter may be anywhere: what lies above it is not what is tested here.
	c.Fence = &Fence{Read: []string{own, prefix(t, c.Path)}, Write: []string{own}, Apart: apart}
	for _, word := range strings.Split(grant, "+") {
		switch word {
		case "read":
			c.Fence.Read = append(c.Fence.Read, folder)
		case "read /":
			c.Fence.Read = append(c.Fence.Read, "/")
		case "write":
			c.Fence.Write = append(c.Fence.Write, folder)
		case "write /dev/shm":
			c.Fence.Write = append(c.Fence.Write, "/dev/shm")
			defer os.Remove("/dev/shm/imjoy-escape")
		case "run":
			c.Fence.Run = []string{"/bin", "/usr/bin", own}
		case "net":
			c.Fence.Network = true
		}
	}
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	child := start(t, c, Limits{})
	if e := child.Fenced(); !e.Files || e.Network == (grant == "net") || e.Apart != apart {
		t.Errorf("%+v", e)
	}
	select {
	case <-child.Done():
	case <-time.After(20 * time.Second):
		child.Kill()
		t.Error("it does not end")
	}
	return stdout.String(), stderr.String()
}

// prefix is the folder of an installed interpreter.
func prefix(t *testing.T, python string) string {
	real, err := filepath.EvalSymlinks(python)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(real))
}

// A fenced tree ends like any other: as long as one of its processes lives, it holds
// the pipe that all of them write to. With IMJOY_LONG=1 these are 200 trees.
func TestFencedTreeEnds(t *testing.T) {
	rounds := 1
	if os.Getenv("IMJOY_LONG") == "1" {
		rounds = 5
	}
	for name, shape := range shapes {
		for i := range 2 * rounds {
			if name == "closes all files" {
				continue // the pipe as well
			}
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				t.Parallel()
				treeEnds(t, shape, i%2 == 1 && Describe().Apart)
			})
		}
	}
}

func treeEnds(t *testing.T, shape string, apart bool) {
	t.Helper()
	folder := t.TempDir()
	c := python(t, shapeTools+shape)
	c.Args = append(c.Args, folder)
	c.Fence = &Fence{Read: []string{prefix(t, c.Path)}, Write: []string{folder}, Run: []string{"/bin", "/usr/bin"}, Apart: apart}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	c.Stdout = write
	child := start(t, c, Limits{Memory: 256 << 20})
	write.Close()
	read.SetReadDeadline(time.Now().Add(20 * time.Second))
	line := make([]byte, 6)
	if _, err := io.ReadFull(read, line); err != nil || string(line) != "ready\n" {
		t.Fatalf("%q %v %s", line, err, child.Tail())
	}
	begin := time.Now()
	child.Kill()
	child.Wait()
	if took := time.Since(begin); took > KillWithin+5*time.Second {
		t.Errorf("it took %v", took)
	}
	read.SetReadDeadline(time.Now().Add(3 * time.Second))
	if rest, err := io.ReadAll(read); err != nil {
		t.Errorf("processes of the tree live on: %v %q", err, rest)
	}
}

// BenchmarkFence shows what a fence costs.
func BenchmarkFence(b *testing.B) {
	for name, f := range map[string]*Fence{"none": nil, "fence": {}, "fence, apart": {Apart: true}, "apart with network": {Apart: true, Network: true}} {
		b.Run(name, func(b *testing.B) {
			fastest := time.Hour // what a busy machine does not blur
			for b.Loop() {
				begin := time.Now()
				child, err := Start(b.Context(), Command{Path: "/bin/true", Fence: f}, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				child.Wait()
				fastest = min(fastest, time.Since(begin))
			}
			b.ReportMetric(float64(fastest.Microseconds()), "fastest-µs")
		})
	}
}

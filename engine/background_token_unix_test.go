//go:build unix

package engine_test

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
)

// A plugin in the background is reached with its token alone, and only its owner can read
// that, or come to the socket.
func TestBackgroundWantsItsToken(t *testing.T) {
	b := background(t, time.Minute)
	p := mustOpen(t, lasting(counting), engine.Options{Runtimes: []engine.Runtime{engine.Lasting(found(foundPython(t)), b)}})
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	sockets, _ := filepath.Glob(filepath.Join(b.Dir, "*", "socket"))
	if len(sockets) != 1 {
		t.Fatalf("sockets %q", sockets)
	}
	folder := filepath.Dir(sockets[0])
	token, err := os.ReadFile(filepath.Join(folder, "token"))
	if err != nil || len(token) < 26 { // 130 bits
		t.Fatalf("token %q, %v", token, err)
	}
	for _, path := range []string{folder, sockets[0], filepath.Join(folder, "token")} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	ask := func(token any, want string) string {
		t.Helper()
		conn, err := net.Dial("unix", sockets[0])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		text, _ := json.Marshal(map[string]any{"token": token, "want": want})
		if _, err := conn.Write(append(text, '\n')); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		answer, _ := io.ReadAll(conn)
		return string(answer)
	}
	right := string(token)
	for _, wrong := range []any{"", nil, 1, right[:len(right)-1], right + "x", strings.ToUpper(right) + " ", strings.Repeat("0", len(right))} {
		for _, want := range []string{"status", "attach", "stop"} {
			if answer := ask(wrong, want); !strings.Contains(answer, "token is wrong") || strings.Contains(answer, `"ok":true`) {
				t.Errorf("%s with the token %v: %s", want, wrong, answer)
			}
		}
	}
	if answer := ask(right, "status"); !strings.Contains(answer, `"ok":true`) {
		t.Errorf("with its token: %s", answer)
	}
	if list, err := b.List(); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

package fetch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostileServer: whatever a server does, a request ends within its limits of
// time and memory, and says why.
func TestHostileServer(t *testing.T) {
	bomb := gzipBomb(t)
	block := make([]byte, 64<<10)
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	modes := []struct {
		name  string
		serve http.HandlerFunc
		want  Kind
		text  string
		clock bool // ended by one of our clocks
	}{
		{"10 GB announced", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000000000")
			endless(w, r)
		}, TooLarge, "MiB", false},
		{"10 GB unannounced", endless, TooLarge, "MiB", false},
		{"gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, TooLarge, "MiB", false},
		{"gzip of nothing like it", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "plain text, not compressed")
		}, Unreachable, "gzip", false},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Unreachable, "nothing arrived", true},
		{"silent after the header", func(w http.ResponseWriter, r *http.Request) { flush(w); <-r.Context().Done() }, Unreachable, "nothing arrived", true},
		{"slow drip", func(w http.ResponseWriter, r *http.Request) { drip(w, r, 20*time.Millisecond) }, Unreachable, "too long", true},
		{"endless redirects", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }, Refused, "redirects", false},
		{"redirect to itself", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusMovedPermanently) }, Refused, "redirects", false},
		{"redirect without a target", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }, Broken, "nowhere", false},
		{"redirect to a long URL", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://h/"+strings.Repeat("a", 50<<10))
			w.WriteHeader(http.StatusFound)
		}, Broken, "nowhere", false},
		{"redirect to metadata", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://169.254.169.254/", http.StatusFound)
		}, Refused, "169.254.169.254", false},
		{"redirect to a file", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, Refused, "file", false},
		{"huge header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("a", 1<<20)) }, Unreachable, "header", false},
		{"not HTTP", hijack("SSH-2.0-OpenSSH_9.9\r\n"), Unreachable, "malformed", false},
		{"hangs up", hijack(""), Unreachable, "EOF", false},
		{"half an answer", hijack("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), Unreachable, "EOF", false},
		{"false chunks", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"), Unreachable, "chunk", false},
		{"two lengths", hijack("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), Unreachable, "Content-Length", false},
		{"asks to wait for a day", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(503)
		}, Broken, "try again", false},
		{"terminal codes", hijack("HTTP/1.1 200 \x1b[31m\r\nContent-Length: x\x1b[2J\r\n\r\n"), Unreachable, "Content-Length", false},
	}
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			s := serve(t, mode.serve)
			o := Options{Idle: time.Minute, Time: time.Minute}
			if mode.clock {
				o = Options{Idle: 150 * time.Millisecond, Time: 600 * time.Millisecond}
			}
			c := local(o, s)
			defer c.Close()
			start := time.Now()
			_, err := c.Get(t.Context(), Request{URL: s.URL})
			if took := time.Since(start); mode.clock && took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if KindOf(err) != mode.want || err == nil || !strings.Contains(err.Error(), mode.text) {
				t.Errorf("kind %v, want %v: %v", KindOf(err), mode.want, err)
			}
			if err != nil && strings.ContainsRune(err.Error(), 0x1b) {
				t.Errorf("the error carries terminal codes: %q", err)
			}
		})
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.Sys > 200<<20 {
		t.Errorf("the process took %d MiB", m.Sys>>20)
	}
}

func flush(w http.ResponseWriter) { w.(http.Flusher).Flush() }

func drip(w http.ResponseWriter, r *http.Request, every time.Duration) {
	for r.Context().Err() == nil {
		w.Write([]byte("x"))
		flush(w)
		time.Sleep(every)
	}
}

func hijack(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(conn, answer)
			conn.Close()
		}
	}
}

// gzipBomb is 1 GiB of zeros in 1 MiB: one member of 16 MiB, 64 times.
func gzipBomb(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.Write(make([]byte, 16<<20))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Repeat(buf.Bytes(), 64)
}

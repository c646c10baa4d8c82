//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// sharingPair returns a host and a worker that share memory.
func sharingPair(t testing.TB, host, worker Handler) (p, q *Peer, x, y *shared) {
	t.Helper()
	a, b := sockets(t)
	x, y = NewHost(a, 1<<30).(*shared), NewWorker(b, 1<<30).(*shared)
	p, q = NewPeer(x, host), NewPeer(y, worker)
	t.Cleanup(func() { p.Close(nil); q.Close(nil); <-p.Done(); <-q.Done() })
	return p, q, x, y
}

func (s *shared) count() (segments int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.segments)
}

// collected runs the garbage collector until a condition holds.
func collected(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 200 {
		runtime.GC()
		if holds() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("after garbage collection: %s does not hold", what)
}

func filled(n int, with byte) []byte { return bytes.Repeat([]byte{with}, n) }

// What was received stays as it is for as long as anybody has a slice of it, and its
// memory is used again afterwards.
func TestSharedMemoryIsUsedAgainWhenNobodySeesIt(t *testing.T) {
	const size = 1 << 20
	p, _, x, y := sharingPair(t, nil, echo)
	var kept [][]byte
	for i := range 10 {
		got := call(t, p, "echo", filled(size, byte(i))).([]byte)
		if b, _ := blockOf(got); b == nil {
			t.Fatal("the result did not come through shared memory")
		}
		kept = append(kept, got[100:200:200])
	}
	for range 20 {
		call(t, p, "echo", filled(size, 99))
		runtime.GC()
	}
	for i, part := range kept {
		if !bytes.Equal(part, filled(100, byte(i))) {
			t.Fatalf("result %d has changed: it begins with %d", i, part[0])
		}
	}
	kept = nil
	for range 40 {
		if got := call(t, p, "echo", filled(size, 7)).([]byte); !bytes.Equal(got, filled(size, 7)) {
			t.Fatal("a wrong result")
		}
		runtime.GC()
	}
	if n := x.count(); n > 30 {
		t.Errorf("60 calls took %d pieces of memory", n)
	}
	p.Close(nil)
	<-p.Done()
	collected(t, "all memory was given back", func() bool {
		blocks.Lock()
		defer blocks.Unlock()
		return len(blocks.list) == 0
	})
	_ = y
}

// A worker gets what another one sent in the same memory, and it is never used again
// for what is none of the first one's business.
func TestSharedMemoryPassesThroughTheHost(t *testing.T) {
	first, _, x, _ := sharingPair(t, nil, methods{"make": func(_ context.Context, args []value.Value) (value.Value, error) {
		return filled(1<<20, 5), nil
	}})
	var seen *block
	second, _, z, _ := sharingPair(t, nil, methods{"take": func(_ context.Context, args []value.Value) (value.Value, error) {
		return bytes.Equal(args[0].([]byte), filled(1<<20, 5)), nil
	}})
	func() {
		made, err := first.Call(t.Context(), "make", Payload{Values: []byte("[]")})
		if err != nil {
			t.Fatal(err)
		}
		seen, _ = blockOf(made.Buffers[0])
		made.Values = []byte("[" + string(made.Values) + "]")
		if got, err := second.Call(t.Context(), "take", made); err != nil || string(got.Values) != "true" {
			t.Fatalf("%s %v", got.Values, err)
		}
	}()
	if seen == nil || !seen.once() {
		t.Error("the memory was copied on its way")
	}
	collected(t, "both have let go of it", func() bool { return x.count() == 0 && z.count() == 0 })
}

// A caller's slice stays the caller's: the other side cannot write into it.
func TestSharedMemoryIsNotTheCallers(t *testing.T) {
	p, _, _, _ := sharingPair(t, nil, methods{"spoil": func(_ context.Context, args []value.Value) (value.Value, error) {
		clear(args[0].([]byte))
		return nil, nil
	}, "echo": echo["echo"]})
	data := filled(1<<20, 3)
	call(t, p, "spoil", data)
	back := call(t, p, "echo", data).([]byte) // lies in shared memory itself
	call(t, p, "spoil", back)
	if !bytes.Equal(data, filled(1<<20, 3)) || !bytes.Equal(back, data) {
		t.Error("the caller's data has changed")
	}
}

func TestAllocateGivesSharedMemory(t *testing.T) {
	p, _, _, y := sharingPair(t, nil, echo)
	call(t, p, "echo", 1) // the worker knows the host now
	if data := y.Allocate(1 << 20); len(data) != 1<<20 {
		t.Errorf("a worker gets %d bytes", len(data))
	}
	if y.Allocate(100) != nil {
		t.Error("so little need not be shared")
	}
	collected(t, "what was never sent is given back", func() bool {
		y.mu.Lock()
		defer y.mu.Unlock()
		for _, g := range y.segments {
			if g.ours {
				return false
			}
		}
		return true
	})
}

// words is a frame about shared memory.
func words(text string) []byte {
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	return append(binary.LittleEndian.AppendUint32(frame, controlFrame), text...)
}

// lies is a result whose one buffer is a reference.
func lies(segment, offset, length uint64) []byte {
	header := `{"v":1,"kind":"notify","method":"log","args":[{"_rtype":"bytes","_rvalue":0}]}`
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(header)))
	frame = binary.LittleEndian.AppendUint32(frame, 1)
	frame = binary.LittleEndian.AppendUint64(frame, length|sharedBuffer)
	frame = append(frame, header...)
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(frame, segment), offset)
}

// A worker that lies about shared memory is disconnected with one error; the host
// lives, and takes no more memory or files than it allows.
func TestHostSurvivesLiesAboutSharedMemory(t *testing.T) {
	need := words(`{"need":1048576,"request":1}`)
	for name, bad := range map[string][][]byte{
		"a piece that is not there":     {lies(7, 0, 100)},
		"the number 0":                  {lies(0, 0, 100)},
		"longer than the piece":         {need, lies(1, 0, 1<<20+1<<16+1)},
		"an offset behind its end":      {need, lies(1, 1<<40, 100)},
		"an offset that overflows":      {need, lies(1, 1<<64-50, 100)},
		"more than the limit":           {need, lies(1, 0, 1<<31)},
		"the same piece twice":          {need, lies(1, 0, 10), lies(1, 0, 10)},
		"returns what it does not have": {words(`{"free":[1]}`)},
		"returns twice":                 {need, words(`{"free":[1]}`), words(`{"free":[1]}`)},
		"returns what it sent":          {need, lies(1, 0, 10), words(`{"free":[1]}`)},
		"not JSON":                      {words(`{"need":`)},
		"a long message":                {words(strings.Repeat(" ", maxControl+1))},
		"half a reference":              {need, lies(1, 0, 10)[:100], nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := sockets(t)
			p := NewPeer(NewHost(a, 1<<30), echo)
			defer p.Close(nil)
			for _, text := range bad {
				if text == nil {
					b.(*net.UnixConn).CloseWrite()
				}
				b.Write(text)
			}
			select {
			case <-p.Done():
				if !errors.Is(p.Err(), errMalformed) {
					t.Errorf("it ended with %v", p.Err())
				}
			case <-time.After(5 * time.Second):
				t.Error("the host goes on")
			}
		})
	}
}

func TestHostBoundsSharedMemory(t *testing.T) {
	before := openFiles(t)
	a, b := sockets(t)
	host := NewHost(a, 64<<20).(*shared)
	p := NewPeer(host, nil)
	go func() {
		for i := range 20_000 {
			if _, err := b.Write(words(fmt.Sprintf(`{"need":%d,"request":%d}`, 1<<20+i%7, i+1))); err != nil {
				return
			}
		}
		b.Write(words(`{"need":9000000000,"request":1}`))
		b.(*net.UnixConn).CloseWrite()
	}()
	answers := 0
	read := &fileReader{conn: b.(*net.UnixConn)}
	for {
		f, err := readFrame(read, 0, &sharing{control: func(c *control) error {
			if c.Request > 0 {
				answers++
			}
			return nil
		}})
		if err != nil {
			break
		}
		t.Fatalf("%s", f.Header)
	}
	for fd, ok := read.next(); ok; fd, ok = read.next() {
		os.NewFile(uintptr(fd), "").Close()
	}
	<-p.Done()
	if answers != 20_001 {
		t.Errorf("%d answers", answers)
	}
	if host.total > 64<<20 {
		t.Errorf("%d bytes", host.total)
	}
	b.Close()
	collected(t, "files are closed", func() bool { return openFiles(t) <= before+4 })
}

func openFiles(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// 64 MiB to a worker and back, beside one copy of it.
func BenchmarkShared64MiB(b *testing.B) {
	const size = 64 << 20
	data := filled(size, 1)
	b.Run("memcpy", func(b *testing.B) {
		dst := make([]byte, size)
		b.SetBytes(size)
		for b.Loop() {
			copy(dst, data)
		}
	})
	for _, from := range []int{0, ShareFrom} {
		b.Run(fmt.Sprintf("from %d", from), func(b *testing.B) {
			p, _, x, _ := sharingPair(b, nil, echo)
			x.from = from
			payload, _ := Encode(data)
			b.SetBytes(size)
			for b.Loop() {
				if _, err := p.Call(b.Context(), "echo", payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Where shared memory begins to pay.
func BenchmarkShareFrom(b *testing.B) {
	for size := 16 << 10; size <= 4<<20; size *= 2 {
		for _, from := range []int{MaxTotal, 1} {
			b.Run(fmt.Sprintf("%dk/shared=%v", size>>10, from == 1), func(b *testing.B) {
				p, _, x, y := sharingPair(b, nil, echo)
				x.from, y.from = from, from
				payload, _ := Encode(filled(size, 1))
				for b.Loop() {
					if _, err := p.Call(b.Context(), "echo", payload); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// Frames arrive in the order in which they were sent, whether at once or by the one who
// waits for room; and nobody waits for a reader who does not read.
func TestFramesSentAtOnceKeepTheirOrder(t *testing.T) {
	a, b := sockets(t)
	p, y := NewPeer(NewHost(a, 0), nil), NewWorker(b, 0)
	t.Cleanup(func() { p.Close(nil); _ = y.Close(); <-p.Done() })
	const n = 20_000
	blocked := make(chan int, 1) // the first that found no room
	sent := make(chan error, 1)
	go func() {
		for i := range n {
			if err := p.Notify("log", Payload{Values: fmt.Appendf(nil, "[%d,%q]", i, strings.Repeat("x", 200))}); err != nil {
				sent <- err
				return
			}
			p.out.mu.Lock()
			if p.out.writing && len(blocked) == 0 {
				blocked <- i
			}
			p.out.mu.Unlock()
		}
		sent <- nil
	}()
	if first := <-blocked; first < 100 {
		t.Errorf("already frame %d was not sent at once", first)
	}
	for i := range n {
		f, err := y.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(`"args":[%d,`, i); !bytes.Contains(f.Header, []byte(want)) {
			t.Fatalf("frame %d: %.80s", i, f.Header)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	for p.out.mu.Lock(); p.out.writing; p.out.mu.Lock() { // the one who waited ends
		p.out.mu.Unlock()
		runtime.Gosched()
	}
	p.out.mu.Unlock()
}

package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// methods serves calls from a map.
type methods map[string]func(ctx context.Context, args []value.Value) (value.Value, error)

func (m methods) Call(ctx context.Context, method string, args Payload) (Payload, error) {
	f, ok := m[method]
	if !ok {
		return Payload{}, fmt.Errorf("no method %q", method)
	}
	list, err := args.Args()
	if err != nil {
		return Payload{}, err
	}
	result, err := f(ctx, list)
	if err != nil {
		return Payload{}, err
	}
	return EncodeResult(result)
}

func (m methods) Notify(method string, args Payload) {
	if f, ok := m["notify "+method]; ok {
		list, _ := args.Args()
		_, _ = f(context.Background(), list)
	}
}

// pair returns two connected peers over each kind of connection in turn.
func pair(t *testing.T, over string, a, b Handler) (*Peer, *Peer) {
	t.Helper()
	var left, right Conn
	switch over {
	case "pipe":
		left, right = Pipe()
	case "stream":
		x, y := net.Pipe()
		left, right = NewStream(x, 0), NewStream(y, 0)
	case "shared":
		x, y := sockets(t)
		left, right = NewHost(x, 0), NewWorker(y, 0)
	}
	p, q := NewPeer(left, a), NewPeer(right, b)
	t.Cleanup(func() { p.Close(nil); q.Close(nil); <-p.Done(); <-q.Done() })
	return p, q
}

func over(t *testing.T, test func(t *testing.T, over string)) {
	for _, kind := range []string{"pipe", "stream", "shared"} {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}

// sockets returns the two ends of a connection as a child has it.
func sockets(t testing.TB) (net.Conn, net.Conn) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	x, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	y, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close(); y.Close() })
	return x, y
}

func call(t *testing.T, p *Peer, method string, args ...value.Value) value.Value {
	t.Helper()
	payload, err := Encode(args...)
	if err != nil {
		t.Fatal(err)
	}
	result, err := p.Call(t.Context(), method, payload)
	if err != nil {
		t.Fatal(err)
	}
	v, err := result.Result()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var echo = methods{"echo": func(_ context.Context, args []value.Value) (value.Value, error) { return args[0], nil }}

func TestCallsBothWaysWhileWaiting(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		var a *Peer
		ready := make(chan struct{})
		down := methods{"down": func(ctx context.Context, args []value.Value) (value.Value, error) {
			<-ready
			n := args[0].(float64)
			if n == 0 {
				return "bottom", nil
			}
			payload, _ := Encode(n - 1)
			result, err := a.Call(ctx, "up", payload)
			if err != nil {
				return nil, err
			}
			return result.Result()
		}}
		var b *Peer
		up := methods{"up": func(ctx context.Context, args []value.Value) (value.Value, error) {
			result, err := b.Call(ctx, "down", mustEncode(t, args...))
			if err != nil {
				return nil, err
			}
			return result.Result()
		}}
		b, a = pair(t, kind, up, down)
		close(ready)
		if got := call(t, b, "down", 5.0); got != "bottom" {
			t.Errorf("got %v", got)
		}
	})
}

func mustEncode(t *testing.T, args ...value.Value) Payload {
	t.Helper()
	p, err := Encode(args...)
	if err != nil {
		t.Error(err)
	}
	return p
}

func TestManyCallsAtOnce(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		p, _ := pair(t, kind, nil, echo)
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				result, err := p.Call(t.Context(), "echo", mustEncode(t, float64(i)))
				if err != nil {
					t.Error(err)
					return
				}
				if v, _ := result.Result(); v != float64(i) {
					t.Errorf("call %d got the answer %v", i, v)
				}
			})
		}
		all.Wait()
	})
}

func TestBuffersCross(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		p, _ := pair(t, kind, nil, echo)
		a, _ := ndarray.New(ndarray.Float32, 1<<20)
		a.Set(77, 3)
		got := call(t, p, "echo", []any{a, []byte("x")}).([]any)
		if !got[0].(*ndarray.Array).Equal(a) || string(got[1].([]byte)) != "x" {
			t.Error("arrays and bytes must come back as they were")
		}
		a.Set(77, 4)
		if got[0].(*ndarray.Array).At(77) != 3 {
			t.Error("what was sent must not change with the sender's memory")
		}
	})
}

func TestErrorsKeepNameAndStack(t *testing.T) {
	want := &Fault{Name: "TypeError", Message: "no", Stack: []Position{{Line: 3, Column: 2, Function: "run"}}}
	p, _ := pair(t, "pipe", nil, methods{
		"fault": func(context.Context, []value.Value) (value.Value, error) { return nil, want },
		"panic": func(context.Context, []value.Value) (value.Value, error) { panic("oh") },
		"bad":   func(context.Context, []value.Value) (value.Value, error) { return make(chan int), nil },
	})
	_, err := p.Call(t.Context(), "fault", Payload{})
	var fault *Fault
	if !errors.As(err, &fault) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, fault); diff != "" {
		t.Error(diff)
	}
	for _, method := range []string{"panic", "bad", "absent"} {
		if _, err := p.Call(t.Context(), method, Payload{}); err == nil {
			t.Errorf("%s: no error", method)
		}
	}
	if p.Err() != nil {
		t.Errorf("errors of calls must not end the connection: %v", p.Err())
	}
}

func TestFunctionsAreCalledAndReleased(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		var kept *value.Function
		p, q := pair(t, kind, nil, methods{
			"keep": func(_ context.Context, args []value.Value) (value.Value, error) {
				kept = args[0].(*value.Function)
				return nil, nil
			},
			"use": func(ctx context.Context, args []value.Value) (value.Value, error) {
				return kept.Call(ctx, args...)
			},
			"drop": func(context.Context, []value.Value) (value.Value, error) {
				kept = nil
				return nil, nil
			},
		})
		_ = q
		double := &value.Function{Call: func(_ context.Context, args ...value.Value) (value.Value, error) {
			return args[0].(float64) * 2, nil
		}}
		call(t, p, "keep", double)
		for range 3 {
			if got := call(t, p, "use", 21.0); got != 42.0 {
				t.Fatalf("got %v", got)
			}
		}
		call(t, p, "drop")
		for wait := time.Now(); p.Given() > 0; runtime.GC() {
			if time.Since(wait) > 5*time.Second {
				t.Fatal("a function that nobody refers to was not released")
			}
			time.Sleep(time.Millisecond)
		}
		double.Once = true
		call(t, p, "keep", double)
		if got := call(t, p, "use", 1.0); got != 2.0 || p.Given() != 0 {
			t.Errorf("once: got %v, %d functions left", got, p.Given())
		}
		if _, err := p.Call(t.Context(), "use", mustEncode(t, 1.0)); err == nil {
			t.Error("a function with once was called twice")
		}
	})
}

// A release may follow right behind the last call of a function.
func TestReleaseBehindACall(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		const rounds = 500
		var left, right Conn = Pipe()
		if kind == "stream" {
			x, y := net.Pipe()
			left, right = NewStream(x, 0), NewStream(y, 0)
		}
		p := NewPeer(left, nil)
		defer p.Close(nil)
		defer right.Close()
		send := func(header string, args ...any) {
			if err := right.Send(Frame{Header: fmt.Appendf(nil, header, args...)}); err != nil {
				t.Error(err)
			}
		}
		gone := make(chan struct{})
		go func() { // gives p's functions back as soon as it has called them
			defer close(gone)
			for {
				f, err := right.Receive()
				if err != nil {
					return
				}
				m, err := parseMessage(f.Header)
				if err != nil {
					t.Error(err)
					return
				}
				switch m.Kind {
				case kindCall:
					send(`{"v":1,"kind":"call","id":%d,"target":%d}`, m.ID, m.Functions[0].ID)
					send(`{"v":1,"kind":"release","functions":[%d]}`, m.Functions[0].ID)
					send(`{"v":1,"kind":"result","id":%d}`, m.ID)
				case kindError:
					t.Errorf("round %d: %v", m.ID, m.Error)
				}
			}
		}()
		called := make(chan struct{}, rounds)
		for range rounds {
			call(t, p, "use", &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) {
				called <- struct{}{}
				return nil, nil
			}})
		}
		for i := range rounds {
			select {
			case <-called:
			case <-time.After(5 * time.Second):
				t.Fatalf("%d of %d functions were called", i, rounds)
			}
		}
		if p.Given() != 0 {
			t.Errorf("%d functions were not released", p.Given())
		}
		p.Close(nil)
		<-gone
	})
}

// A host between two workers passes payloads on without decoding them.
func TestHostPassesFunctionsAndBuffersOn(t *testing.T) {
	var toB *Peer
	host := forwarder{func() *Peer { return toB }}
	a, _ := pair(t, "stream", nil, host)
	toB, _ = pair(t, "stream", nil, methods{"apply": func(ctx context.Context, args []value.Value) (value.Value, error) {
		return args[0].(*value.Function).Call(ctx, args[1], &value.Function{Call: func(context.Context, ...value.Value) (value.Value, error) { return "deep", nil }})
	}})
	sum := &value.Function{Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
		inner, err := args[1].(*value.Function).Call(ctx)
		return []any{args[0], inner}, err
	}}
	data, _ := ndarray.Of([]float32{1, 2})
	got := call(t, a, "apply", sum, data).([]any)
	if !got[0].(*ndarray.Array).Equal(data) || got[1] != "deep" {
		t.Errorf("got %v", got)
	}
}

type forwarder struct{ to func() *Peer }

func (f forwarder) Call(ctx context.Context, method string, args Payload) (Payload, error) {
	return f.to().Call(ctx, method, args)
}
func (forwarder) Notify(string, Payload) {}

func TestCancelReachesTheOtherSide(t *testing.T) {
	over := make(chan struct{})
	p, _ := pair(t, "pipe", nil, methods{
		"wait": func(ctx context.Context, _ []value.Value) (value.Value, error) {
			<-ctx.Done()
			return nil, &Fault{Name: "AbortError", Message: "stopped", Stack: []Position{{Line: 9}}}
		},
		"deaf": func(context.Context, []value.Value) (value.Value, error) {
			<-over
			return nil, nil
		},
		"left": func(ctx context.Context, _ []value.Value) (value.Value, error) {
			at, ok := ctx.Deadline()
			return ok && time.Until(at) < time.Minute && time.Until(at) > time.Second, nil
		},
	})
	defer close(over) // the deaf one ends
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(errors.New("enough")) })
	_, err := p.Call(ctx, "wait", Payload{})
	var canceled *Canceled
	if !errors.As(err, &canceled) || canceled.Where == nil || canceled.Where.Stack[0].Line != 9 || err.Error() != "enough" {
		t.Errorf("got %#v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	start := time.Now()
	if _, err := p.Call(ctx, "deaf", Payload{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > CancelGrace+10*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
	ctx, stop = context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	if result, err := p.Call(ctx, "left", Payload{}); err != nil || string(result.Values) != "true" {
		t.Errorf("the deadline must travel: %s %v", result.Values, err)
	}
}

// A side that never reads cannot keep a caller for longer than its deadline.
func TestCallsEndThoughNobodyReads(t *testing.T) {
	x, y := net.Pipe()
	defer y.Close()
	p := NewPeer(NewStream(x, 0), nil)
	defer p.Close(nil)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	start := time.Now()
	_, err := p.Call(ctx, "echo", mustEncode(t, make([]byte, 1<<20)))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > CancelGrace+10*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestEndOfTheConnectionFailsCalls(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		block := make(chan struct{})
		p, q := pair(t, kind, nil, methods{"wait": func(ctx context.Context, _ []value.Value) (value.Value, error) {
			close(block)
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		go func() { <-block; q.Close(nil) }()
		if _, err := p.Call(t.Context(), "wait", Payload{}); !errors.Is(err, ErrLost) {
			t.Errorf("got %v", err)
		}
		if _, err := p.Call(t.Context(), "wait", Payload{}); !errors.Is(err, ErrLost) {
			t.Errorf("afterwards: got %v", err)
		}
	})
}

func TestNoticesComeBeforeTheAnswer(t *testing.T) {
	var lines []string
	x, y := net.Pipe()
	host := NewPeer(NewStream(x, 0), methods{"notify log": func(_ context.Context, args []value.Value) (value.Value, error) {
		lines = append(lines, args[0].(string))
		return nil, nil
	}})
	defer host.Close(nil)
	var worker *Peer
	started := make(chan struct{})
	worker = NewPeer(NewStream(y, 0), methods{"go": func(context.Context, []value.Value) (value.Value, error) {
		<-started
		for range 100 {
			_ = worker.Notify("log", mustEncode(t, "x"))
		}
		return nil, nil
	}})
	defer worker.Close(nil)
	close(started)
	call(t, host, "go")
	if len(lines) != 100 {
		t.Errorf("%d of 100 lines were there with the answer", len(lines))
	}
}

// hostileBytes are sent raw by a child; the host must end the connection at once.
func TestHostileFramesEndTheConnection(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for name, send := range map[string]func(w io.Writer){
		"false length": func(w io.Writer) { _, _ = w.Write([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}) },
		"not JSON":     func(w io.Writer) { _ = WriteFrame(w, Frame{Header: []byte("hello")}) },
		"deep JSON": func(w io.Writer) {
			_ = WriteFrame(w, Frame{Header: []byte(`{"v":1,"kind":"notify","method":"log","args":` + deep)})
		},
		"future version": func(w io.Writer) { _ = WriteFrame(w, Frame{Header: []byte(`{"v":99,"kind":"call"}`)}) },
		"half a frame":   func(w io.Writer) { _, _ = w.Write([]byte{9, 0, 0, 0, 0, 0, 0, 0, '{'}) },
	} {
		t.Run(name, func(t *testing.T) {
			x, y := net.Pipe()
			p := NewPeer(NewStream(x, 0), nil)
			send(y)
			_ = y.Close()
			select {
			case <-p.Done():
			case <-time.After(5 * time.Second):
				t.Fatal("the connection is still there")
			}
			if p.Err() == nil || errors.Is(p.Err(), ErrClosed) {
				t.Errorf("reason: %v", p.Err())
			}
		})
	}
}

// A fault of the program behind a connection is an error of that call.
func TestFaultsOfAHandlerAreAnswers(t *testing.T) {
	over(t, func(t *testing.T, kind string) {
		p, _ := pair(t, kind, nil, methods{"fault": func(context.Context, []value.Value) (value.Value, error) { panic("lost") }, "fine": func(context.Context, []value.Value) (value.Value, error) { return 1.0, nil }})
		var fault *Fault
		if _, err := p.Call(t.Context(), "fault", mustEncode(t)); !errors.As(err, &fault) || fault.Name != "InternalError" || !strings.Contains(fault.Message, "lost") {
			t.Errorf("got %v", err)
		}
		if v := call(t, p, "fine"); v != 1.0 {
			t.Errorf("afterwards: %v", v)
		}
	})
}

// What a frame says of its size is refused before it is read, though all of it is there.
func TestFramesAreBounded(t *testing.T) {
	head := func(header, count uint32, lengths ...uint64) []byte {
		b := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, header), count)
		for _, n := range lengths {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		return b
	}
	for name, test := range map[string]struct {
		head []byte
		ok   bool
	}{
		"small":              {head(2, 2, 40, 50), true},
		"many empty buffers": {head(2, MaxBuffers, make([]uint64, MaxBuffers)...), true},
		"too many buffers":   {head(2, MaxBuffers+1, make([]uint64, MaxBuffers+1)...), false},
		"a large buffer":     {head(2, 1, 101), false},
		"large together":     {head(2, 2, 60, 60), false},
		"more than there is": {head(2, 2, 1<<63, 1<<63), false},
		"a large header":     {head(MaxHeader+1, 0), false},
	} {
		rest := &zeros{left: 1 << 20}
		f, err := ReadFrame(io.MultiReader(bytes.NewReader(test.head), rest), 100)
		if (err == nil) != test.ok || err != nil && !errors.Is(err, errMalformed) {
			t.Errorf("%s: %d buffers, %v", name, len(f.Buffers), err)
		}
		if !test.ok && rest.left < 1<<20-64<<10 {
			t.Errorf("%s: %d bytes were read", name, 1<<20-rest.left)
		}
	}
}

// zeros gives a number of bytes that are 0.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(len(p), z.left)
	clear(p[:n])
	if z.left -= n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Odd but harmless messages are ignored, so that the protocol can grow.
func TestUnknownMessagesAreIgnored(t *testing.T) {
	x, y := net.Pipe()
	p := NewPeer(NewStream(x, 0), echo)
	defer p.Close(nil)
	defer y.Close()
	for _, header := range []string{
		`{"v":1,"kind":"grease"}`, `{}`, `{"v":1,"kind":"result","id":99,"result":1}`, `{"v":1,"kind":"cancel","id":5}`,
		`{"v":1,"kind":"release","functions":[1,{"id":2}]}`, `{"v":1,"kind":"notify","method":"?","new":{}}`,
		`{"v":1,"kind":"call","id":4,"method":"echo","args":["still here"]}`,
	} {
		if err := WriteFrame(y, Frame{Header: []byte(header)}); err != nil {
			t.Fatal(header, err)
		}
	}
	f, err := ReadFrame(y, 0)
	if err != nil || !strings.Contains(string(f.Header), "still here") {
		t.Errorf("%s %v", f.Header, err)
	}
}

func TestLargeFramesAreRefusedBySender(t *testing.T) {
	p, _ := pair(t, "stream", nil, echo)
	if _, err := Encode(strings.Repeat("x", MaxHeader+1), "y"); err == nil {
		t.Error("a text of more than the limit was encoded")
	}
	args := make([]value.Value, MaxBuffers+1)
	for i := range args {
		args[i] = []byte{1}
	}
	if _, err := p.Call(t.Context(), "echo", mustEncode(t, args...)); err == nil || p.Err() != nil {
		t.Errorf("too many buffers: %v, connection %v", err, p.Err())
	}
}

func TestTee(t *testing.T) {
	var out bytes.Buffer
	x, y := Pipe()
	p, q := NewPeer(Tee(x, &out, "demo"), nil), NewPeer(y, echo)
	call(t, p, "echo", []byte("abc"))
	p.Close(nil)
	q.Close(nil)
	for _, want := range []string{`wire demo -> {"v":1,"kind":"call"`, " +3\n", "wire demo <- "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	for _, v := range load[frameVector](f, "frames.json") {
		data := unhex(f, []string{v.Bytes})
		f.Add(data[0])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := ReadFrame(bytes.NewReader(data), 1<<20)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteFrame(&again, frame); err != nil || !bytes.HasPrefix(data, again.Bytes()) {
			t.Fatalf("%x is written as %x, %v", data, again.Bytes(), err)
		}
		m, err := parseMessage(frame.Header)
		if err != nil {
			return
		}
		p := Payload{Values: m.Args, Buffers: frame.Buffers}
		if args, err := p.Args(); err == nil {
			if _, err := Encode(args...); err != nil {
				t.Fatalf("%s: decoded but not encoded: %v", m.Args, err)
			}
		}
	})
}

func BenchmarkCall(b *testing.B) {
	for _, kind := range []string{"pipe", "stream"} {
		b.Run(kind, func(b *testing.B) {
			var left, right Conn = Pipe()
			if kind == "stream" {
				x, y := net.Pipe()
				left, right = NewStream(x, 0), NewStream(y, 0)
			}
			p, q := NewPeer(left, nil), NewPeer(right, echo)
			defer p.Close(nil)
			defer q.Close(nil)
			payload, _ := Encode("x")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Call(b.Context(), "echo", payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

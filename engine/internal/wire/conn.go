package wire

import (
	"bufio"
	"io"
	"sync"
)

// Conn carries frames both ways. Send and Receive may run at the same time, but
// each only once at a time. A frame's buffers belong to the sender again when Send
// returns, unless they are Owned, and to the receiver when Receive returns. Close
// ends both.
type Conn interface {
	Send(Frame) error
	Receive() (Frame, error)
	Close() error
}

// immediate is a Conn that can send small frames without waiting. A frame that it does
// not take is as if it had not been asked. A goroutine less wakes up for each frame that
// it takes.
type immediate interface{ SendNow(Frame) bool }

// SendNow is that of a Conn inside another one.
func SendNow(c Conn, f Frame) bool {
	i, ok := c.(immediate)
	return ok && i.SendNow(f)
}

// limited is a Conn whose other side takes buffers of so many bytes in one frame, and
// ends the connection when there are more.
type limited interface{ Limit() int64 }

// limitOf is what one frame on a connection may carry.
func limitOf(c Conn) int64 {
	if l, ok := c.(limited); ok && l.Limit() > 0 {
		return min(l.Limit(), MaxTotal)
	}
	return MaxTotal
}

// stream is a Conn over bytes.
type stream struct {
	read  *bufio.Reader
	write io.Writer
	close func() error
	limit int64
}

// NewStream returns a Conn over a stream of bytes; limit bounds the buffers of a
// received frame in bytes, 0 means MaxTotal.
func NewStream(rw io.ReadWriteCloser, limit int64) Conn {
	return &stream{read: bufio.NewReaderSize(rw, readAhead), write: rw, close: rw.Close, limit: limit}
}

func (s *stream) Send(f Frame) error      { return WriteFrame(s.write, f) }
func (s *stream) Receive() (Frame, error) { return ReadFrame(s.read, s.limit) }
func (s *stream) Close() error            { return s.close() }

// pipe is one end of a Conn inside this process.
type pipe struct {
	in, out chan *Frame // pointers: most of their room is never used
	done    chan struct{}
	once    *sync.Once
}

// Pipe returns the two ends of a connection inside this process. Buffers that are
// not Owned are copied once, by Send.
func Pipe() (Conn, Conn) {
	a, b := make(chan *Frame, maxPipe), make(chan *Frame, maxPipe)
	done, once := make(chan struct{}), new(sync.Once)
	return &pipe{a, b, done, once}, &pipe{b, a, done, once}
}

func (p *pipe) Send(f Frame) error {
	if err := f.check(); err != nil {
		return err
	}
	if !f.Owned {
		own := make([][]byte, len(f.Buffers))
		for i, b := range f.Buffers {
			own[i] = append(make([]byte, 0, len(b)), b...)
		}
		f.Buffers = own
	}
	select {
	case <-p.done:
		return io.ErrClosedPipe
	case p.out <- &f:
		return nil
	}
}

// SendNow is Send for frames without buffers, where there is room.
func (p *pipe) SendNow(f Frame) bool {
	if len(f.Buffers) > 0 || f.check() != nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
	}
	select {
	case p.out <- &f:
		return true
	default:
		return false
	}
}

func (p *pipe) Receive() (Frame, error) {
	select { // what was sent before the end is still read
	case f := <-p.in:
		return *f, nil
	default:
	}
	select {
	case f := <-p.in:
		return *f, nil
	case <-p.done:
		return Frame{}, io.EOF
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

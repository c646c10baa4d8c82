//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import (
	"errors"
	"fmt"
	"io"
	"net"

	"golang.org/x/sys/unix"
)

// Allocate asks the host for memory.
func (s *shared) Allocate(n int) []byte {
	s.mu.Lock()
	from := s.from
	s.mu.Unlock()
	if s.files == nil || from == 0 || n < from {
		return nil
	}
	g := s.ask(n)
	if g == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g.ours = true
	return g.block.view()[:n:n]
}

// ask waits for a piece of the host's. It must not be called by the one who reads.
func (s *shared) ask(n int) *segment {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.asked++
	number, answer := s.asked, make(chan *segment, 1)
	s.answers[number] = answer
	s.mu.Unlock()
	if s.send(&control{Need: n, Request: number}, -1) != nil {
		return nil
	}
	return <-answer
}

// handBack sends a block to the host that it came from.
func (s *shared) handBack(b *block) *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segments {
		if g.block == b && g.ours {
			g.ours = false
			return g
		}
	}
	return nil
}

// controlOfHost serves what the host says.
func (s *shared) controlOfHost(c *control) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.From > 0 {
		s.from = c.From
	}
	if c.Segment != 0 && c.Size > 0 {
		if err := s.learn(c); err != nil {
			return err
		}
	}
	if answer := s.answers[c.Request]; answer != nil {
		delete(s.answers, c.Request)
		answer <- s.segments[c.Segment]
	}
	for _, id := range c.Drop {
		if g := s.segments[id]; g != nil {
			delete(s.segments, id)
			g.block.leave()
		}
	}
	return nil
}

// learn maps a new piece.
func (s *shared) learn(c *control) error {
	fd, ok := s.files.next()
	if !ok {
		return fmt.Errorf("%w: shared memory without a file", errMalformed)
	}
	defer unix.Close(fd)
	if s.closed {
		return net.ErrClosed // nobody would let go of it
	}
	b, err := mapBlock(fd, c.Size)
	if err != nil {
		return fmt.Errorf("map shared memory: %w", err)
	}
	b.join(s.wake)
	s.segments[c.Segment] = &segment{id: c.Segment, block: b}
	if !s.tidying {
		s.tidying = true
		go s.giveBack()
	}
	return nil
}

func (s *shared) wake() {
	select {
	case s.tidy <- struct{}{}:
	default:
	}
}

// giveBack returns pieces that nobody looks at any more.
func (s *shared) giveBack() {
	for range s.tidy {
		c := &control{}
		s.mu.Lock()
		for _, g := range s.segments {
			if g.ours && g.block.idle() {
				g.ours = false
				c.Free = append(c.Free, g.id)
			}
		}
		closed := s.closed
		s.mu.Unlock()
		if closed {
			return
		}
		if len(c.Free) > 0 && s.send(c, -1) != nil {
			return
		}
	}
}

// fileReader reads from a socket and keeps the files that come along.
type fileReader struct {
	conn  *net.UnixConn
	files []int
	room  [128]byte
}

func (r *fileReader) Read(p []byte) (int, error) {
	n, control, _, _, err := r.conn.ReadMsgUnix(p, r.room[:])
	if err == nil && control > 0 {
		messages, _ := unix.ParseSocketControlMessage(r.room[:control])
		for _, m := range messages {
			fds, _ := unix.ParseUnixRights(&m)
			r.files = append(r.files, fds...)
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.EOF // bare, as readers want it
	}
	return max(n, 0), err
}

// close lets go of files that came with an end: the process may go on without this
// connection.
func (r *fileReader) close() {
	for _, fd := range r.files {
		unix.Close(fd)
	}
	r.files = nil
}

func (r *fileReader) next() (int, bool) {
	if len(r.files) == 0 {
		return 0, false
	}
	fd := r.files[0]
	r.files = r.files[1:]
	return fd, true
}

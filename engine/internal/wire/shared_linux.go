//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// shared is a Conn over a Unix socket whose large buffers lie in shared memory.
type shared struct {
	conn  *net.UnixConn
	read  *bufio.Reader
	files *fileReader // nil on the host's side: a host takes no files
	limit int64
	from  int // buffers of so many bytes are shared; 0: not yet

	out sync.Mutex      // one frame at a time
	raw syscall.RawConn // of conn; nil where the system gives none

	mu       sync.Mutex
	segments map[uint64]*segment
	next     uint64
	total    int
	closed   bool

	asked   uint64                   // worker: the last request
	answers map[uint64]chan *segment // worker: those that wait
	tidy    chan struct{}            // worker: there is something to return
	tidying bool                     // worker: somebody does
}

// segment is a block under its number on one connection.
type segment struct {
	id    uint64
	block *block
	// On the host's side: the worker may use it. On the worker's side: it is to be
	// returned when nobody looks at it.
	theirs, ours bool
}

// NewHost returns the host's Conn over a socket to a child. limit bounds the buffers
// of a received frame, and all shared memory of the connection, in bytes; 0 means
// MaxTotal. For other kinds of connection it is NewStream.
func NewHost(conn net.Conn, limit int64) Conn {
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return NewStream(conn, limit)
	}
	s := newShared(unixConn, limit)
	s.read = bufio.NewReaderSize(unixConn, readAhead)
	s.from = ShareFrom
	_ = s.send(&control{From: ShareFrom}, -1) // a child that is gone already is seen at once
	return s
}

// NewWorker returns the child's Conn over a socket to its host.
func NewWorker(conn net.Conn, limit int64) Conn {
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return NewStream(conn, limit)
	}
	s := newShared(unixConn, limit)
	s.files = &fileReader{conn: unixConn}
	s.read = bufio.NewReaderSize(s.files, readAhead)
	s.answers, s.tidy = map[uint64]chan *segment{}, make(chan struct{}, 1)
	return s
}

func newShared(conn *net.UnixConn, limit int64) *shared {
	if limit <= 0 || limit > MaxTotal {
		limit = MaxTotal
	}
	s := &shared{conn: conn, limit: limit, segments: map[uint64]*segment{}}
	s.raw, _ = conn.SyscallConn()
	return s
}

func (s *shared) Send(f Frame) error {
	s.mu.Lock()
	from := s.from
	s.mu.Unlock()
	var refs []*reference
	for i, b := range f.Buffers {
		if from == 0 || len(b) < from || f.check() != nil {
			continue
		}
		if refs == nil {
			refs = make([]*reference, len(f.Buffers))
		}
		refs[i] = s.place(b, f.Owned)
	}
	s.out.Lock()
	defer s.out.Unlock()
	return writeFrame(s.conn, f, refs)
}

// SendNow sends a frame without buffers that fits the socket's own as a whole: of so few
// bytes the system takes all, or none.
func (s *shared) SendNow(f Frame) bool {
	if s.raw == nil || len(f.Buffers) > 0 || len(f.Header) > maxNow || !s.out.TryLock() {
		return false
	}
	defer s.out.Unlock()
	text := make([]byte, 8, 8+len(f.Header))
	binary.LittleEndian.PutUint32(text, uint32(len(f.Header)))
	text = append(text, f.Header...)
	sent := 0
	if err := s.raw.Write(func(fd uintptr) bool {
		sent, _ = unix.Write(int(fd), text)
		return true
	}); err != nil || sent <= 0 {
		return false
	}
	if sent < len(text) { // no Linux does this
		_, _ = s.conn.Write(text[sent:]) // an error is seen by whoever reads
	}
	return true
}

func (s *shared) Receive() (Frame, error) {
	f, err := readFrame(s.read, s.limit, &sharing{control: s.control, view: s.view})
	if err != nil && s.files != nil {
		s.files.close()
	}
	return f, err
}

// Limit is the same on both sides.
func (s *shared) Limit() int64 { return s.limit }

func (s *shared) Close() error {
	err := s.conn.Close()
	s.mu.Lock()
	s.closed = true
	list := s.segments
	s.segments, s.total = map[uint64]*segment{}, 0
	for _, waits := range s.answers {
		close(waits)
	}
	s.answers = nil
	s.mu.Unlock()
	for _, g := range list {
		g.block.leave()
	}
	if s.tidy != nil {
		s.wake()
	}
	return err
}

// send writes a message, with a file if fd is not negative.
func (s *shared) send(c *control, fd int) error {
	s.out.Lock()
	defer s.out.Unlock()
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	frame = append(binary.LittleEndian.AppendUint32(frame, controlFrame), text...)
	if fd < 0 {
		_, err = s.conn.Write(frame)
		return err
	}
	// The file travels with the first byte, so the rest may follow by itself.
	n, _, err := s.conn.WriteMsgUnix(frame, unix.UnixRights(fd), nil)
	if err == nil && n < len(frame) {
		_, err = s.conn.Write(frame[n:])
	}
	return err
}

// place finds or makes the place of a buffer in shared memory; nil means that it is
// sent as bytes.
func (s *shared) place(data []byte, owned bool) *reference {
	if owned {
		if b, offset := blockOf(data); b != nil {
			if g := s.handOver(b); g != nil {
				return &reference{g.id, uint64(offset)}
			}
		}
	}
	g := s.acquire(len(data))
	if g == nil {
		return nil
	}
	if !g.block.fill(data) {
		return nil // a worker that lies about what it has
	}
	return &reference{g.id, 0}
}

// acquire returns a piece that nobody looks at.
func (s *shared) acquire(n int) *segment {
	if s.files != nil {
		return s.ask(n)
	}
	g, _ := s.provide(n)
	return g
}

// view is the buffer that a reference names.
func (s *shared) view(r reference, length int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.segments[r.segment]
	if g == nil || s.files == nil && !g.theirs {
		return nil, fmt.Errorf("%w: a buffer in the shared memory %d, which the sender does not have", errMalformed, r.segment)
	}
	if r.offset > uint64(g.block.size) || uint64(length) > uint64(g.block.size)-r.offset {
		return nil, fmt.Errorf("%w: a buffer of %d bytes in shared memory of %d", errMalformed, length, g.block.size)
	}
	g.theirs, g.ours = false, true
	return g.block.view()[r.offset : r.offset+uint64(length) : r.offset+uint64(length)], nil
}

func (s *shared) control(c *control) error {
	if s.files == nil {
		return s.controlOfWorker(c)
	}
	return s.controlOfHost(c)
}

// fits tells whether a piece of so many bytes serves for n.
func fits(size, n int) bool { return n <= size && size/4 <= n }

// rounded is the size of a new piece: a little more than asked for, so that the next
// arrays of nearly that size fit as well.
func rounded(n int) int {
	step := unix.Getpagesize()
	for step < n/16 {
		step *= 2
	}
	return (n + step - 1) / step * step
}

func (s *shared) list() []*segment {
	list := make([]*segment, 0, len(s.segments))
	for _, g := range s.segments {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *segment) int { return a.block.size - b.block.size })
	return list
}

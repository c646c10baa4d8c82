package wire

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// shownHeader is how much of a header [Tee] writes, in bytes.
const shownHeader = 2000

// tee is a Conn that writes down what passes.
type tee struct {
	Conn
	mu   sync.Mutex
	w    io.Writer
	name string
}

// Tee returns a connection that also writes one line per frame: direction, header,
// and sizes of the buffers.
func Tee(c Conn, w io.Writer, name string) Conn { return &tee{Conn: c, w: w, name: name} }

// Limit is that of the connection.
func (t *tee) Limit() int64 { return limitOf(t.Conn) }

func (t *tee) Send(f Frame) error {
	t.line("->", f)
	return t.Conn.Send(f)
}

func (t *tee) Receive() (Frame, error) {
	f, err := t.Conn.Receive()
	if err == nil {
		t.line("<-", f)
	}
	return f, err
}

func (t *tee) line(direction string, f Frame) {
	header, rest := f.Header, ""
	if len(header) > shownHeader {
		header, rest = header[:shownHeader], fmt.Sprintf("... (%d bytes)", len(f.Header))
	}
	var sizes strings.Builder
	for _, b := range f.Buffers {
		fmt.Fprintf(&sizes, " +%d", len(b))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "wire %s %s %s%s%s\n", t.name, direction, strings.ToValidUTF8(string(header), "\ufffd"), rest, sizes.String())
}

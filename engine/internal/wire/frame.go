package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Frame is one message: its header and the buffers that values in it refer to.
// Whoever carries it need not understand it.
type Frame struct {
	Header  []byte
	Buffers [][]byte
	// Owned says that nobody else will touch the buffers, so that a connection
	// inside one process need not copy them.
	Owned bool
}

// errMalformed is wrapped by every complaint about the other side's bytes.
var errMalformed = errors.New("malformed frame")

// Size returns the number of bytes of all buffers.
func (f Frame) Size() (n int64) {
	for _, b := range f.Buffers {
		n += int64(len(b))
	}
	return n
}

// check reports a frame that no reader would take.
func (f Frame) check() error {
	switch {
	case len(f.Header) > MaxHeader:
		return fmt.Errorf("the values of this call take %d bytes as text, more than %d", len(f.Header), MaxHeader)
	case len(f.Buffers) > MaxBuffers:
		return fmt.Errorf("this call carries %d arrays and files, more than %d", len(f.Buffers), MaxBuffers)
	case f.Size() > MaxTotal:
		return fmt.Errorf("the arrays and files of this call take %d bytes, more than %d", f.Size(), int64(MaxTotal))
	}
	return nil
}

// WriteFrame writes one frame.
func WriteFrame(w io.Writer, f Frame) error {
	if err := f.check(); err != nil {
		return err
	}
	head := make([]byte, 0, 8+8*len(f.Buffers)+len(f.Header))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(f.Header)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(f.Buffers)))
	for _, b := range f.Buffers {
		head = binary.LittleEndian.AppendUint64(head, uint64(len(b)))
	}
	parts := append(net.Buffers{append(head, f.Header...)}, f.Buffers...)
	_, err := parts.WriteTo(w)
	return err
}

// ReadFrame reads one frame; limit bounds the bytes of its buffers, 0 means
// MaxTotal. At the end of the stream between two frames it returns io.EOF.
func ReadFrame(r io.Reader, limit int64) (Frame, error) {
	if limit <= 0 || limit > MaxTotal {
		limit = MaxTotal
	}
	var fixed [8]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return Frame{}, truncated(err)
	}
	header, count := binary.LittleEndian.Uint32(fixed[:4]), binary.LittleEndian.Uint32(fixed[4:])
	if header > MaxHeader || count > MaxBuffers {
		return Frame{}, fmt.Errorf("%w: a header of %d bytes and %d buffers", errMalformed, header, count)
	}
	lengths, err := readSome(r, int(count)*8)
	if err != nil {
		return Frame{}, err
	}
	var total uint64
	for i := range int(count) {
		n := binary.LittleEndian.Uint64(lengths[8*i:])
		if n > uint64(limit) || total+n > uint64(limit) {
			return Frame{}, fmt.Errorf("%w: buffers of more than %d bytes", errMalformed, limit)
		}
		total += n
	}
	f := Frame{}
	if f.Header, err = readSome(r, int(header)); err != nil {
		return Frame{}, err
	}
	for i := range int(count) {
		b, err := readSome(r, int(binary.LittleEndian.Uint64(lengths[8*i:])))
		if err != nil {
			return Frame{}, err
		}
		f.Buffers = append(f.Buffers, b)
	}
	return f, nil
}

// readSome reads n bytes and takes memory as they arrive: firstRead on the word of
// a length alone, then at most 64 times what is there already.
func readSome(r io.Reader, n int) ([]byte, error) {
	out := make([]byte, min(n, firstRead))
	for at := 0; ; {
		if _, err := io.ReadFull(r, out[at:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, truncated(err)
		}
		if at = len(out); at == n {
			return out, nil
		}
		grown := make([]byte, min(n, 64*at))
		copy(grown, out)
		out = grown
	}
}

func truncated(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the stream ends inside it", errMalformed)
	}
	return err
}

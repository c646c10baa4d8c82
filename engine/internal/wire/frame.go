package wire

import (
	"encoding/binary"
	"encoding/json"
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
	}
	return f.within(MaxTotal)
}

// within reports a frame whose buffers are more than limit bytes.
func (f Frame) within(limit int64) error {
	if n := f.Size(); n > limit {
		return fmt.Errorf("the arrays and files of this call take %d bytes, more than %d", n, limit)
	}
	return nil
}

// WriteFrame writes one frame.
func WriteFrame(w io.Writer, f Frame) error { return writeFrame(w, f, nil) }

// writeFrame writes a frame; buffers that have a reference are not written.
func writeFrame(w io.Writer, f Frame, refs []*reference) error {
	if err := f.check(); err != nil {
		return err
	}
	head := make([]byte, 0, 8+8*len(f.Buffers)+len(f.Header))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(f.Header)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(f.Buffers)))
	body := f.Buffers
	for i, b := range f.Buffers {
		n := uint64(len(b))
		if refs != nil && refs[i] != nil {
			n |= sharedBuffer
		}
		head = binary.LittleEndian.AppendUint64(head, n)
	}
	if refs != nil {
		body = make([][]byte, len(f.Buffers))
		for i, r := range refs {
			if body[i] = f.Buffers[i]; r != nil {
				body[i] = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, r.segment), r.offset)
			}
		}
	}
	parts := append(net.Buffers{append(head, f.Header...)}, body...)
	_, err := parts.WriteTo(w)
	return err
}

// sharing is how a frame is read where memory is shared.
type sharing struct {
	control func(*control) error                          // takes a message
	view    func(r reference, length int) ([]byte, error) // finds a buffer
}

// ReadFrame reads one frame; limit bounds the bytes of its buffers, 0 means
// MaxTotal. At the end of the stream between two frames it returns io.EOF.
func ReadFrame(r io.Reader, limit int64) (Frame, error) { return readFrame(r, limit, nil) }

func readFrame(r io.Reader, limit int64, s *sharing) (Frame, error) {
	if limit <= 0 || limit > MaxTotal {
		limit = MaxTotal
	}
	var fixed [8]byte
	var header, count uint32
	for {
		if _, err := io.ReadFull(r, fixed[:]); err != nil {
			return Frame{}, truncated(err)
		}
		header, count = binary.LittleEndian.Uint32(fixed[:4]), binary.LittleEndian.Uint32(fixed[4:])
		if count != controlFrame || s == nil {
			break
		}
		if err := s.receive(r, header); err != nil {
			return Frame{}, err
		}
	}
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
		if s != nil {
			n &^= sharedBuffer
		}
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
		n := binary.LittleEndian.Uint64(lengths[8*i:])
		var b []byte
		if s != nil && n&sharedBuffer != 0 {
			b, err = s.buffer(r, int(n&^sharedBuffer))
		} else {
			b, err = readSome(r, int(n))
		}
		if err != nil {
			return Frame{}, err
		}
		f.Buffers = append(f.Buffers, b)
	}
	return f, nil
}

// receive reads a message about shared memory.
func (s *sharing) receive(r io.Reader, length uint32) error {
	if length > maxControl {
		return fmt.Errorf("%w: %d bytes about shared memory", errMalformed, length)
	}
	text, err := readSome(r, int(length))
	if err != nil {
		return err
	}
	var c control
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	return s.control(&c)
}

// buffer reads a reference to a buffer.
func (s *sharing) buffer(r io.Reader, length int) ([]byte, error) {
	text, err := readSome(r, referenceSize)
	if err != nil {
		return nil, err
	}
	return s.view(reference{binary.LittleEndian.Uint64(text[:8]), binary.LittleEndian.Uint64(text[8:])}, length)
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

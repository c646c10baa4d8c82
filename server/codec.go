package server

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine"
)

// A WebSocket message is a piece of a frame of one channel:
//
//	u32 LE   channel
//	u8       1 when the frame ends here, else 0
//	bytes    of the frame, as between host and workers (u32 length of the header, u32
//	         number of buffers, u64 length of each, header, buffers)
const pieceHead = 5

var errFrame = errors.New("malformed frame")

// appendFrame writes a frame as bytes.
func appendFrame(dst []byte, f engine.Frame) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.Header)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.Buffers)))
	for _, b := range f.Buffers {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b)))
	}
	dst = append(dst, f.Header...)
	for _, b := range f.Buffers {
		dst = append(dst, b...)
	}
	return dst
}

// frameSize is how many bytes appendFrame writes.
func frameSize(f engine.Frame) int {
	return 8 + 8*len(f.Buffers) + len(f.Header) + int(f.Size())
}

// parseFrame reads a frame; its parts share the memory of data.
func parseFrame(data []byte) (engine.Frame, error) {
	if len(data) < 8 {
		return engine.Frame{}, fmt.Errorf("%w: %d bytes", errFrame, len(data))
	}
	header, count := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
	rest := data[8:]
	if header > maxHeader || count > maxBuffers || uint64(len(rest)) < uint64(count)*8+uint64(header) {
		return engine.Frame{}, fmt.Errorf("%w: a header of %d bytes and %d buffers", errFrame, header, count)
	}
	lengths, rest := rest[:8*count], rest[8*count:]
	f := engine.Frame{Header: rest[:header:header], Owned: true}
	rest = rest[header:]
	for ; len(lengths) > 0; lengths = lengths[8:] {
		n := binary.LittleEndian.Uint64(lengths)
		if n > uint64(len(rest)) {
			return engine.Frame{}, fmt.Errorf("%w: a buffer of %d bytes", errFrame, n)
		}
		f.Buffers = append(f.Buffers, rest[:n:n])
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return engine.Frame{}, fmt.Errorf("%w: %d bytes too many", errFrame, len(rest))
	}
	return f, nil
}

package server

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
)

// head begins a frame: the length of its header, the number of its buffers, their lengths.
func head(header, buffers uint32, lengths ...uint64) []byte {
	b := binary.LittleEndian.AppendUint32(nil, header)
	b = binary.LittleEndian.AppendUint32(b, buffers)
	for _, n := range lengths {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

func TestFramesComeBack(t *testing.T) {
	for _, f := range []engine.Frame{
		{Header: []byte("{}")}, {Header: []byte{}}, {Header: []byte("{}"), Buffers: [][]byte{[]byte("one"), {}, []byte("three")}},
		{Header: []byte("{}"), Buffers: make([][]byte, maxBuffers)}, {Header: make([]byte, maxHeader)},
	} {
		whole := appendFrame(nil, f)
		if len(whole) != frameSize(f) {
			t.Errorf("%d bytes, announced %d", len(whole), frameSize(f))
		}
		got, err := parseFrame(whole)
		if err != nil || !bytes.Equal(got.Header, f.Header) || len(got.Buffers) != len(f.Buffers) {
			t.Fatalf("a header of %d bytes and %d buffers: %v", len(f.Header), len(f.Buffers), err)
		}
		for i := range f.Buffers {
			if diff := cmp.Diff(string(f.Buffers[i]), string(got.Buffers[i])); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// A frame that lies about itself is refused; nothing is read beside it, and no memory is
// taken for what it only announces.
func TestFramesThatLieAreRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":                      nil,
		"half a head":                  {2, 0, 0, 0},
		"a header that is not there":   head(2, 0),
		"a header of 4 GiB":            head(1<<32-1, 0),
		"a header that is too long":    append(head(maxHeader+1, 0), make([]byte, maxHeader+1)...),
		"too many buffers":             append(head(2, maxBuffers+1, make([]uint64, maxBuffers+1)...), "{}"...),
		"buffers without a length":     append(head(2, 1), "{}"...),
		"four billion buffers":         append(head(2, 1<<32-1), "{}"...),
		"a buffer that is not there":   append(head(2, 1, 1), "{}"...),
		"a buffer of 2**63":            append(head(2, 1, 1<<63), "{}"...),
		"lengths that come to nothing": append(head(2, 2, 1<<63, 1<<63), "{}"...),
		"more than it says":            append(head(2, 1, 1), "{}xy"...),
	} {
		if _, err := parseFrame(data); !errors.Is(err, errFrame) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package lintcache

import (
	"crypto/sha256"
	"encoding/binary"
)

// Key names an answer by everything it depends on.
type Key [sha256.Size]byte

// NewKey returns the key of an answer: a hash of all parts, in order. Parts are told
// apart by their lengths, so that "ab", "c" is another key than "a", "bc".
func NewKey(parts ...[]byte) Key {
	h := sha256.New()
	var size [8]byte
	for _, part := range parts {
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	var k Key
	h.Sum(k[:0])
	return k
}

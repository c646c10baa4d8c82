package lintcache

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sort"
)

// A pack is one file:
//
//	magic, key of the program        what follows was written by this very program
//	secret                           16 bytes, see sums
//	count                            u32
//	count times: key, day, start, length of an answer; sorted by key
//	the answers
//	CRC-32C of all before            u32
//
// All numbers are little-endian u32. The checksum finds what a crash or a disk spoilt;
// against a person who may write to the folder there is no need: all that an answer
// holds is text to show.
const magic = "imjoy lint 1\n"

const (
	keyBytes    = len(Key{})
	recordBytes = keyBytes + 3*4
	headBytes   = len(magic) + keyBytes + secretBytes + 4
)

// checksum is made with a table that is not there before it is needed.
func checksum(text []byte) uint32 { return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) }

// pack is a pack in memory, as it lies in its file.
type pack struct {
	secret  []byte
	records []byte // count records
	answers []byte
}

// record is an answer and when it was last of use, in days.
type record struct {
	key    Key
	day    uint32
	answer []byte
}

// readPack reads a pack that the same program wrote; ok is false for everything else.
func readPack(text []byte, program Key) (p pack, ok bool) {
	const head = headBytes
	if len(text) < head+4 || string(text[:len(magic)]) != magic || !bytes.Equal(text[len(magic):][:keyBytes], program[:]) {
		return p, false
	}
	body, sum := text[:len(text)-4], binary.LittleEndian.Uint32(text[len(text)-4:])
	count := int(binary.LittleEndian.Uint32(text[head-4:]))
	if count > maxEntries || len(body) < head+count*recordBytes || checksum(body) != sum {
		return p, false
	}
	return pack{text[head-4-secretBytes : head-4], body[head : head+count*recordBytes], body[head+count*recordBytes:]}, true
}

func (p pack) len() int { return len(p.records) / recordBytes }

// at returns the record at a place in the order of keys; its answer is nil where it
// does not lie inside the pack.
func (p pack) at(i int) (r record) {
	raw := p.records[i*recordBytes:][:recordBytes]
	copy(r.key[:], raw)
	number := func(i int) uint32 { return binary.LittleEndian.Uint32(raw[keyBytes+4*i:]) }
	r.day = number(0)
	start, length := uint64(number(1)), uint64(number(2))
	if start+length <= uint64(len(p.answers)) {
		r.answer = p.answers[start : start+length]
	}
	return r
}

// find returns the answer to a key, nil when there is none.
func (p pack) find(key Key) []byte {
	i := sort.Search(p.len(), func(i int) bool {
		return bytes.Compare(p.records[i*recordBytes:][:keyBytes], key[:]) >= 0
	})
	if i < p.len() {
		if r := p.at(i); r.key == key {
			return r.answer
		}
	}
	return nil
}

// writePack makes a pack of records with different keys, the most recent ones as far as
// the limits allow.
func writePack(records []record, program Key, secret []byte) []byte {
	slices.SortStableFunc(records, func(a, b record) int { return int(b.day) - int(a.day) })
	records = records[:min(len(records), maxEntries)]
	size := headBytes + 4
	for i, r := range records {
		if size += recordBytes + len(r.answer); size > maxPackBytes {
			records = records[:i]
			break
		}
	}
	slices.SortFunc(records, func(a, b record) int { return bytes.Compare(a.key[:], b.key[:]) })
	out := append(append(append(make([]byte, 0, min(size, maxPackBytes)), magic...), program[:]...), secret...)
	number := func(n int) { out = binary.LittleEndian.AppendUint32(out, uint32(n)) }
	number(len(records))
	start := 0
	for _, r := range records {
		out = append(out, r.key[:]...)
		number(int(r.day))
		number(start)
		number(len(r.answer))
		start += len(r.answer)
	}
	for _, r := range records {
		out = append(out, r.answer...)
	}
	number(int(checksum(out)))
	return out
}

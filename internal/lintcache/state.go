package lintcache

import (
	"encoding/binary"
	"time"
)

// state is what the system tells of a path without reading it: device, inode, mode, size,
// and when the contents and when anything else of it last changed. The last of these,
// which Unix calls ctime, is what makes it trustworthy: no program can set it, so a file
// that was changed and given its old size and time back has another state. The state of
// what is not there is all zeros.
type state [6 * 8]byte

func newState(device, inode, mode, size, modified, changed uint64) (s state) {
	for i, n := range []uint64{device, inode, mode, size, modified, changed} {
		binary.LittleEndian.PutUint64(s[8*i:], n)
	}
	return s
}

// settled reports whether a change at or after a moment would show in the state. File
// systems write times with a precision of up to two seconds, so that of two changes
// within that span the second does not show.
func (s state) settled(at time.Time) bool {
	changed := time.Unix(0, int64(binary.LittleEndian.Uint64(s[5*8:])))
	return s == state{} || changed.Before(at.Add(-unsettled))
}

// untrusted is the state that no path has.
var untrusted = newState(1, 0, 0, 0, 0, 0)

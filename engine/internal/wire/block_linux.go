//go:build linux && (amd64 || arm64 || riscv64 || loong64 || ppc64le)

package wire

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"unsafe"
	"weak"

	"golang.org/x/sys/unix"
)

// block is memory that several processes see: a memfd, mapped over a piece of Go's
// own heap. So a slice of it is an ordinary slice, whoever keeps it and however it is
// cut, and the garbage collector says when nobody sees it any more.
//
// The piece is large, holds no pointers, and is never zeroed by Go while it lives;
// before Go gets it back, ordinary memory is mapped there again.
type block struct {
	size int
	fd   int // -1 in a process that was given the memory

	mu     sync.Mutex
	back   *sync.Cond
	base   *byte              // while no slice is out
	viewed weak.Pointer[byte] // while one is
	users  int                // connections that know the block
	unseen []func()           // told when the last slice is gone
	mixed  bool               // more than one connection has known it
}

// blocks are those of this process, for finding the one that a slice lies in.
var blocks struct {
	sync.Mutex
	list []*block
}

// kept holds memory that could not be given back to Go.
var kept []*byte

var errNoMemory = errors.New("there is no shared memory of that size")

// newBlock makes memory that others may be given and that nobody can shorten: a
// mapping beyond the end of its file would be the end of this process.
func newBlock(size int) (*block, error) {
	fd, err := unix.MemfdCreate("imjoy", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	if err = unix.Ftruncate(fd, int64(size)); err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	var b *block
	if err == nil {
		b, err = mapBlock(fd, size)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	b.fd = fd
	return b, nil
}

// mapBlock maps memory that this process was given. fd may be closed afterwards.
func mapBlock(fd, size int) (*block, error) {
	page := os.Getpagesize()
	if size <= 0 || size%page != 0 {
		return nil, fmt.Errorf("map shared memory: %d bytes are not whole pages", size)
	}
	base := heap(size)
	if uintptr(unsafe.Pointer(base))%uintptr(page) != 0 {
		return nil, errNoMemory // pages larger than those that Go's heap knows
	}
	if err := mapAt(base, size, fd, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		if !restore(base, size) {
			kept = append(kept, base)
		}
		return nil, err
	}
	b := &block{size: size, fd: -1, base: base}
	b.back = sync.NewCond(&b.mu)
	blocks.Lock()
	blocks.list = append(blocks.list, b)
	blocks.Unlock()
	return b, nil
}

// heap returns a piece of the heap that nothing has touched: zeroing it would give it
// pages of its own.
func heap(size int) *byte {
	var untouched strings.Builder
	untouched.Grow(size)
	untouched.WriteByte(0)
	return unsafe.StringData(untouched.String())
}

// restore puts ordinary memory back.
func restore(base *byte, size int) bool {
	return mapAt(base, size, -1, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS) == nil
}

// mapAt maps a file over memory that is there.
func mapAt(base *byte, size, fd, flags int) error {
	const access = unix.PROT_READ | unix.PROT_WRITE
	_, _, errno := unix.Syscall6(unix.SYS_MMAP, uintptr(unsafe.Pointer(base)), uintptr(size), access, uintptr(flags|unix.MAP_FIXED), uintptr(fd), 0)
	if errno != 0 {
		return os.NewSyscallError("mmap", errno)
	}
	return nil
}

// view returns all of the memory. Until the last slice of it is gone the block is
// not idle.
func (b *block) view() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if base := b.base; base != nil {
			b.base, b.viewed = nil, weak.Make(base)
			runtime.SetFinalizer(base, b.gone)
			return unsafe.Slice(base, b.size)
		}
		if base := b.viewed.Value(); base != nil {
			return unsafe.Slice(base, b.size)
		}
		b.back.Wait() // it is on its way
	}
}

// gone takes the memory back: no slice of it is left.
func (b *block) gone(base *byte) {
	b.mu.Lock()
	b.base = base
	b.back.Broadcast()
	last, unseen := b.users == 0, b.unseen
	b.mu.Unlock()
	if last {
		b.end()
		return
	}
	for _, tell := range unseen {
		go tell() // others may wait for this very goroutine
	}
}

func (b *block) idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.base != nil
}

// fill copies data into a block that nobody sees; ok is false when somebody does.
func (b *block) fill(data []byte) (ok bool) {
	b.mu.Lock()
	base := b.base
	b.mu.Unlock()
	if base == nil {
		return false
	}
	copy(unsafe.Slice(base, b.size), data)
	return true
}

// join adds a connection that knows the block, and what to do when nobody sees it.
func (b *block) join(unseen func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.users++
	b.unseen = append(b.unseen, unseen)
	b.mixed = b.mixed || len(b.unseen) > 1
}

// once tells whether the block is not to be used again: another connection may still
// look at it.
func (b *block) once() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mixed
}

// leave says that a connection does not know it any more.
func (b *block) leave() {
	b.mu.Lock()
	b.users--
	last := b.users == 0 && b.base != nil
	b.mu.Unlock()
	if last {
		b.end()
	}
}

// end gives everything back.
func (b *block) end() {
	blocks.Lock()
	for i, other := range blocks.list {
		if other == b {
			blocks.list = append(blocks.list[:i], blocks.list[i+1:]...)
			break
		}
	}
	b.mu.Lock()
	if b.base != nil {
		if !restore(b.base, b.size) {
			kept = append(kept, b.base)
		}
		b.base = nil
		if b.fd >= 0 {
			unix.Close(b.fd)
		}
	}
	b.mu.Unlock()
	blocks.Unlock()
}

// blockOf finds the block that data lies in, nil for other memory.
func blockOf(data []byte) (b *block, offset int) {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(data)))
	blocks.Lock()
	defer blocks.Unlock()
	for _, b := range blocks.list {
		b.mu.Lock()
		base := b.base
		if base == nil {
			base = b.viewed.Value()
		}
		b.mu.Unlock()
		if start := uintptr(unsafe.Pointer(base)); base != nil && start <= at && at+uintptr(len(data)) <= start+uintptr(b.size) {
			return b, int(at - start)
		}
	}
	return nil, 0
}

package confine

import "sync"

// Ring is a writer that keeps the last bytes written to it. It is safe for
// concurrent use and never fails.
type Ring struct {
	mu   sync.Mutex
	buf  []byte
	size int
	next int // where the next byte goes, once buf is full
}

// NewRing returns a ring that keeps size bytes.
func NewRing(size int) *Ring { return &Ring{size: max(size, 1)} }

// Write keeps the end of p.
func (r *Ring) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(p)
	if len(p) > r.size {
		p = p[len(p)-r.size:]
	}
	if room := r.size - len(r.buf); room > 0 {
		k := min(room, len(p))
		r.buf, p = append(r.buf, p[:k]...), p[k:]
	}
	for len(p) > 0 {
		k := copy(r.buf[r.next:], p)
		r.next, p = (r.next+k)%r.size, p[k:]
	}
	return n, nil
}

// Bytes returns a copy of what is kept, oldest byte first.
func (r *Ring) Bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append([]byte(nil), r.buf[r.next:]...), r.buf[:r.next]...)
}

package jsvm

import (
	"crypto/sha256"
	"sync"
)

// programs keeps what was compiled, by content: a plugin that is opened again in the
// same process is not parsed again, nor are the libraries that plugins share.
var programs = &programCache{known: map[[sha256.Size]byte]*code{}}

// programCache forgets everything when it is full: the next plugins fill it anew.
type programCache struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]*code
	bytes int
}

func cacheKey(name, text string, typeScript bool) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte(name))
	if typeScript {
		h.Write([]byte{1})
	} else {
		h.Write([]byte{0})
	}
	h.Write([]byte(text))
	return [sha256.Size]byte(h.Sum(nil))
}

func (c *programCache) get(key [sha256.Size]byte) (*code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.known[key]
	return known, ok
}

func (c *programCache) put(key [sha256.Size]byte, p *code, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes += size; c.bytes > maxCachedText {
		clear(c.known)
		c.bytes = size
	}
	c.known[key] = p
}

package docsrender

import (
	"crypto/sha256"
	"sync"
)

// Cache keeps the costly parts of pages by the content they were made of: rendered
// docs and highlighted sources. It holds what the last two builds used.
type Cache struct {
	mu        sync.Mutex
	now, last map[cacheKey]any
}

type cacheKey struct {
	kind string
	hash [sha256.Size]byte
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{now: map[cacheKey]any{}} }

// turn begins a new build: what neither it nor the one before uses is forgotten.
func (c *Cache) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.now = c.now, map[cacheKey]any{}
}

// cached answers what make made of this content before, or makes it. Nothing is kept
// of a failure.
func cached[T any](c *Cache, kind string, content []byte, make func() (T, error)) (T, error) {
	key := cacheKey{kind, sha256.Sum256(content)}
	c.mu.Lock()
	value, ok := c.now[key]
	if !ok {
		value, ok = c.last[key]
	}
	if ok {
		c.now[key] = value
	}
	c.mu.Unlock()
	if ok {
		return value.(T), nil
	}
	made, err := make()
	if err == nil {
		c.mu.Lock()
		c.now[key] = made
		c.mu.Unlock()
	}
	return made, err
}

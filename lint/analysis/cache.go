package analysis

import "sync"

// Cache keeps the facts of texts, so that a text is read once however often it is
// asked for. The zero value is ready; a nil Cache keeps nothing. It is safe for
// concurrent use.
type Cache struct {
	mu    sync.Mutex
	codes map[cacheKey]*Code
}

type cacheKey struct {
	language string
	module   bool
	text     string
}

func (c *Cache) get(key cacheKey) *Code {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[key]
}

func (c *Cache) put(key cacheKey, code *Code) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.codes == nil || len(c.codes) >= maxCached {
		c.codes = map[cacheKey]*Code{}
	}
	c.codes[key] = code
}

func (c *Cache) javaScript(text string, module, typescript bool) *Code {
	key := cacheKey{language: "javascript", module: module, text: text}
	if typescript {
		key.language = "typescript"
	}
	code := c.get(key)
	if code == nil {
		code = readJavaScript(text, module, typescript)
		c.put(key, code)
	}
	return code
}

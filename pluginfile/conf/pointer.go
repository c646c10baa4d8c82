package conf

import (
	"strconv"
	"strings"
)

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// EscapePointer returns a key as it is written in a JSON pointer.
func EscapePointer(key string) string {
	if !strings.ContainsAny(key, "~/") {
		return key
	}
	return pointerEscaper.Replace(key)
}

// SplitPointer returns the keys of a JSON pointer (RFC 6901); "" is the whole and
// has none. A pointer without its leading slash is accepted.
func SplitPointer(pointer string) []string {
	if pointer == "" {
		return nil
	}
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, key := range keys {
		if strings.Contains(key, "~") {
			keys[i] = pointerUnescaper.Replace(key)
		}
	}
	return keys
}

// At returns the value a JSON pointer leads to, nil when there is none.
func (n *Node) At(pointer string) *Node {
	for _, key := range SplitPointer(pointer) {
		n = n.step(key)
	}
	return n
}

// step goes down by one key of a map or one index of a list.
func (n *Node) step(key string) *Node {
	if !n.List() {
		return n.Get(key)
	}
	i, err := strconv.Atoi(key)
	if err != nil || strconv.Itoa(i) != key {
		return nil
	}
	return n.Item(i)
}

package lintcache

import (
	"bytes"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// Cache is the pack of one project. A nil Cache holds nothing and keeps nothing. It is
// safe for concurrent use.
type Cache struct {
	file    string
	program Key
	now     time.Time
	sums    sums

	mu    sync.Mutex
	pack  pack
	info  fs.FileInfo    // of the file when it was read
	fresh map[Key][]byte // added since the pack was read
	used  map[Key]bool   // found in the pack
}

// suffix is how the names of packs end.
const suffix = ".pack"

// Open reads the pack of a project, which is named by its folder, from the folder dir
// of the cache. program names the running program: packs of others are not read.
func Open(dir, project string, program Key, now time.Time) *Cache {
	name := NewKey(program[:], []byte(project))
	c := &Cache{
		file:    filepath.Join(dir, hex.EncodeToString(name[:16])+suffix),
		program: program, now: now,
		fresh: map[Key][]byte{}, used: map[Key]bool{},
	}
	c.pack = c.read()
	if c.pack.secret == nil {
		c.pack.secret = newSecret()
	}
	c.sums = newSums(c.pack.secret)
	return c
}

// read returns what lies in the file, an empty pack where that is nothing of use.
func (c *Cache) read() pack {
	file, err := os.Open(c.file)
	if err != nil {
		return pack{}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxPackBytes {
		return pack{}
	}
	c.info = info
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(file, text); err != nil {
		return pack{}
	}
	p, _ := readPack(text, c.program)
	return p
}

// asRead reports whether the file is the one that was read: each writing makes another.
func (c *Cache) asRead() bool {
	now, err := os.Stat(c.file)
	return err == nil && c.info != nil && os.SameFile(now, c.info) && now.ModTime().Equal(c.info.ModTime()) && now.Size() == c.info.Size()
}

// Sum returns a hash of a text, for keys of this cache; nil without a cache.
func (c *Cache) Sum(text []byte) []byte {
	if c == nil {
		return nil
	}
	return c.sums.of(text)
}

// Bytes returns what was kept for a key; it must not be changed.
func (c *Cache) Bytes(key Key) (kept []byte, ok bool) {
	if c == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, ok := c.fresh[key]; ok {
		return kept, true
	}
	kept = c.pack.find(key)
	if kept != nil {
		c.used[key] = true
	}
	return kept, kept != nil
}

// KeepBytes keeps something for a key. What is too large is not kept.
func (c *Cache) KeepBytes(key Key, value []byte) {
	if c == nil || len(value) > maxEntryBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[key] = value
}

// Findings returns the answer kept for a key, with its places in the given texts, which
// are those that the key was made of.
func (c *Cache) Findings(key Key, texts ...*source.Source) (*Answer, bool) {
	kept, ok := c.Bytes(key)
	if !ok {
		return nil, false
	}
	a, err := decodeAnswer(kept, texts)
	return a, err == nil
}

// Keep keeps an answer about texts. One that also speaks of other texts is not kept.
func (c *Cache) Keep(key Key, a *Answer, texts ...*source.Source) {
	if c == nil {
		return
	}
	if kept, err := encodeAnswer(a, texts); err == nil {
		c.KeepBytes(key, kept)
	}
}

// Save writes the pack anew, if anything was added: what was added or of use now, and
// of the rest what was of use most recently. Another process that saves the same pack
// at this moment may win; then some answers have to be found again.
func (c *Cache) Save() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.fresh) == 0 {
		return
	}
	before := c.pack
	if !c.asRead() {
		before = c.read() // another process may have added to it
	}
	if !bytes.Equal(before.secret, c.pack.secret) {
		before = c.pack // its keys are of no use here
	}
	known := make(map[Key]bool, len(c.fresh)+before.len())
	day := uint32(c.now.Unix() / (24 * 60 * 60))
	records := make([]record, 0, len(c.fresh)+before.len())
	for key, answer := range c.fresh {
		known[key] = true
		records = append(records, record{key, day, answer})
	}
	for i := range before.len() {
		r := before.at(i)
		if r.answer == nil || known[r.key] {
			continue
		}
		known[r.key] = true
		if c.used[r.key] {
			r.day = day
		}
		records = append(records, r)
	}
	text := writePack(records, c.program, c.pack.secret)
	if replace(c.file, text, c.now) {
		c.pack, _ = readPack(text, c.program)
		clear(c.fresh)
		clear(c.used)
	}
}

// replace writes a file of the cache in one step, so that nobody reads half of it.
func replace(file string, text []byte, now time.Time) bool {
	dir := filepath.Dir(file)
	_, err := os.Lstat(file)
	first := err != nil
	if os.MkdirAll(dir, 0o700) != nil {
		return false
	}
	if first {
		sweep(dir, len(text), now)
	}
	temp, err := os.CreateTemp(dir, temporary+"*")
	if err != nil {
		return false
	}
	_, err = temp.Write(text)
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err == nil
}

const (
	temporary = "writing-"
	// abandoned is the age of a temporary file that nobody will finish.
	abandoned = time.Hour
)

// Usage is how much lies, or lay, on the disk.
type Usage struct {
	Files int
	Bytes int64
}

// Prune removes what was written before a moment, and tells how much that was.
func Prune(dir string, before time.Time) (gone Usage) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		if os.Remove(filepath.Join(dir, entry.Name())) == nil {
			gone.Files++
			gone.Bytes += info.Size()
		}
	}
	return gone
}

// sweep makes room for another file: it removes the packs and runs written longest ago,
// beyond the limits, and what processes that were killed left behind.
func sweep(dir string, room int, now time.Time) {
	var files []fs.FileInfo
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		info, err := entry.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case strings.HasSuffix(entry.Name(), suffix), strings.HasSuffix(entry.Name(), runSuffix):
			files = append(files, info)
		case strings.HasPrefix(entry.Name(), temporary) && now.Sub(info.ModTime()) > abandoned:
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	total := int64(room)
	count := map[string]int{}
	for _, info := range files {
		kind := filepath.Ext(info.Name())
		count[kind]++
		if total += info.Size(); count[kind] >= maxFiles || total > maxFolderBytes {
			_ = os.Remove(filepath.Join(dir, info.Name()))
		}
	}
}

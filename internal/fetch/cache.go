package fetch

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Cache keeps answers in a folder: to ask a server only whether they changed, and to
// do without it when the client is offline. That something was not found is kept as
// well, so that a search offline takes the same way. It only ever holds copies: what
// cannot be read, written or trusted is as if it were not there.
//
//	<dir>/<2>/<sha256 of media type and URL>    checksum line, header line, body
type Cache struct {
	dir string
	now func() time.Time
}

// NewCache returns the cache in a folder, which need not exist.
func NewCache(dir string, now func() time.Time) *Cache { return &Cache{dir, now} }

// Dir is the folder of the cache.
func (c *Cache) Dir() string { return c.dir }

// answer is the header of a kept answer.
type answer struct {
	Version     int       `json:"version"`
	URL         string    `json:"url"`
	Accept      string    `json:"accept,omitempty"`
	Status      int       `json:"status"` // 200, 404 or 410
	ETag        string    `json:"etag,omitempty"`
	Modified    string    `json:"last_modified,omitempty"`
	ContentType string    `json:"content_type,omitempty"`
	Fetched     time.Time `json:"fetched"`

	body []byte
}

const cacheVersion = 1

func (c *Cache) file(r Request) string {
	sum := sha256.Sum256([]byte(r.Accept + "\n" + r.URL))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(c.dir, name[:2], name)
}

// keeps reports whether answers to a request may lie on the disk: not those that
// only who has a secret in the URL may read.
func (c *Cache) keeps(r Request) bool { return c != nil && !address.HasCredentials(r.URL) }

// load returns a kept answer, nil when there is none.
func (c *Cache) load(r Request) *answer {
	if !c.keeps(r) {
		return nil
	}
	text, err := readUpTo(c.file(r), r.Limit+maxHeader)
	if err != nil {
		return nil
	}
	sum, rest, _ := bytes.Cut(text, []byte("\n"))
	if got := sha256.Sum256(rest); hex.EncodeToString(got[:]) != string(sum) {
		return nil
	}
	header, body, _ := bytes.Cut(rest, []byte("\n"))
	var a answer
	if json.Unmarshal(header, &a) != nil || a.Version != cacheVersion || a.URL != r.URL || a.Accept != r.Accept || int64(len(body)) > r.Limit {
		return nil
	}
	a.body = body
	return &a
}

func readUpTo(file string, limit int64) ([]byte, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fs.ErrInvalid
	}
	return os.ReadFile(file)
}

// save keeps an answer: all of it or nothing, also when the process dies.
func (c *Cache) save(r Request, a answer) {
	if !c.keeps(r) {
		return
	}
	a.Version, a.URL, a.Accept, a.Fetched = cacheVersion, r.URL, r.Accept, c.now().UTC().Truncate(time.Second)
	header, err := json.Marshal(a)
	if err != nil || len(header) > maxHeader/2 {
		return
	}
	rest := append(append(header, '\n'), a.body...)
	sum := sha256.Sum256(rest)
	file := c.file(r)
	if os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	temp := filepath.Join(filepath.Dir(file), tempPrefix+rand.Text())
	if os.WriteFile(temp, append([]byte(hex.EncodeToString(sum[:])+"\n"), rest...), 0o600) != nil || os.Rename(temp, file) != nil {
		os.Remove(temp)
	}
}

const tempPrefix = ".new-"

// kept turns a kept answer into what a request returns.
func (a *answer) kept(r Request) (*Response, *problem) {
	if a.Status != http.StatusOK {
		return nil, statusProblem(a.Status)
	}
	return &Response{URL: r.URL, Final: r.URL, ContentType: a.ContentType, Body: a.body, Cached: true}, nil
}

// ask adds to a request that its answer is wanted only if it changed.
func (a *answer) ask(h http.Header) {
	if a == nil || a.Status != http.StatusOK {
		return
	}
	if a.ETag != "" {
		h.Set("If-None-Match", a.ETag)
	}
	if a.Modified != "" {
		h.Set("If-Modified-Since", a.Modified)
	}
}

// keep saves what a server answered.
func (c *Cache) keep(r Request, response *http.Response, body []byte) {
	if c == nil || strings.Contains(strings.ToLower(response.Header.Get("Cache-Control")), "no-store") {
		return
	}
	c.save(r, answer{
		Status: http.StatusOK, ETag: response.Header.Get("ETag"), Modified: response.Header.Get("Last-Modified"),
		ContentType: response.Header.Get("Content-Type"), body: body,
	})
}

// keepMissing saves that there is no such thing.
func (c *Cache) keepMissing(r Request, status int) {
	if status == http.StatusNotFound || status == http.StatusGone {
		c.save(r, answer{Status: status})
	}
}

// Usage is what a cache holds.
type Usage struct {
	Files int
	Bytes int64
}

// Size counts what the cache holds. A cache that is not there holds nothing.
func (c *Cache) Size() (Usage, error) { return c.walk(func(string, fs.FileInfo) bool { return false }) }

// Prune removes answers that were fetched before a moment, and files that a crash
// left. It returns what is gone.
func (c *Cache) Prune(before time.Time) (Usage, error) {
	return c.walk(func(path string, _ fs.FileInfo) bool { return os.Remove(path) != nil }, before)
}

// walk counts files; with a moment only those that are older. skip leaves one out.
func (c *Cache) walk(skip func(string, fs.FileInfo) bool, before ...time.Time) (u Usage, err error) {
	err = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && path != c.dir && len(d.Name()) != 2:
			return fs.SkipDir // somebody else's
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err != nil || len(before) > 0 && !info.ModTime().Before(before[0]) || skip(path, info) {
			return nil
		}
		u.Files++
		u.Bytes += info.Size()
		return nil
	})
	if err != nil {
		err = fmt.Errorf("look through the cache: %w", err)
	}
	return u, err
}

package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// keptDir holds what was fetched once and may be fetched again: no record needs it, so
// a sweep leaves it alone and [Store.DropKept] may take all of it.
//
//	<home>/kept/index/<2>/<sha256 of the key>.json
//	<home>/kept/blobs/<2>/<sha256>
const keptDir = "kept"

// keptVersion is the version of the index files.
const keptVersion = 1

// Kept says what was found under a key: a URL, or "npm:NAME@RANGE/PATH" with what it
// was wanted for.
type Kept struct {
	Key         string `json:"key"`
	Address     string `json:"address"`                // where it was found in the end: names inside it start there
	Source      string `json:"source,omitempty"`       // the URL that was fetched for it, if that is another
	ContentType string `json:"content_type,omitempty"` // as the server said
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
}

// keptFile is an index file. The checksum covers the compact bytes of Kept.
type keptFile struct {
	Version  int             `json:"version"`
	Checksum string          `json:"sha256"`
	Kept     json.RawMessage `json:"kept"`
}

func keptName(key string) string {
	sum := hash([]byte(key))
	return path.Join(keptDir, "index", sum[:2], sum+".json")
}

func keptBlobName(sum string) string { return path.Join(keptDir, "blobs", sum[:2], sum) }

// Kept returns what is kept under a key, and its bytes. Errors: fs.ErrNotExist when
// nothing is; [*CorruptError] when the index or the bytes are not what was written,
// with the index entry if that one could be read.
func (s *Store) Kept(key string) (*Kept, []byte, error) {
	name := keptName(key)
	text, err := s.fs.ReadFile(name, maxKeptEntry)
	if err != nil {
		return nil, nil, fmt.Errorf("read what is kept: %w", err)
	}
	k, err := decodeKept(name, text)
	if err == nil && k.Key != key {
		err = &CorruptError{name, "it is about something else"}
	}
	if err != nil {
		return nil, nil, err
	}
	body, err := s.fs.ReadFile(keptBlobName(k.SHA256), maxBlob)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, nil, &CorruptError{keptBlobName(k.SHA256), "its content is missing"}
	case err != nil:
		return k, nil, fmt.Errorf("read what is kept: %w", err)
	case hash(body) != k.SHA256:
		return k, nil, &CorruptError{keptBlobName(k.SHA256), "its content was changed"}
	}
	return k, body, nil
}

func decodeKept(name string, text []byte) (*Kept, error) {
	var f keptFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, &CorruptError{name, "it is not JSON"}
	}
	if f.Version > keptVersion {
		return nil, &NewerError{name, f.Version}
	}
	var k Kept
	var body bytes.Buffer
	if err := json.Compact(&body, f.Kept); err != nil || hash(body.Bytes()) != f.Checksum {
		return nil, &CorruptError{name, "its checksum is wrong"}
	}
	if err := json.Unmarshal(f.Kept, &k); err != nil || !isHash(k.SHA256) {
		return nil, &CorruptError{name, "it does not say what is kept"}
	}
	return &k, nil
}

// Keep keeps bytes under a key: the bytes first, then the entry that names them. Size
// and SHA256 are filled in.
func (s *Store) Keep(k Kept, text []byte) (Kept, error) {
	if len(text) > maxBlob {
		return k, fmt.Errorf("keep %d bytes: more than a blob can have", len(text))
	}
	k.Size, k.SHA256 = int64(len(text)), hash(text)
	body, err := json.Marshal(k)
	if err != nil {
		return k, fmt.Errorf("keep what was fetched: %w", err)
	}
	entry, err := json.Marshal(keptFile{Version: keptVersion, Checksum: hash(body), Kept: body})
	if err == nil {
		err = s.write(keptBlobName(k.SHA256), text)
	}
	if err == nil {
		err = s.write(keptName(k.Key), entry)
	}
	if err != nil {
		return k, fmt.Errorf("keep what was fetched: %w", err)
	}
	return k, nil
}

// LockKey waits until nobody else fetches what belongs to a key.
func (s *Store) LockKey(ctx context.Context, key string) (unlock func(), err error) {
	return s.locks.lock(ctx, "kept-"+hash([]byte(key))[:2], exclusive)
}

// EachKept calls for every entry that can be read, in no order that means something.
func (s *Store) EachKept(visit func(Kept)) error {
	return s.eachFile(path.Join(keptDir, "index"), func(name string) error {
		text, err := s.fs.ReadFile(name, maxKeptEntry)
		if err != nil {
			return err
		}
		if k, err := decodeKept(name, text); err == nil {
			visit(*k)
		}
		return nil
	})
}

// DropKept removes everything that is kept; it is fetched again when it is wanted.
func (s *Store) DropKept() error {
	for _, dir := range []string{"index", "blobs"} {
		if err := s.eachFile(path.Join(keptDir, dir), s.fs.Remove); err != nil {
			return err
		}
	}
	return nil
}

// eachFile visits the files of the shelves of a folder; what vanishes meanwhile is
// left out.
func (s *Store) eachFile(dir string, visit func(name string) error) error {
	shelves, err := s.fs.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at what is kept: %w", err)
	}
	for _, shelf := range shelves {
		names, err := s.fs.ReadDir(path.Join(dir, shelf))
		if err != nil {
			return fmt.Errorf("look at what is kept: %w", err)
		}
		for _, name := range names {
			if strings.HasPrefix(name, ".") {
				continue
			}
			if err := visit(path.Join(dir, shelf, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("look at what is kept: %w", err)
			}
		}
	}
	return nil
}

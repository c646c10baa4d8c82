package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// Store is the store of one folder. It is safe for concurrent use, by goroutines
// and by processes.
type Store struct {
	dir   string
	fs    FS
	locks locker
	close func() error
}

// Options describe how a store is opened.
type Options struct {
	// What says what this process does, for others that wait: "install Name".
	What string
	// Waiting is called once per lock that somebody else holds.
	Waiting func(Holder)
}

// Open returns the store in a folder, which need not exist yet: the first change
// makes it.
func Open(dir string, o Options) (*Store, error) {
	if dir == "" {
		return nil, errors.New("open the store: no folder is known for it; set IMJOY_HOME")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	d := &disk{dir: dir}
	locks := &flocks{
		dir:     filepath.Join(dir, "locks"),
		self:    Holder{PID: os.Getpid(), What: o.What},
		waiting: o.Waiting,
	}
	return &Store{dir: dir, fs: d, locks: locks, close: d.close}, nil
}

// Close lets the folder go.
func (s *Store) Close() error { return s.close() }

// Dir is the folder of the store, absolute.
func (s *Store) Dir() string { return s.dir }

// BlobFile is where the bytes of a hash lie, absolute, for people to look at; the
// program reads through [Store.Blob], which verifies.
func (s *Store) BlobFile(sum string) string {
	return filepath.Join(s.dir, filepath.FromSlash(blobName(sum)))
}

func blobName(sum string) string { return path.Join("blobs", sum[:2], sum) }

func recordName(name string) string { return path.Join("records", address.Slug(name)+".json") }

// Blob returns the bytes of a hash. Bytes that have another hash by now are a
// [*CorruptError]; bytes that are missing are fs.ErrNotExist.
func (s *Store) Blob(sum string) ([]byte, error) {
	if !isHash(sum) {
		return nil, fmt.Errorf("read blob: %q is no SHA-256", sum)
	}
	text, err := s.fs.ReadFile(blobName(sum), maxBlob)
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	if hash(text) != sum {
		return nil, &CorruptError{blobName(sum), "its content was changed"}
	}
	return text, nil
}

// Record returns the record of a name. Errors: [*NotInstalledError],
// [*CorruptError], [*NewerError], or of the disk.
func (s *Store) Record(name string) (*Record, error) {
	r, err := s.readRecord(recordName(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NotInstalledError{name}
	}
	if err == nil && r.Name != name {
		err = &CorruptError{recordName(name), "it is about another plugin"}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s *Store) readRecord(file string) (*Record, error) {
	edits, _, err := s.decided()
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	if e, ok := edits[file]; ok {
		if e.Record == nil {
			return nil, fmt.Errorf("read record: %w", fs.ErrNotExist)
		}
		return decodeRecord(file, []byte(*e.Record))
	}
	text, err := s.fs.ReadFile(file, maxRecord)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return recordIn(file, text)
}

// recordIn reads the text of a record file.
func recordIn(file string, text []byte) (*Record, error) {
	r, err := decodeRecord(file, text)
	if err != nil {
		return nil, err
	}
	if file != recordName(r.Name) {
		return nil, &CorruptError{file, "it is about another plugin"}
	}
	return r, nil
}

// Records returns all records of one moment by file name, which follows the plugins'
// names. Records that cannot be used are told apart in bad, so that one of them does
// not hide the others.
func (s *Store) Records() (list []*Record, bad []error, err error) {
	all, err := s.snapshot()
	if err != nil {
		return nil, nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(all.texts)) {
		if r, err := recordIn(file, []byte(all.texts[file])); err == nil {
			list = append(list, r)
		} else {
			bad = append(bad, err)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(all.fails)) {
		bad = append(bad, all.fails[file])
	}
	return list, append(bad, all.bad...), nil
}

// Load returns a plugin's record with its bytes. A plugin that is replaced while
// we look is read again.
func (s *Store) Load(name string) (*Record, []byte, error) {
	for tries := 0; ; tries++ {
		r, err := s.Record(name)
		if err != nil {
			return nil, nil, err
		}
		text, err := s.Blob(r.SHA256)
		if err == nil {
			return r, text, nil
		}
		again, _ := s.Record(name)
		if tries == 2 || again != nil && again.SHA256 == r.SHA256 {
			return nil, nil, fmt.Errorf("load %q: %w", name, err)
		}
	}
}

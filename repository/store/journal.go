package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/repository/address"
)

// journalDir holds changes of several records that are decided and perhaps not made
// yet. A journal that is in place is the truth for its records: who reads looks there
// first, and whoever wants to change one of them next makes it first. It is removed,
// and the removal synced, before anybody else may change a record it names; so making
// it twice does no harm.
const journalDir = "journal"

// journalVersion is the version of the journal files.
const journalVersion = 1

// edit is what a record file becomes.
type edit struct {
	Name string `json:"name"`
	// Record is the text of the file; nil removes it.
	Record *string `json:"record"`
}

// journal is a file of edits that hold together.
type journal struct {
	file  string
	edits []edit
}

// journalFile is how a journal is written. The checksum covers the compact bytes of
// Edits.
type journalFile struct {
	Version  int             `json:"version"`
	Checksum string          `json:"sha256"`
	Edits    json.RawMessage `json:"edits"`
}

func (j *journal) names() []string {
	names := make([]string, len(j.edits))
	for i, e := range j.edits {
		names[i] = e.Name
	}
	return names
}

// touches reports whether a journal is about one of these record files.
func (j *journal) touches(files map[string]bool) bool {
	return slices.ContainsFunc(j.edits, func(e edit) bool { return files[recordName(e.Name)] })
}

func encodeJournal(edits []edit) ([]byte, error) {
	body, err := json.Marshal(edits)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(journalFile{Version: journalVersion, Checksum: hash(body), Edits: body})
	if err == nil && len(text) > maxJournal {
		err = fmt.Errorf("the records of one change are larger than %d MiB", maxJournal>>20)
	}
	return text, err
}

func decodeJournal(file string, text []byte) (*journal, error) {
	var f journalFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, &CorruptError{file, "it is not JSON"}
	}
	if f.Version > journalVersion {
		return nil, &NewerError{file, f.Version}
	}
	var body bytes.Buffer
	if err := json.Compact(&body, f.Edits); err != nil || hash(body.Bytes()) != f.Checksum {
		return nil, &CorruptError{file, "its checksum is wrong"}
	}
	j := &journal{file: file}
	if err := json.Unmarshal(f.Edits, &j.edits); err != nil {
		return nil, &CorruptError{file, "it is no list of records"}
	}
	for _, e := range j.edits {
		if e.Record == nil {
			continue
		}
		r, err := decodeRecord(file, []byte(*e.Record))
		if err != nil {
			return nil, err
		}
		if r.Name != e.Name {
			return nil, &CorruptError{file, "it is about another plugin"}
		}
	}
	return j, nil
}

// journals reads what is decided and perhaps not made yet. What cannot be used is told
// apart in bad: [*CorruptError], [*NewerError].
func (s *Store) journals() (list []*journal, bad []error, err error) {
	names, err := s.fs.ReadDir(journalDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("look for changes that were not finished: %w", err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		file := path.Join(journalDir, name)
		text, err := s.fs.ReadFile(file, maxJournal)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was made since we looked, so the record files say the same
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read a change that was not finished: %w", err)
		}
		if j, err := decodeJournal(file, text); err == nil {
			list = append(list, j)
		} else {
			bad = append(bad, err)
		}
	}
	return list, bad, nil
}

// decided returns what record files are to become, by their names.
func (s *Store) decided() (edits map[string]edit, bad []error, err error) {
	list, bad, err := s.journals()
	for _, j := range list {
		for _, e := range j.edits {
			if edits == nil {
				edits = map[string]edit{}
			}
			edits[recordName(e.Name)] = e
		}
	}
	return edits, bad, err
}

// leftBehind returns a change of one of these record files that somebody decided and
// did not come to make, nil for none. Who asks holds the locks of these records, so
// that somebody is gone. Journals that cannot be trusted are set aside.
func (s *Store) leftBehind(files map[string]bool) (*journal, error) {
	list, bad, err := s.journals()
	if err != nil {
		return nil, err
	}
	for _, problem := range bad {
		var corrupt *CorruptError
		if !errors.As(problem, &corrupt) {
			return nil, problem
		}
		if err := s.quarantine(corrupt.File, strings.TrimSuffix(path.Base(corrupt.File), ".json")); err != nil {
			return nil, err
		}
	}
	for _, j := range list {
		if j.touches(files) {
			return j, nil
		}
	}
	return nil, nil
}

// finish makes what a process that is gone decided.
func (s *Store) finish(ctx context.Context, j *journal) error {
	c, err := s.hold(ctx, j.names())
	if err != nil {
		return err
	}
	defer c.release()
	_, err = s.fs.ReadFile(j.file, maxJournal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // somebody else did
	}
	if err == nil {
		err = s.make(j)
	}
	if err != nil {
		return fmt.Errorf("finish a change that was interrupted: %w", err)
	}
	return nil
}

// make brings the record files to what a journal says, and removes it for good.
func (s *Store) make(j *journal) error {
	for _, e := range j.edits {
		if err := s.apply(e); err != nil {
			return err
		}
	}
	if err := s.fs.Remove(j.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.fs.SyncDir(journalDir)
}

// apply brings one record file to what it is to be, for good.
func (s *Store) apply(e edit) error {
	if err := s.setAside(e.Name); err != nil {
		return err
	}
	if e.Record != nil {
		return s.write(recordName(e.Name), []byte(*e.Record))
	}
	err := s.fs.Remove(recordName(e.Name))
	if errors.Is(err, fs.ErrNotExist) {
		// Whoever removed it may not have made that last.
		if err = s.fs.SyncDir("records"); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return err
	}
	if err == nil {
		err = s.fs.SyncDir("records")
	}
	return err
}

// decide puts a journal of several edits in place: from then on they hold, whatever
// happens to this process. With an error they do not, unless the disk also failed to
// take the journal back.
func (s *Store) decide(edits []edit) (*journal, error) {
	text, err := encodeJournal(edits)
	if err != nil {
		return nil, err
	}
	j := &journal{file: path.Join(journalDir, rand.Text()+".json"), edits: edits}
	if err := s.write(j.file, text); err != nil {
		if e := s.fs.Remove(j.file); e == nil {
			s.fs.SyncDir(journalDir)
		}
		return nil, err
	}
	return j, nil
}

// forget makes it last that journals were removed: one that comes back after a power
// cut would undo what was changed since.
func (s *Store) forget() error {
	err := s.fs.SyncDir(journalDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// snapshot is the text of every record file at one moment. Files that cannot be read
// have an error instead.
type snapshot struct {
	texts map[string]string
	fails map[string]error
	bad   []error // journals that cannot be used
}

// collect reads every record file, with what is decided in its place.
func (s *Store) collect() (*snapshot, error) {
	edits, bad, err := s.decided()
	if err != nil {
		return nil, err
	}
	names, err := s.fs.ReadDir("records")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list records: %w", err)
	}
	all := &snapshot{map[string]string{}, map[string]error{}, bad}
	for _, name := range names {
		file := path.Join("records", name)
		if _, ok := edits[file]; ok || !strings.HasSuffix(name, ".json") {
			continue
		}
		text, err := s.fs.ReadFile(file, maxRecord)
		switch {
		case err == nil:
			all.texts[file] = string(text)
		case !errors.Is(err, fs.ErrNotExist): // removed since we looked
			all.fails[file] = fmt.Errorf("read record: %w", err)
		}
	}
	for file, e := range edits {
		if e.Record != nil {
			all.texts[file] = *e.Record
		}
	}
	return all, nil
}

// snapshot reads until nothing changes under our eyes: two readings that find the same
// saw what was there between them, so a change of several records is seen as a whole.
func (s *Store) snapshot() (*snapshot, error) {
	before, err := s.collect()
	for tries := 0; err == nil && tries < maxCollects; tries++ {
		if len(before.texts) == 0 && len(before.fails) == 0 {
			break
		}
		var now *snapshot
		if now, err = s.collect(); err == nil && maps.Equal(before.texts, now.texts) {
			return now, nil
		}
		before = now
	}
	return before, err
}

// quarantine moves a file that cannot be trusted out of the way.
func (s *Store) quarantine(file, as string) error {
	if err := s.mkdir(quarantineDir); err != nil {
		return fmt.Errorf("set a corrupt file aside: %w", err)
	}
	to := path.Join(quarantineDir, as+"-"+rand.Text()[:8]+".json")
	if err := s.fs.Rename(file, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("set a corrupt file aside: %w", err)
	}
	return s.fs.SyncDir(quarantineDir)
}

// setAside moves a record that cannot be trusted out of the way. A record of a
// newer program is not touched: it is an error.
func (s *Store) setAside(name string) error {
	err := s.replaceable(name)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) {
		return err
	}
	return s.quarantine(recordName(name), address.Slug(name))
}

// replaceable looks at a record file, not at journals. Its errors are [*CorruptError]
// and [*NewerError]; a file that is fine, missing or beyond reach is none.
func (s *Store) replaceable(name string) error {
	file := recordName(name)
	text, err := s.fs.ReadFile(file, maxRecord)
	if err != nil {
		return nil
	}
	r, err := decodeRecord(file, text)
	if err == nil && r.Name != name {
		err = &CorruptError{file, "it is about another plugin"}
	}
	return err
}

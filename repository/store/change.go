package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/imjoy-tools/imjoy/repository/address"
)

const (
	stagingDir    = ".staging"
	quarantineDir = "quarantine"
	storeLock     = "store"
)

// Change is the right to change the records of some plugins: [Change.Save] and
// [Change.Delete] say what is to change, [Change.Commit] does all of it at once. Call
// [Change.Close] in any case.
type Change struct {
	s      *Store
	names  map[string]bool
	edits  []edit // not committed yet
	unlock []func()
	litter bool // something may have lost its last reference
	failed bool // nobody knows what the disk holds, so nothing may be thrown away
}

// Begin waits until nobody else changes these plugins. Others may read them all
// the while; they see the old state or the new one. What a process that was killed had
// decided about one of them is made first.
func (s *Store) Begin(ctx context.Context, names ...string) (*Change, error) {
	for finished := false; ; finished = true {
		c, err := s.hold(ctx, names)
		if err != nil {
			return nil, err
		}
		c.litter = finished // who was killed did not sweep
		files := map[string]bool{}
		for name := range c.names {
			files[recordName(name)] = true
		}
		left, err := s.leftBehind(files)
		if err == nil && left == nil {
			return c, nil
		}
		c.release() // its other records come first, in the order of all locks
		if err == nil {
			err = s.finish(ctx, left)
		}
		if err != nil {
			return nil, err
		}
	}
}

// hold takes the locks of some records.
func (s *Store) hold(ctx context.Context, names []string) (*Change, error) {
	c := &Change{s: s, names: map[string]bool{}}
	locks := []string{}
	for _, name := range names {
		c.names[name] = true
		locks = append(locks, "p-"+address.Slug(name))
	}
	// One order for everybody, so that two changes cannot wait for each other.
	slices.Sort(locks)
	err := c.lock(ctx, storeLock, shared)
	for _, lock := range slices.Compact(locks) {
		if err == nil {
			err = c.lock(ctx, lock, exclusive)
		}
	}
	if err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

func (c *Change) lock(ctx context.Context, name string, mode lockMode) error {
	unlock, err := c.s.locks.lock(ctx, name, mode)
	if err == nil {
		c.unlock = append(c.unlock, unlock)
	}
	return err
}

// Put stores bytes and returns their hash. They are there for good when it
// returns, and swept later if no record comes to need them.
func (c *Change) Put(text []byte) (sum string, err error) {
	if len(text) > maxBlob {
		return "", fmt.Errorf("store %d bytes: more than a blob can have", len(text))
	}
	sum = hash(text)
	c.litter = true
	// Bytes that are there already are written again: it makes them last whoever
	// wrote them first, and heals what was damaged.
	if err := c.note(c.s.write(blobName(sum), text)); err != nil {
		return "", fmt.Errorf("store blob: %w", err)
	}
	return sum, nil
}

// Save makes a record the one in use when the change is committed. What it points at
// must have been Put.
func (c *Change) Save(r *Record) error {
	if !c.names[r.Name] {
		return fmt.Errorf("save record of %q: the change does not hold it", r.Name)
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("save record: %w", err)
	}
	text, err := encodeRecord(r)
	if err != nil {
		return fmt.Errorf("save record: %w", err)
	}
	whole := string(text)
	return c.stage(edit{r.Name, &whole})
}

// Delete removes a record when the change is committed. One that is corrupt is put
// into quarantine instead.
func (c *Change) Delete(name string) error {
	if !c.names[name] {
		return fmt.Errorf("delete record of %q: the change does not hold it", name)
	}
	return c.stage(edit{Name: name})
}

func (c *Change) stage(e edit) error {
	var newer *NewerError
	if err := c.s.replaceable(e.Name); errors.As(err, &newer) {
		return err
	}
	c.edits = slices.DeleteFunc(c.edits, func(before edit) bool { return before.Name == e.Name })
	c.edits = append(c.edits, e)
	return nil
}

// Record is [Store.Record] as it will be once the change is committed.
func (c *Change) Record(name string) (*Record, error) {
	for _, e := range c.edits {
		switch {
		case e.Name != name:
		case e.Record == nil:
			return nil, &NotInstalledError{name}
		default:
			return decodeRecord(recordName(name), []byte(*e.Record))
		}
	}
	return c.s.Record(name)
}

// Commit makes all that was saved and deleted, or with an error nothing of it. Several
// records change at one moment: when their journal is in place. After that the change
// holds even if the disk fails before the record files follow, which is then left to
// whoever changes one of them next.
func (c *Change) Commit() error {
	edits := c.edits
	c.edits = nil
	if len(edits) == 0 {
		return nil
	}
	c.litter = true
	if err := c.note(c.s.forget()); err != nil {
		return fmt.Errorf("save records: %w", err)
	}
	if len(edits) == 1 {
		if err := c.note(c.s.apply(edits[0])); err != nil {
			return fmt.Errorf("save record of %q: %w", edits[0].Name, err)
		}
		return nil
	}
	j, err := c.s.decide(edits)
	if c.note(err) != nil {
		return fmt.Errorf("save %d records: %w", len(edits), err)
	}
	c.note(c.s.make(j))
	return nil
}

// note remembers that a write failed.
func (c *Change) note(err error) error {
	c.failed = c.failed || err != nil
	return err
}

// Close ends the change and sweeps what nobody needs any more. What cannot be swept
// now costs space only, so its errors wait for a [Store.Sweep] that somebody asks for.
func (c *Change) Close() {
	c.release()
	if c.litter && !c.failed {
		c.s.Sweep()
	}
	c.litter = false
}

func (c *Change) release() {
	for _, unlock := range slices.Backward(c.unlock) {
		unlock()
	}
	c.unlock = nil
}

// write puts bytes at a name so that it holds either what it held or all of them,
// and so that they are still there after the power goes.
func (s *Store) write(name string, text []byte) (err error) {
	dir := path.Dir(name)
	for _, d := range []string{stagingDir, dir} {
		if err := s.mkdir(d); err != nil {
			return err
		}
	}
	temp := path.Join(stagingDir, rand.Text())
	if err := s.writeNew(temp, text); err != nil {
		s.fs.Remove(temp) // worthless; the sweep takes it otherwise
		return err
	}
	if err := s.fs.Rename(temp, name); err != nil {
		s.fs.Remove(temp)
		return err
	}
	return s.fs.SyncDir(dir)
}

// writeNew writes and syncs a file. A sync that failed is not tried again: the
// kernel may have dropped the bytes and would call the next one a success.
func (s *Store) writeNew(name string, text []byte) error {
	f, err := s.fs.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// mkdir makes a folder with its parents and makes their names last. They are
// synced even when they exist: who made them may not have come that far.
func (s *Store) mkdir(dir string) error {
	parent := path.Dir(dir)
	if parent != "." {
		if err := s.mkdir(parent); err != nil {
			return err
		}
	}
	if err := s.fs.Mkdir(dir); err != nil {
		return err
	}
	return s.fs.SyncDir(parent)
}

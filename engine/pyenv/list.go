package pyenv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// Listed is an environment as a list shows it.
type Listed struct {
	Info
	Resolved *requirement.Resolved
	Size     int64     // bytes on the disk
	Used     time.Time // when a plugin last ran in it
	InUse    bool      // now
}

// List returns the finished environments, newest first.
func (e *Environments) List() ([]Listed, error) {
	names, err := e.names()
	if err != nil {
		return nil, err
	}
	list := []Listed{}
	for _, hash := range names {
		if env, err := e.read(hash); err == nil && env != nil {
			list = append(list, e.listed(env))
		}
	}
	slices.SortFunc(list, func(a, b Listed) int { return b.Made.Compare(a.Made) })
	return list, nil
}

func (e *Environments) listed(env *Environment) Listed {
	l := Listed{Info: env.Info, Resolved: env.Resolved, Size: sizeOf(env.Dir), Used: env.Made}
	if info, err := os.Stat(e.lockFile(env.Hash)); err == nil && info.ModTime().After(l.Used) {
		l.Used = info.ModTime()
	}
	if unlock, err := e.tryLock(env.Hash, false); unlock != nil {
		unlock()
	} else if err == nil {
		l.InUse = true
	}
	return l
}

// Get returns one environment by its hash or the beginning of it.
func (e *Environments) Get(name string) (*Listed, error) {
	names, err := e.names()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, hash := range names {
		if name != "" && strings.HasPrefix(hash, name) {
			found = append(found, hash)
		}
	}
	if len(found) == 1 {
		if env, err := e.read(found[0]); env != nil || err != nil {
			if err != nil {
				return nil, err
			}
			l := e.listed(env)
			return &l, nil
		}
	}
	return nil, &NotFoundError{name}
}

// names are the folders that may be environments, finished or not.
func (e *Environments) names() (list []string, err error) {
	entries, err := os.ReadDir(e.o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the environments: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() && hashText().MatchString(entry.Name()) {
			list = append(list, entry.Name())
		}
	}
	return list, nil
}

var hashText = pattern(`^[0-9a-f]{32}$`)

// Remove removes an environment. [ErrInUse] is the answer when somebody has it.
func (e *Environments) Remove(hash string) error {
	if !hashText().MatchString(hash) {
		return &NotFoundError{hash}
	}
	unlock, err := e.tryLock(hash, false)
	if err != nil {
		return err
	}
	if unlock == nil {
		return ErrInUse
	}
	defer unlock()
	dir := filepath.Join(e.o.Dir, hash)
	// The marker first: half of an environment must not be taken for one.
	if err := os.Remove(filepath.Join(dir, infoName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the environment: %w", err)
	}
	if err := removeTree(dir); err != nil {
		return fmt.Errorf("remove the environment: %w", err)
	}
	_ = os.Remove(filepath.Join(e.o.Dir, ".logs", hash+".log"))
	return nil
}

// Sweep removes what builds that never ended left behind, and answers how many.
func (e *Environments) Sweep() (removed int, err error) {
	names, err := e.names()
	if err != nil {
		return 0, err
	}
	for _, hash := range names {
		if exists(filepath.Join(e.o.Dir, hash, infoName)) {
			continue
		}
		switch err := e.Remove(hash); {
		case err == nil:
			removed++
		case !errors.Is(err, ErrInUse): // somebody makes it
			return removed, err
		}
	}
	return removed, nil
}

func sizeOf(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}

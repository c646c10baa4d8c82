package main

import (
	"fmt"
	"path/filepath"
	"sync"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// knownLocks are the locks that lie beside the files of one round of fixes, each read
// once. It is safe for concurrent use.
type knownLocks struct {
	l    *linter
	mu   sync.Mutex
	read map[string]*repository.Lock // by path, nil where there is none to use
}

// of returns what the lock beside a plugin says about it, nil where there is none. Only
// unsafe fixes are made of it.
func (k *knownLocks) of(f lintFile) *lint.Locked {
	if !k.l.o.unsafeFixes || f.path == "-" || f.manifest() {
		return nil
	}
	path := absolute(k.l.app, f.path)
	lock := k.at(k.l.app.LockFile(address.Address{Kind: address.Path, Path: path}))
	if lock == nil {
		return nil
	}
	inside, err := filepath.Rel(lock.Dir, path)
	if err != nil {
		return nil
	}
	for i, p := range lock.Plugins {
		if p.Local && filepath.Clean(filepath.FromSlash(p.Address)) == inside {
			return lockedOf(lock, i)
		}
	}
	return nil
}

// at reads a lock. One that cannot be read is told once: fixes are made without it.
func (k *knownLocks) at(path string) *repository.Lock {
	k.mu.Lock()
	defer k.mu.Unlock()
	if known, ok := k.read[path]; ok {
		return known
	}
	lock, err := k.l.app.ReadLock(path, false)
	if err != nil {
		fmt.Fprintf(k.l.app.Stderr, "imjoy: note: nothing is pinned by the lock: %s\n", findings.Clean(err.Error()))
		lock = nil
	}
	k.read[path] = lock
	return lock
}

// lockedOf is what a lock has of its plugin i.
func lockedOf(lock *repository.Lock, i int) *lint.Locked {
	p := &lock.Plugins[i]
	known := &lint.Locked{Tag: p.Tag, Commits: map[string]string{}, URLs: map[string]string{}}
	for _, d := range p.Dependencies {
		if other := lock.Find(d.Name, d.Origin); other != nil && other.Commit != "" {
			known.Commits[d.Wanted] = other.Commit
		}
	}
	for _, r := range p.Requirements {
		if r.Resolved != "" {
			known.URLs[r.URL] = r.Resolved
		}
	}
	if len(p.Python) > 0 {
		if packages, err := requirement.ParseResolved(p.Python); err == nil {
			known.Packages = packages
		}
	}
	return known
}

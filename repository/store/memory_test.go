package store

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"sync"
	"syscall"
)

// memory is a disk that loses power. What was synced stays; of the rest, each name
// and each file's content may have reached the disk or not, in any order, cut or
// filled with zeros. It counts the operations that change something, and at a
// chosen one ends the process or fails.
type memory struct {
	mu   sync.Mutex
	dirs map[string]*folder // by path; "." is the root

	ops     int
	crashAt int
	failAt  int
	failure error
}

type folder struct {
	now, disk map[string]*inode
	pending   []entry // changes of names since the last SyncDir
}

// entry is a name that came (inode set) or went.
type entry struct {
	name  string
	inode *inode
}

type inode struct {
	dir       bool
	now, disk []byte
}

// powerCut is what a chosen operation panics with.
type powerCut struct{}

func newMemory() *memory {
	return &memory{dirs: map[string]*folder{".": newFolder()}}
}

func newFolder() *folder { return &folder{now: map[string]*inode{}, disk: map[string]*inode{}} }

// step counts one operation. half runs when the operation is to break in its
// middle.
func (m *memory) step(half func()) error {
	m.ops++
	if m.crashAt > 0 && m.ops >= m.crashAt { // a dead process does nothing more, deferred or not
		if m.ops == m.crashAt {
			half()
		}
		panic(powerCut{})
	}
	if m.ops == m.failAt {
		half()
		return m.failure
	}
	return nil
}

func nothing() {}

func (m *memory) find(name string) (*folder, string, *inode, error) {
	name = path.Clean(name)
	d, ok := m.dirs[path.Dir(name)]
	if !ok {
		return nil, "", nil, &fs.PathError{Op: "find", Path: name, Err: fs.ErrNotExist}
	}
	base := path.Base(name)
	return d, base, d.now[base], nil
}

func (m *memory) ReadFile(name string, limit int64) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, _, node, err := m.find(name)
	if err == nil && node == nil {
		err = &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(node.now), nil
}

func (m *memory) ReadDir(name string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.dirs[path.Clean(name)]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return slices.Sorted(maps.Keys(d.now)), nil
}

func (m *memory) Mkdir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, base, node, err := m.find(name)
	if err != nil {
		return err
	}
	if node != nil {
		return nil
	}
	if err := m.step(nothing); err != nil {
		return err
	}
	m.dirs[path.Clean(name)] = newFolder()
	d.set(base, &inode{dir: true})
	return nil
}

func (d *folder) set(name string, node *inode) {
	d.pending = append(d.pending, entry{name, node})
	if node == nil {
		delete(d.now, name)
		return
	}
	d.now[name] = node
}

func (m *memory) Create(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, base, node, err := m.find(name)
	if err == nil && node != nil {
		err = fs.ErrExist
	}
	if err == nil {
		err = m.step(nothing)
	}
	if err != nil {
		return nil, err
	}
	node = &inode{}
	d.set(base, node)
	return &memoryFile{m, node}, nil
}

func (m *memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, base, node, err := m.find(from)
	if err == nil && node == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return err
	}
	b, target, _, err := m.find(to)
	if err == nil {
		err = m.step(nothing)
	}
	if err != nil {
		return err
	}
	b.set(target, node)
	a.set(base, nil)
	return nil
}

func (m *memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, base, node, err := m.find(name)
	if err == nil && node == nil {
		err = &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	if err == nil {
		err = m.step(nothing)
	}
	if err != nil {
		return err
	}
	d.set(base, nil)
	return nil
}

func (m *memory) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.dirs[path.Clean(name)]
	if !ok {
		return fs.ErrNotExist
	}
	if err := m.step(nothing); err != nil {
		return err
	}
	d.disk, d.pending = maps.Clone(d.now), nil
	return nil
}

type memoryFile struct {
	m    *memory
	node *inode
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	half := len(p) / 2
	if err := f.m.step(func() { f.node.now = append(f.node.now, p[:half]...) }); err != nil {
		return half, err
	}
	f.node.now = append(f.node.now, p...)
	return len(p), nil
}

func (f *memoryFile) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if err := f.m.step(nothing); err != nil {
		return err
	}
	f.node.disk = slices.Clone(f.node.now)
	return nil
}

func (f *memoryFile) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return f.m.step(nothing)
}

// afterPowerCut is the disk as the next start may find it. luck decides, for each
// thing that was not synced, whether it made it.
func (m *memory) afterPowerCut(luck func() bool) *memory {
	next := newMemory()
	contents := map[*inode]*inode{}
	var copyDir func(name string)
	copyDir = func(name string) {
		from, to := m.dirs[name], next.dirs[name]
		names := maps.Clone(from.disk)
		for _, e := range from.pending {
			if !luck() {
				continue
			}
			if e.inode == nil {
				delete(names, e.name)
			} else {
				names[e.name] = e.inode
			}
		}
		for _, base := range slices.Sorted(maps.Keys(names)) {
			node := names[base]
			if contents[node] == nil {
				contents[node] = node.survivor(luck)
			}
			to.now[base] = contents[node]
			if node.dir {
				child := path.Join(name, base)
				next.dirs[child] = newFolder()
				copyDir(child)
			}
		}
		to.disk = maps.Clone(to.now)
	}
	copyDir(".")
	return next
}

func (n *inode) survivor(luck func() bool) *inode {
	text := slices.Clone(n.disk)
	if !slices.Equal(n.now, n.disk) && luck() {
		text = slices.Clone(n.now)
		switch {
		case luck():
			text = text[:len(text)/2]
		case luck():
			clear(text)
		}
	}
	return &inode{dir: n.dir, now: text, disk: slices.Clone(text)}
}

func always() bool { return true }
func never() bool  { return false }

func dice(seed uint64) func() bool {
	r := rand.New(rand.NewPCG(seed, 7))
	return func() bool { return r.IntN(2) == 0 }
}

// files lists every file of the disk by path.
func (m *memory) files() map[string]string {
	all := map[string]string{}
	for dir, d := range m.dirs {
		for base, node := range d.now {
			if !node.dir {
				all[path.Join(dir, base)] = string(node.now)
			}
		}
	}
	return all
}

// cut does something that may be cut, and reports whether it was.
func cut(do func() error) (was bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(powerCut); !ok {
				panic(p)
			}
			was = true
		}
	}()
	return false, do()
}

var failures = map[string]error{"ENOSPC": syscall.ENOSPC, "EIO": syscall.EIO, "EDQUOT": fmt.Errorf("quota: %w", syscall.ENOSPC)}

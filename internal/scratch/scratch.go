// Package scratch makes folders for as long as a program lives: [Make], then
// [Folder.Remove]. What programs that were killed left behind is removed when the next
// folder is made beside it.
//
// Whoever uses a folder holds it by a shared lock, which ends with its process, however
// that ends. A folder that nobody holds is left over. Without such locks (on Windows) what
// is left over stays for the system to clear.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"
)

// Use is what a folder is for; it stands in its name.
type Use string

// The uses.
const (
	Plugin  Use = "plugin"   // what a plugin may write
	Chosen  Use = "chosen"   // files that were chosen in a page
	Browser Use = "chromium" // the profile of a browser
)

// ours are the names that Make gives, and that are removed when nobody holds them.
var ours = regexp.MustCompile(`^imjoy-(plugin|chosen|chromium)-[0-9]+\.tmp$`)

// Folder is a folder that is held.
type Folder struct {
	Path string
	held *os.File // nil where there are no locks
}

// errGone is the error of holding a folder that another program is removing.
var errGone = errors.New("the folder is being removed")

// tries is how often another program may take a folder for one that is left over, in the
// moment between its making and its lock. Within this program there is no such moment.
const tries = 10

var making sync.Mutex

// Make removes what is left over in dir, and makes a folder there that only this user
// can enter. An empty dir is the system's for temporary files.
func Make(dir string, use Use) (*Folder, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	making.Lock()
	defer making.Unlock()
	sweep(dir)
	var err error
	for range tries {
		var path string
		if path, err = os.MkdirTemp(dir, fmt.Sprintf("imjoy-%s-*.tmp", use)); err != nil {
			return nil, err
		}
		var f *Folder
		if f, err = Hold(path); err == nil {
			return f, nil
		}
	}
	return nil, err
}

// Hold holds a folder that Make has made in another program.
func Hold(path string) (*Folder, error) {
	file, err := hold(path)
	if err != nil {
		return nil, fmt.Errorf("hold %s: %w", path, err)
	}
	return &Folder{Path: path, held: file}, nil
}

// Remove removes the folder with all that is in it.
func (f *Folder) Remove() {
	_ = os.RemoveAll(f.Path) // what stays, the next one removes
	f.Leave()
}

// Leave lets go of the folder, which another program holds now.
func (f *Folder) Leave() {
	if f.held != nil {
		f.held.Close()
	}
}

// sweep removes what nobody holds.
func sweep(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return // making the folder says why
	}
	names, _ := d.Readdirnames(-1)
	d.Close()
	for _, name := range names {
		if ours.MatchString(name) {
			remove(filepath.Join(dir, name))
		}
	}
}

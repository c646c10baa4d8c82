package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/scratch"
)

// chosenFiles gives files that a person chose in a page a place on the disk, for as long as
// the page is served: plugins get paths of what was chosen, and a browser tells none.
type chosenFiles struct {
	engine.Files

	mu   sync.Mutex
	dir  *scratch.Folder // nil: nothing is kept
	next int
	kept []keptFile // oldest first
	size int64
}

type keptFile struct {
	folder string
	size   int64
}

// maxChosen is how many bytes of chosen files lie on the disk at once, and maxChosenFiles
// how many files: then the oldest make room.
const (
	maxChosen      = 1 << 30
	maxChosenFiles = 4096
)

func (c *chosenFiles) Choose(ctx context.Context, dialog *value.Object) ([]*value.File, error) {
	files, err := c.Files.Choose(ctx, dialog)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	for _, f := range files {
		size += int64(len(f.Data))
	}
	if size > maxChosen || len(files) > maxChosenFiles {
		return nil, fmt.Errorf("%d files with %d MiB were chosen: a plugin gets at most %d with %d MiB at once", len(files), size>>20, maxChosenFiles, maxChosen>>20)
	}
	for _, f := range files {
		if f.Path != "" || f.Data == nil {
			continue
		}
		if f.Path, err = c.keep(f); err != nil {
			return nil, fmt.Errorf("keep %s: %w", f.Name, err)
		}
	}
	return files, nil
}

// keep writes a file into a folder of its own, so that it has the name that it had.
func (c *chosenFiles) keep(f *value.File) (path string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == nil {
		if c.dir, err = scratch.Make("", scratch.Chosen); err != nil {
			return "", err
		}
	}
	for size := int64(len(f.Data)); len(c.kept) > 0 && (c.size+size > maxChosen || len(c.kept) >= maxChosenFiles); c.kept = c.kept[1:] {
		c.size -= c.kept[0].size
		_ = os.RemoveAll(c.kept[0].folder) // it goes with the others at the end
	}
	c.next++
	folder := filepath.Join(c.dir.Path, strconv.Itoa(c.next))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	c.kept = append(c.kept, keptFile{folder, int64(len(f.Data))})
	c.size += int64(len(f.Data))
	path = filepath.Join(folder, diskName(f.Name))
	return path, os.WriteFile(path, f.Data, 0o600)
}

// maxDiskName is the longest name of a kept file, in bytes; its end is what stays.
const maxDiskName = 160

// diskName is the last part of a name, as a file of this machine can be called.
func diskName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(lastName(name), "_"))
	if cut := len(name) - maxDiskName; cut > 0 {
		name = strings.ToValidUTF8(name[cut:], "")
	}
	if name = strings.TrimRight(name, ". "); name == "" || !filepath.IsLocal(name) {
		return "file" // also what Windows takes for a device
	}
	return name
}

// forget removes them.
func (c *chosenFiles) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir != nil {
		c.dir.Remove()
		c.dir, c.kept, c.size = nil, nil, 0
	}
}

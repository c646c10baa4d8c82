package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// chosenFiles gives files that a person chose in a page a place on the disk, for as long as
// the page is served: plugins get paths of what was chosen, and a browser tells none.
type chosenFiles struct {
	engine.Files

	mu   sync.Mutex
	dir  string
	next int
}

func (c *chosenFiles) Choose(ctx context.Context, dialog *value.Object) ([]*value.File, error) {
	files, err := c.Files.Choose(ctx, dialog)
	if err != nil {
		return nil, err
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
	if c.dir == "" {
		if c.dir, err = os.MkdirTemp("", "imjoy-chosen-"); err != nil {
			return "", err
		}
	}
	c.next++
	folder := filepath.Join(c.dir, strconv.Itoa(c.next))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	name := filepath.Base(filepath.FromSlash(f.Name))
	if !filepath.IsLocal(name) || name == "." {
		name = "file"
	}
	path = filepath.Join(folder, name)
	return path, os.WriteFile(path, f.Data, 0o600)
}

// forget removes them.
func (c *chosenFiles) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir != "" {
		_ = os.RemoveAll(c.dir) // what stays is in the folder for what may go
		c.dir = ""
	}
}

package git

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Revision is a commit that changed a file.
type Revision struct {
	Commit string // full id
	Time   time.Time
	tree   *Tree
	path   string
}

// Text reads the file as the commit has it; one that it removed is fs.ErrNotExist.
func (r *Revision) Text(ctx context.Context, limit int64) ([]byte, error) {
	return r.tree.File(ctx, r.path, limit)
}

// History lists the commits that changed a file of a checkout on this machine, newest
// first, at most so many. A file outside of any checkout is fs.ErrNotExist. Nothing
// that the configuration of the checkout names is run.
func (g *Git) History(ctx context.Context, file string, limit int) ([]Revision, error) {
	top, dir := checkout(filepath.Dir(file))
	path, err := filepath.Rel(top, file)
	if dir == "" || err != nil {
		return nil, fs.ErrNotExist
	}
	t := &Tree{g: g, url: top, dir: dir}
	path = filepath.ToSlash(path)
	out, err := t.run(ctx, []string{"log.showSignature=false"}, maxList,
		"log", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-decorate", "-n", strconv.Itoa(limit), "--format=%H %ct", "--", path)
	if err != nil {
		return nil, err
	}
	var list []Revision
	for line := range strings.Lines(string(out)) {
		id, seconds, _ := strings.Cut(strings.TrimSpace(line), " ")
		at, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil || !commitID().MatchString(id) {
			return nil, t.fail("its log cannot be read")
		}
		list = append(list, Revision{Commit: id, Time: time.Unix(at, 0), path: path, tree: &Tree{Commit: id, g: g, dir: dir, url: top}})
	}
	return list, nil
}

// checkout finds the checkout that a folder is part of, and where its objects are.
func checkout(folder string) (top, dir string) {
	for {
		name := filepath.Join(folder, ".git")
		if info, err := os.Lstat(name); err == nil && info.IsDir() {
			return folder, name
		} else if err == nil && info.Mode().IsRegular() && info.Size() < 4096 { // of a linked checkout
			text, _ := os.ReadFile(name)
			if to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: "); ok {
				if !filepath.IsAbs(to) {
					to = filepath.Join(folder, to)
				}
				return folder, to
			}
			return "", ""
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", ""
		}
		folder = up
	}
}

package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/manifest"
)

// locateFile finds the plugin of a path: the file itself, or the only plugin of a
// folder.
func (r *Repository) locateFile(ctx context.Context, a address.Address) (*location, error) {
	file := r.abs(a.Path)
	info, err := os.Stat(file)
	if err != nil {
		return nil, &FileError{a.Path, err}
	}
	if !info.IsDir() && filepath.Base(file) != address.ManifestName {
		l := localFile(r, file)
		l.shown = a.Path
		return l, nil
	}
	if !info.IsDir() {
		file = filepath.Dir(file)
	}
	names, err := folder{r, file}.names()
	if err != nil {
		return nil, err
	}
	return only(ctx, folder{r, file}, names)
}

// nextTo finds a dependency that a plugin of this machine names by a path, which
// starts from the plugin's own folder.
func (r *Repository) nextTo(ctx context.Context, parent *Plugin, a address.Address) (*location, error) {
	if !filepath.IsAbs(a.Path) {
		a.Path = filepath.Join(filepath.Dir(parent.URL), filepath.FromSlash(a.Path))
	}
	return r.locateFile(ctx, a)
}

// only locates the one plugin of a scope.
func only(ctx context.Context, in scope, names []string) (*location, error) {
	if len(names) != 1 {
		return nil, &ChoiceError{in.String(), names}
	}
	return in.find(ctx, names[0])
}

func localFile(r *Repository, file string) *location {
	return &location{
		address: address.Address{Kind: address.Path, Path: file},
		file:    file,
		shown:   r.short(file),
		scope:   neighbours{folder{r, filepath.Dir(file)}},
	}
}

// short names a file as it is seen from the folder that people work in.
func (r *Repository) short(file string) string {
	if short, err := filepath.Rel(r.abs("."), file); err == nil && filepath.IsLocal(short) {
		return short
	}
	return file
}

// Within returns the addresses of all plugins of a folder: those of its manifest,
// else its plugin files; and those of a collection. Another address is returned as it
// is.
func (r *Repository) Within(ctx context.Context, a address.Address) ([]address.Address, error) {
	if a.Collection != "" {
		return r.members(ctx, a)
	}
	if a.Kind != address.Path {
		return []address.Address{a}, nil
	}
	dir := r.abs(a.Path)
	info, err := os.Stat(dir)
	if err != nil {
		return nil, &FileError{a.Path, err}
	}
	if !info.IsDir() {
		return []address.Address{a}, nil
	}
	in := folder{r, dir}
	names, err := in.names()
	if err != nil {
		return nil, err
	}
	var list []address.Address
	for _, name := range names {
		l, err := in.find(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, l.address.WithTag(a.Tag))
	}
	if len(list) == 0 {
		return nil, &NotFoundError{Name: "*" + address.PluginSuffix, Looked: []string{dir}}
	}
	return list, nil
}

// folder is the scope of a folder on this machine: its manifest, and the plugin
// files in and below it. Nothing outside the folder is read for it, but for the
// manifest of the checkout that the folder is a part of.
type folder struct {
	r   *Repository
	dir string
}

func (f folder) String() string { return f.dir }

func (f folder) list() (*manifest.Manifest, error) {
	l, err := f.r.localManifest(f.dir)
	if l == nil || err != nil {
		return nil, err
	}
	return l.manifest, nil
}

// find takes the nearest file of that name: the person named the folder.
func (f folder) find(ctx context.Context, name string) (*location, error) {
	files, err := f.files()
	if err != nil {
		return nil, err
	}
	return f.among(ctx, name, files, func(found []string) (string, error) { return found[0], nil })
}

// among finds a plugin in the manifests of the checkout, else in the given files.
// Which of several files of that name it is, choose says.
func (f folder) among(ctx context.Context, name string, files []string, choose func([]string) (string, error)) (*location, error) {
	known := []string{}
	for dir := range f.checkout {
		list, err := f.r.localManifest(dir)
		if err != nil {
			return nil, err
		}
		if list == nil {
			continue
		}
		l, err := list.find(ctx, name)
		if !errors.Is(err, errNotListed) && !isNotFound(err) {
			return l, err
		}
		known = append(known, list.manifest.Names()...)
	}
	var found []string
	for _, file := range files {
		own := f.nameOf(file)
		if own == name {
			found = append(found, file)
		}
		known = append(known, own)
	}
	if len(found) == 0 {
		return nil, &NotFoundError{Name: name, Looked: []string{f.dir}, Suggestion: source.Nearest(name, known)}
	}
	file, err := choose(found)
	if err != nil {
		return nil, err
	}
	return localFile(f.r, filepath.Join(f.dir, filepath.FromSlash(file))), nil
}

// neighbours is the scope of a file on this machine, for what it depends on: the
// manifests of its checkout, and the plugin files in the very same folder. A plugin
// cannot reach into folders that nobody named, and two candidates are none.
type neighbours struct{ folder }

func (n neighbours) find(ctx context.Context, name string) (*location, error) {
	files, err := n.files()
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(file string) bool { return strings.Contains(file, "/") })
	return n.among(ctx, name, files, func(found []string) (string, error) {
		if len(found) > 1 {
			return "", &TwiceError{name, found}
		}
		return found[0], nil
	})
}

func isNotFound(err error) bool {
	var missing *NotFoundError
	return errors.As(err, &missing)
}

// checkout yields the folder, and if it lies in a checkout of git the folders above
// it up to the top of that.
func (f folder) checkout(yield func(string) bool) {
	dirs := []string{f.dir}
	for range maxAncestors {
		last := dirs[len(dirs)-1]
		if _, err := os.Stat(filepath.Join(last, ".git")); err == nil {
			for _, dir := range dirs {
				if !yield(dir) {
					return
				}
			}
			return
		}
		parent := filepath.Dir(last)
		if parent == last {
			break
		}
		dirs = append(dirs, parent)
	}
	yield(f.dir)
}

// names lists the plugins of the folder: those of its manifest, else of its files.
func (f folder) names() ([]string, error) {
	list, err := f.r.localManifest(f.dir)
	if err != nil {
		return nil, err
	}
	if list != nil {
		return list.manifest.Names(), nil
	}
	// All of the folder is meant, so what cannot be read is not passed over.
	files, err := f.walk(true)
	var names []string
	for _, file := range files {
		text, err := f.readInside(file)
		if err != nil {
			return nil, err
		}
		doc, _ := pluginfile.Parse(path.Base(file), text)
		if name := doc.Config.Name; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, err
}

// files lists the plugin files in and below the folder, those nearest to it first.
// Links are not followed, and folders that cannot be read are passed over.
func (f folder) files() ([]string, error) { return f.walk(false) }

// walk is files; strict makes a folder that cannot be read an error.
func (f folder) walk(strict bool) ([]string, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var files []string
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name != "." && !strict:
			return fs.SkipDir
		case err != nil:
			return err
		case d.IsDir():
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") || strings.Count(name, "/") >= maxFolders {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && isPluginFile(name):
			files = append(files, name)
		}
		if len(files) > maxFiles {
			return fmt.Errorf("%s has more than %d plugin files", f.dir, maxFiles)
		}
		return nil
	})
	slices.SortStableFunc(files, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	return files, err
}

func isPluginFile(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, address.PluginSuffix) || strings.HasSuffix(lower, address.HyphaSuffix)
}

// nameOf reads the name of a plugin file, "" when it has none.
func (f folder) nameOf(file string) string {
	text, err := f.readInside(file)
	if err != nil {
		return ""
	}
	doc, _ := pluginfile.Parse(path.Base(file), text)
	return doc.Config.Name
}

// readInside reads a file that lies inside the folder, links included.
func (f folder) readInside(file string) ([]byte, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	in, err := root.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readLimited(in, file, fetch.PluginLimit)
}

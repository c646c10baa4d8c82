package disk_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/workspace/disk"
)

// plugin opens a plugin that may do what the words say.
func plugin(t *testing.T, words ...string) *engine.Plugin {
	t.Helper()
	var list []permission.Permission
	for _, word := range words {
		p, err := permission.Parse(word)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	text := "<config lang=\"json\">\n{\"name\": \"P\", \"type\": \"web-worker\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<script lang=\"javascript\">api.export({})</script>\n"
	doc, _ := pluginfile.Parse("p", []byte(text))
	plan, _ := tags.Resolve(doc, "")
	p, err := engine.Open(t.Context(), plan, engine.Options{Granted: permission.NewSet(list...)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return p
}

func TestThePrivateFolder(t *testing.T) {
	ctx, p := t.Context(), plugin(t)
	dir := filepath.Join(t.TempDir(), "own")
	d := disk.New(dir)
	if list, err := d.List(ctx, p, ""); len(list) != 0 || err != nil {
		t.Errorf("before anything was kept: %v %v", list, err)
	}
	if _, err := d.Read(ctx, p, "a.txt"); err == nil {
		t.Error("a file that is not there is read")
	}
	for range 2 {
		if err := d.Write(ctx, p, "a.txt", []byte("one")); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Write(ctx, p, "deep/er/b.csv", []byte("1,2")); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Read(ctx, p, "deep/er/b.csv"); err != nil || string(f.Data) != "1,2" || f.Name != "b.csv" || f.Type != "text/csv" {
		t.Errorf("%+v %v", f, err)
	}
	list, err := d.List(ctx, p, ".")
	if diff := cmp.Diff([]engine.DiskEntry{{Name: "a.txt", Size: 3}, {Name: "deep", Folder: true}}, list); diff != "" || err != nil {
		t.Errorf("%v%s", err, diff)
	}
	if err := d.Remove(ctx, p, "a.txt"); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "deep", "er", "b.csv")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "deep"), filepath.Join(dir, "deep", "er")} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("others may look into %s: %v %v", folder, info.Mode(), err)
		}
	}
	// What cannot be put in its place leaves nothing behind.
	if err := d.Write(ctx, p, "deep/er/"+strings.Repeat("n", 300), []byte("x")); err == nil {
		t.Error("a name of 300 bytes is written")
	}
	if list, err := d.List(ctx, p, "deep/er"); len(list) != 1 || err != nil {
		t.Errorf("half a file is left: %v %v", list, err)
	}
	for _, path := range []string{"..", "../x", "a/../../x", "deep/../../own2/x", "a\x00b"} {
		if err := d.Write(ctx, p, path, nil); err == nil {
			t.Errorf("%q is written", path)
		}
		if _, err := d.Read(ctx, p, path); err == nil {
			t.Errorf("%q is read", path)
		}
	}
	if err := d.Write(ctx, p, "deep", []byte("x")); err == nil || !strings.Contains(err.Error(), "no file is there") {
		t.Errorf("a folder is replaced: %v", err)
	}
}

func TestTheQuota(t *testing.T) {
	ctx, p, d := t.Context(), plugin(t), disk.New(t.TempDir())
	half := make([]byte, disk.Quota/2)
	for _, test := range []struct {
		path string
		data []byte
		fits bool
	}{
		{"a", half, true}, {"b", half, true}, {"c", []byte{1}, false}, {"b", half, true}, {"b", half[1:], true}, {"c", []byte{1}, true}, {"deep/d", []byte{1}, false},
	} {
		if err := d.Write(ctx, p, test.path, test.data); (err == nil) != test.fits {
			t.Errorf("%s of %d bytes: %v", test.path, len(test.data), err)
		}
	}
}

func TestTheNumberOfFiles(t *testing.T) {
	if os.Getenv("IMJOY_LONG") == "" {
		t.Skip("a slow disk takes long for so many: IMJOY_LONG=1 makes them")
	}
	const most = 10_000
	dir := t.TempDir()
	for i := range most {
		name := filepath.Join(dir, strconv.Itoa(i))
		var err error
		if i%2 == 0 {
			err = os.WriteFile(name, nil, 0o600)
		} else {
			err = os.Mkdir(name, 0o700) // folders count as well
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, p, d := t.Context(), plugin(t), disk.New(dir)
	if err := d.Write(ctx, p, "0", []byte("x")); err != nil {
		t.Errorf("a file in the place of another one: %v", err)
	}
	if err := d.Write(ctx, p, "one more", nil); err == nil {
		t.Errorf("more than %d files are kept", most)
	}
}

// TestLinks: what counts is where a path leads, and how it is written as well.
func TestLinks(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"granted", "other"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, "file"), []byte(folder), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"granted/out": "../other/file", "granted/folder": "../other", "granted/within": "file", "other/in": "../granted/file"} {
		if err := os.Symlink(filepath.FromSlash(to), filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skipf("this system makes no links: %v", err)
		}
	}
	slash := filepath.ToSlash(dir)
	ctx, d := t.Context(), disk.New(t.TempDir())
	p, reader := plugin(t, "read:"+slash+"/granted", "write:"+slash+"/granted"), plugin(t, "read:"+slash+"/granted")
	if f, err := d.Read(ctx, p, slash+"/granted/within"); err != nil || string(f.Data) != "granted" {
		t.Errorf("a link inside: %v %v", f, err)
	}
	for _, path := range []string{"/granted/out", "/granted/folder/file", "/granted/folder/new", "/other/in", "/other/file", "/granted/../other/file"} {
		if _, err := d.Read(ctx, p, slash+path); err == nil {
			t.Errorf("%s is read", path)
		}
		if err := d.Write(ctx, p, slash+path, []byte("x")); err == nil {
			t.Errorf("%s is written", path)
		}
		if err := d.Remove(ctx, p, slash+path); err == nil {
			t.Errorf("%s is removed", path)
		}
	}
	if err := d.Write(ctx, reader, slash+"/granted/file", nil); err == nil {
		t.Error("what may be read only is written")
	}
	if err := d.Remove(ctx, reader, slash+"/granted/file"); err == nil {
		t.Error("what may be read only is removed")
	}
}

// TestGrantedFolders is what permissions open; what they must not is in package app.
func TestGrantedFolders(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	slash := filepath.ToSlash(dir)
	ctx, p, d := t.Context(), plugin(t, "read:"+slash, "write:"+slash), disk.New(t.TempDir())
	if err := d.Write(ctx, p, slash+"/new.txt", []byte("x")); err != nil {
		t.Error(err)
	}
	if f, err := d.Read(ctx, p, filepath.Join(dir, "new.txt")); err != nil || string(f.Data) != "x" {
		t.Errorf("%v %v", f, err)
	}
	if list, err := d.List(ctx, p, dir); len(list) != 1 || err != nil {
		t.Errorf("%v %v", list, err)
	}
	if err := d.Write(ctx, p, slash+"/no/new.txt", []byte("x")); err == nil {
		t.Error("a folder of the person's was made")
	}
	if err := os.Symlink("nothing", filepath.Join(dir, "dangling")); err == nil {
		if err := d.Write(ctx, p, slash+"/dangling", []byte("x")); err == nil {
			t.Error("a link to nothing was followed")
		}
	}
	if err := d.Remove(ctx, p, slash+"/new.txt"); err != nil {
		t.Error(err)
	}
	only := plugin(t, "read:"+slash+"/one.txt")
	if err := os.WriteFile(filepath.Join(dir, "one.txt"), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Read(ctx, only, slash+"/one.txt"); err != nil || string(f.Data) != "1" {
		t.Errorf("a file that is granted itself: %v %v", f, err)
	}
	if _, err := d.Read(ctx, only, slash+"/two.txt"); err == nil {
		t.Error("another file is read")
	}
}

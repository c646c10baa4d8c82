package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

func TestLendLetsReadWhatWasNamed(t *testing.T) {
	dir := realPath(t.TempDir())
	reads := func(name string) permission.Permission {
		return permission.Permission{Kind: permission.Read, Value: filepath.ToSlash(filepath.Join(dir, name))}
	}
	if err := os.WriteFile(filepath.Join(dir, "cells.tif"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "cells.tif"), filepath.Join(dir, "link")); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
	python, javascript := &tags.Plan{Language: tags.Python}, &tags.Plan{Language: tags.JavaScript}
	lasting := &tags.Plan{Language: tags.Python, Flags: []string{"allow-detach"}}
	for _, test := range []struct {
		what   string
		plan   *tags.Plan
		denied []permission.Permission
		named  string
		asked  permission.Permission
		want   bool
	}{
		{"the file", python, nil, "cells.tif", reads("cells.tif"), true},
		{"what a link leads to", python, nil, "link", reads("cells.tif"), true},
		{"a file beside it", python, nil, "cells.tif", reads("notes.txt"), false},
		{"its folder", python, nil, "cells.tif", reads(""), false},
		{"what lies in a folder", python, nil, ".", reads("notes.txt"), true},
		{"writing it", python, nil, "cells.tif", permission.Permission{Kind: permission.Write, Value: reads("cells.tif").Value}, false},
		{"what was denied", python, []permission.Permission{reads("")}, "cells.tif", reads("cells.tif"), false},
		{"for JavaScript", javascript, nil, "cells.tif", reads("cells.tif"), false},
		{"in the background", lasting, nil, "cells.tif", reads("cells.tif"), false},
	} {
		s := &Session{app: &App{Dir: dir}}
		s.options.Permissions.Granted = permission.NewSet().Deny(test.denied...)
		s.Lend(test.plan, []*value.File{{Path: filepath.Join(dir, test.named)}, {Name: "in memory", Data: []byte("x")}})
		if got := s.options.Permissions.Granted.Allows(test.asked); got != test.want {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
}

func TestNamedFilesAreThere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"cells.tif", "a=b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := &App{Dir: dir}
	for word, want := range map[string]string{
		"cells.tif": "cells.tif", "./cells.tif": "cells.tif", "image=cells.tif": "cells.tif", "a=b": "a=b", "./a=b": "a=b",
		"image=" + filepath.Join(dir, "cells.tif"): "cells.tif",
		"image=other.tif":                          "", "image=": "", "=": "", "": "", "folder": "", "in=folder": "",
	} {
		got := ""
		if list := a.NamedFiles([]string{word}); len(list) > 0 {
			got = list[0].Path
		}
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

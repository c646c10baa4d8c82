package engine

import (
	"cmp"
	"context"
	"path"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Disk is the files of this machine as one plugin may have them. A path that is not
// absolute lies in a folder of the plugin's own. An implementation asks [Plugin.Require]
// for read: and write: permissions of every other path, where it leads to in the end.
type Disk interface {
	Read(ctx context.Context, p *Plugin, path string) (*value.File, error)
	Write(ctx context.Context, p *Plugin, path string, data []byte) error
	List(ctx context.Context, p *Plugin, path string) ([]DiskEntry, error)
	Remove(ctx context.Context, p *Plugin, path string) error
}

// DiskEntry is a name in a folder.
type DiskEntry struct {
	Name   string
	Folder bool
	Size   int64 // of a file, in bytes
}

// apiGetFileManager answers with the functions of a file manager: listFiles(path),
// getFile(path), putFile(file, path), removeFile(path).
func apiGetFileManager(_ context.Context, p *Plugin, _ []value.Value) (value.Value, error) {
	disk := p.options.Host.Disk
	if disk == nil {
		return nil, notHere("getFileManager", "a file manager; pass files to the plugin instead")
	}
	members := value.NewObject("name", "imjoy", "url", nil)
	for name, call := range map[string]func(context.Context, []value.Value) (value.Value, error){
		"listFiles": func(ctx context.Context, args []value.Value) (value.Value, error) {
			return listFiles(ctx, p, disk, pathOf(argument(args, 0)))
		},
		"getFile": func(ctx context.Context, args []value.Value) (value.Value, error) {
			f, err := disk.Read(ctx, p, pathOf(argument(args, 0)))
			if err != nil {
				return nil, err
			}
			return f, nil
		},
		"putFile": func(ctx context.Context, args []value.Value) (value.Value, error) {
			return putFile(ctx, p, disk, args)
		},
		"removeFile": func(ctx context.Context, args []value.Value) (value.Value, error) {
			return nil, disk.Remove(ctx, p, pathOf(argument(args, 0)))
		},
	} {
		members.Set(name, &value.Function{Name: name, Call: func(ctx context.Context, args ...value.Value) (value.Value, error) {
			v, err := call(ctx, args)
			if err != nil {
				return nil, apiError("getFileManager()."+name, err)
			}
			return v, nil
		}})
	}
	return &value.Interface{ID: p.ID() + "/files", Members: members}, nil
}

// pathOf reads "path or {path}".
func pathOf(v value.Value) string { return object(v, "path").Text("path") }

func listFiles(ctx context.Context, p *Plugin, disk Disk, folder string) (value.Value, error) {
	entries, err := disk.List(ctx, p, folder)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(entries))
	for i, e := range entries {
		kind := "file"
		if e.Folder {
			kind = "dir"
		}
		list[i] = value.NewObject("name", e.Name, "type", kind, "size", float64(e.Size), "path", path.Join(strings.ReplaceAll(folder, `\`, "/"), e.Name))
	}
	return list, nil
}

func putFile(ctx context.Context, p *Plugin, disk Disk, args []value.Value) (value.Value, error) {
	data, own, err := contents("putFile", argument(args, 0))
	if err != nil {
		return nil, err
	}
	where := cmp.Or(pathOf(argument(args, 1)), own)
	if where == "" {
		return nil, &value.Error{Name: "TypeError", Message: "putFile needs a path"}
	}
	return nil, disk.Write(ctx, p, where, data)
}

// lend grants a plugin the files that a person chose for it.
func (p *Plugin) lend(files []*value.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range files {
		if f.Path != "" {
			word := permission.Permission{Kind: permission.Read, Value: strings.ReplaceAll(f.Path, `\`, "/")}
			p.options.Granted = p.options.Granted.Union(permission.NewSet(word))
		}
	}
}

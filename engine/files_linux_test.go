package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// chosen are files that a person chose in a page: this program has put them somewhere.
type chosen []*value.File

func (chosen) Export(context.Context, string, []byte) error                   { return nil }
func (chosen) OpenURL(context.Context, string) error                          { return nil }
func (c chosen) Choose(context.Context, *value.Object) ([]*value.File, error) { return c, nil }

// said is all that a plugin said.
func said(l *logged) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// What people choose in a page can be opened by its path behind the fence, and is gone
// with the plugin, however that ends.
func TestPythonOpensWhatWasChosen(t *testing.T) {
	code := plugin("native-python", "python", `
import os, pathlib, time
async def dialog():
    [a] = await api.showFileDialog()
    [b] = await api.show_file_dialog()
    return [pathlib.Path(a.path).read_text(), open(b["url"]).read(), os.path.basename(a.path), a.file.read().decode(), a.path]
def run(ctx):
    path = ctx["data"]["image"].path
    return [pathlib.Path(ctx["data"]["image"]).read_text(), path, ctx["data"]["image"]]
def stuck(f):
    api.log(f.path)
    time.sleep(600)
api.export({"dialog": dialog, "run": run, "stuck": stuck})
`)
	outside := filepath.Join(t.TempDir(), "cells.txt")
	if err := os.WriteFile(outside, []byte("as chosen"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := func(name string) *value.File {
		return &value.File{Name: name, Path: outside, Size: 9, Data: []byte("as chosen")}
	}
	inMemory := &value.File{Name: "../../cells.txt", Size: 10, Data: []byte("as dropped")}
	for name, rt := range map[string]engine.Runtime{"attached": pythonRuntime(t), "in the background": engine.Lasting(found(foundPython(t)), background(t, time.Minute))} {
		t.Run(name, func(t *testing.T) {
			log := &logged{}
			text := code
			if name != "attached" {
				text = strings.Replace(code, `"ui": ""`, `"ui": "", "flags": ["allow-detach"]`, 1)
			}
			p := mustOpen(t, text, engine.Options{Runtimes: []engine.Runtime{rt}, Host: engine.Host{Files: chosen{file("cells.txt")}, Log: log}})
			v, err := p.Call(t.Context(), "dialog")
			if err != nil {
				t.Fatal(err)
			}
			got := v.([]any)
			if want := `["as chosen","as chosen","cells.txt","as chosen"]`; show(got[:4]) != want {
				t.Errorf("the dialog: %s, want %s", show(got[:4]), want)
			}
			if got[4] == outside {
				t.Error("it has the path of the person's file")
			}
			v, err = p.Call(t.Context(), "run", value.NewObject("data", value.NewObject("image", inMemory)))
			if err != nil {
				t.Fatal(err)
			}
			got = v.([]any)
			path := got[1].(string)
			if got[0] != "as dropped" || filepath.Base(path) != "cells.txt" {
				t.Errorf("it read %v from %s", got[0], path)
			}
			if back := got[2].(*value.File); back.Path != "" || string(back.Data) != "as dropped" {
				t.Errorf("it comes back with the path %q and %q", back.Path, back.Data)
			}
			if name != "attached" {
				return // it lives on; its folder is the keeper's
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for said(log) == "" {
					time.Sleep(5 * time.Millisecond)
				}
				cancel()
			}()
			if _, err := p.Call(ctx, "stuck", inMemory); err == nil {
				t.Error("it was not ended")
			}
			p.Close(context.Background())
			for _, path := range []string{path, said(log)} {
				if _, err := os.Stat(filepath.Dir(filepath.Dir(path))); !os.IsNotExist(err) {
					t.Errorf("%s is still there (%v)", path, err)
				}
			}
		})
	}
}

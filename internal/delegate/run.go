package delegate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// maxTime is how long a tool may compute.
const maxTime = 5 * time.Minute

// maxOutput is how much a tool may say, in bytes.
const maxOutput = 256 << 20

// Options say where tools run.
type Options struct {
	Env  func(string) string // like os.Getenv
	Dir  string              // of the project: where configurations are looked for, upwards
	Path string              // of the tool; "" means its name, looked up on the PATH
}

// Run asks a tool about scripts and returns what it says, at the places of the plugin
// files. Without a script in the tool's language it is not started.
func Run(ctx context.Context, tool *Tool, scripts []Script, o Options) ([]source.Diagnostic, error) {
	t := newTexts(tool, scripts)
	if len(t.files) == 0 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "imjoy-lint-")
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", tool.Name, err)
	}
	defer os.RemoveAll(dir)
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	args, err := t.lay(dir, o)
	if err == nil {
		var output []byte
		if output, err = start(ctx, tool, args, dir, o); err == nil {
			var found []source.Diagnostic
			if found, err = tool.read(output, t); err == nil {
				return found, nil
			}
			err = fmt.Errorf("read its answer: %w", err)
		}
	}
	return nil, fmt.Errorf("run %s: %w", tool.Name, err)
}

// lay writes the scripts and, where the project has none, a configuration into a folder,
// and returns the arguments of the tool.
func (t *texts) lay(dir string, o Options) (args []string, err error) {
	files := map[string][]byte{}
	for name, text := range t.files {
		files[name] = text.Text
	}
	args = append(args, t.tool.args...)
	if config := t.tool.configuration(o.Dir); config != "" && t.tool.option != "--project" {
		args = append(args, t.tool.option, config)
	} else {
		for name, text := range t.tool.own {
			files[name] = []byte(text)
		}
		if config != "" { // a project is a folder: its settings come along
			if files[filepath.Base(config)], err = os.ReadFile(config); err != nil {
				return nil, err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	return append(args, "."), nil
}

// configuration finds the configuration of a tool in a folder or above it, up to the
// root of the repository.
func (t *Tool) configuration(dir string) string {
	for dir != "" {
		for _, name := range t.configs {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err == nil && (name != "pyproject.toml" || strings.Contains(string(text), "[tool."+t.Name)) {
				return path
			}
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// start runs the tool in a folder. Linters say with their exit code that they found
// something: what counts is that they wrote an answer.
func start(ctx context.Context, tool *Tool, args []string, dir string, o Options) ([]byte, error) {
	path := o.Path
	if path == "" {
		path = tool.Name
	}
	output := &limited{limit: maxOutput}
	child, err := confine.Start(ctx, confine.Command{
		Path: path, Args: args, Dir: dir, Stdout: output,
		Env: confine.Environment(o.Env, o.Env("HOME"), o.Env("TMPDIR")),
	}, confine.Limits{CPU: maxTime})
	if err != nil {
		return nil, err
	}
	exit := child.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case exit.Err != nil:
		return nil, exit.Err
	case exit.Signal != 0 || output.text.Len() == 0:
		return nil, fmt.Errorf("it ended with %s: %s", exit, strings.TrimSpace(child.Tail()))
	}
	return []byte(output.text.String()), nil
}

// inPlace runs a tool that changes the files of a folder. It may fail for files that it
// cannot read; those stay as they are.
func inPlace(ctx context.Context, tool *Tool, args []string, dir string, o Options) error {
	path := o.Path
	if path == "" {
		path = tool.Name
	}
	child, err := confine.Start(ctx, confine.Command{
		Path: path, Args: args, Dir: dir,
		Env: confine.Environment(o.Env, o.Env("HOME"), o.Env("TMPDIR")),
	}, confine.Limits{CPU: maxTime})
	if err != nil {
		return err
	}
	exit := child.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case exit.Signal != 0:
		return fmt.Errorf("it ended with %s: %s", exit, strings.TrimSpace(child.Tail()))
	}
	return nil
}

// limited refuses more than limit bytes.
type limited struct {
	text  strings.Builder
	limit int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.text.Len()+len(p) > l.limit {
		return 0, errors.New("the answer is too long")
	}
	return l.text.Write(p)
}

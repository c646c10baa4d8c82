package pyenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// condaCreate makes the environment with conda's packages and a pip.
func (b *build) condaCreate(ctx context.Context) error {
	prefix := filepath.Join(b.dir, "python")
	b.tell(Event{Text: fmt.Sprintf("make an environment of %d conda packages", len(b.spec.Conda)+1)})
	args := []string{"create", "--yes", "--quiet", "--prefix", prefix}
	if b.o.Offline {
		args = append(args, "--offline")
	}
	if b.spec.locked != nil && len(b.spec.locked.Conda) > 0 {
		file := filepath.Join(b.dir, "conda.txt")
		text := "@EXPLICIT\n" + strings.Join(b.spec.locked.Conda, "\n") + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return fmt.Errorf("make the conda environment: %w", err)
		}
		_, err := b.run(ctx, step{name: "make the conda environment", path: b.spec.tool, args: append(args, "--file", file)})
		return err
	}
	var channels []string
	add := func(name string) {
		if name != "" && !slices.Contains(channels, name) {
			channels = append(channels, name)
		}
	}
	for _, c := range b.spec.Declaration.Channels {
		add(c.Name)
	}
	for _, p := range b.spec.Conda {
		add(p.Channel)
	}
	for _, name := range channels { // joined: a name is never taken for an option
		args = append(args, "--channel="+name)
	}
	if len(channels) > 0 {
		args = append(args, "--channel=defaults")
	}
	args = append(args, "python"+b.spec.Python.Version, "pip")
	for _, p := range b.spec.Conda {
		spec := p.CondaSpec()
		if spec == "" || spec[0] == '-' {
			return &UnmetError{Items: []Unmet{{p.Item, fmt.Sprintf("%q is not a package", p.Text), ""}}}
		}
		args = append(args, spec)
	}
	_, err := b.run(ctx, step{name: "make the conda environment", path: b.spec.tool, args: args, heard: b.heard})
	return err
}

// condaList asks conda for the exact files it installed.
func (b *build) condaList(ctx context.Context) (urls []string, err error) {
	args := []string{"list", "--explicit", "--md5", "--prefix", filepath.Join(b.dir, "python")}
	if strings.HasPrefix(filepath.Base(b.spec.tool), "micromamba") {
		args = []string{"env", "export", "--explicit", "--prefix", filepath.Join(b.dir, "python")}
	}
	out, err := b.run(ctx, step{name: "list the conda packages", path: b.spec.tool, args: args})
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.Contains(line, "://") {
			urls = append(urls, line)
		}
	}
	return urls, nil
}

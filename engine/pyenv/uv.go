package pyenv

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// uvInstaller installs with uv.
type uvInstaller struct{}

func (uvInstaller) create(ctx context.Context, b *build) error {
	b.tell(Event{Text: "make a virtual environment of Python " + b.spec.Python.Version})
	args := []string{"venv", "--no-project", "--color=never", "--python=" + b.spec.Python.Path}
	if len(b.spec.Declaration.Commands) > 0 { // they may call pip
		args = append(args, "--seed")
	}
	_, err := b.run(ctx, step{name: "make the virtual environment", path: b.spec.tool, args: append(args, filepath.Join(b.dir, "python"))})
	return err
}

// uv is a step of "uv pip".
func (b *build) uv(name, command string, args ...string) step {
	all := []string{"pip", command, "--color=never", "--no-progress"}
	if !b.o.AllowBuild {
		all = append(all, "--only-binary=:all:")
	}
	if b.o.Offline {
		all = append(all, "--offline")
	}
	if b.noIndex() {
		all = append(all, "--no-index")
	}
	if b.spec.AsOf != "" {
		all = append(all, "--exclude-newer="+b.spec.AsOf)
	}
	return step{name: name, path: b.spec.tool, args: append(all, args...), heard: b.heard}
}

func (uvInstaller) resolve(ctx context.Context, b *build, packages []requirement.Package, noDeps bool) ([]requirement.ResolvedPackage, error) {
	texts, err := requirementTexts(packages)
	if err != nil {
		return nil, err
	}
	args := []string{"--generate-hashes", "--no-header", "--no-annotate", "--python=" + b.python()}
	if noDeps {
		args = append(args, "--no-deps")
	}
	if pre(packages) {
		args = append(args, "--prerelease=allow")
	}
	s := b.uv("resolve the packages", "compile", append(args, "-")...)
	s.stdin = strings.Join(texts, "\n") + "\n"
	s.dir = b.cloneDir()
	out, err := b.run(ctx, s)
	if err != nil {
		return nil, err
	}
	return readCompiled(string(out))
}

// readCompiled reads the requirements that uv prints: NAME==VERSION or NAME @ URL,
// with a marker and hashes.
func readCompiled(text string) (list []requirement.ResolvedPackage, err error) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		var p requirement.ResolvedPackage
		spec, hashes, _ := strings.Cut(line, " --hash=")
		for _, hash := range strings.Fields(hashes) {
			p.Hashes = append(p.Hashes, strings.TrimPrefix(hash, "--hash="))
		}
		spec, p.Marker, _ = strings.Cut(spec, " ; ")
		p.Marker = strings.TrimSpace(p.Marker)
		spec = strings.TrimSpace(spec)
		if name, url, direct := strings.Cut(spec, " @ "); direct {
			p.Name, p.URL = name, url
		} else if name, version, exact := strings.Cut(spec, "=="); exact {
			p.Name, p.Version = name, version
		} else {
			return nil, fmt.Errorf("resolve the packages: uv answers with %q", line)
		}
		p.Name, _, _ = strings.Cut(p.Name, "[")
		list = append(list, p)
	}
	return list, nil
}

func (uvInstaller) install(ctx context.Context, b *build, file string, hashed bool) error {
	// Copies, not links: a plugin that changed a file of its environment would change
	// uv's cache, and with it every other environment.
	args := []string{"--python=" + b.python(), "--no-deps", "--link-mode=copy", "--compile-bytecode", "--requirements=" + file}
	if hashed {
		args = append(args, "--require-hashes")
	}
	s := b.uv("install the packages", "install", args...)
	s.dir = b.cloneDir()
	_, err := b.run(ctx, s)
	return err
}

package pyenv

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/internal/confine"
	"github.com/imjoy-tools/imjoy/tags/requirement"
)

// askPackages prints the versions of the distributions it is asked about.
const askPackages = `import sys, json
from importlib import metadata
found = {}
for name in json.load(sys.stdin):
    try: found[name] = metadata.version(name)
    except Exception: pass
print(json.dumps(found))`

// Satisfied reports whether an interpreter has everything that a declaration asks for.
// What it cannot tell (a URL, a marker, a clone) counts as missing. Packages that
// nobody declared but the type implies are listed in implied when they are missing.
func (e *Environments) Satisfied(ctx context.Context, python Interpreter, d *requirement.Declaration) (all bool, implied []string, err error) {
	if !python.usable() || !d.Python.Accepts(python.Version) || len(d.Repos)+len(d.EnvFiles)+len(d.Commands)+len(d.Refused) > 0 {
		return false, nil, nil
	}
	s := &Spec{Declaration: d}
	if len(e.assign(s)) > 0 {
		return false, nil, nil
	}
	names := []string{}
	for _, p := range s.Pip {
		if p.URL != "" || p.Path != "" || p.Marker != "" || len(p.Extras) > 0 {
			return false, nil, nil
		}
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return true, nil, nil
	}
	versions, err := e.versions(ctx, python, names)
	if err != nil {
		return false, nil, err
	}
	all = true
	for _, p := range s.Pip {
		version, here := versions[p.Name]
		switch fits := here && (p.Specifier == "" || accepts(p.Specifier, version)); {
		case fits:
		case p.Implied:
			implied = append(implied, p.Name)
		default:
			all = false
		}
	}
	return all, implied, nil
}

// versions asks an interpreter what it has of some distributions.
func (e *Environments) versions(ctx context.Context, python Interpreter, names []string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	question, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	child, err := confine.Start(ctx, confine.Command{Path: python.Path, Args: []string{"-I", "-B", "-c", askPackages}, Env: e.childEnv("", nil), Stdin: bytes.NewReader(question), Stdout: &out}, confine.Limits{})
	if err != nil {
		return nil, fmt.Errorf("ask %s for its packages: %w", python.Path, err)
	}
	if exit := child.Wait(); exit.Code != 0 {
		return nil, fmt.Errorf("ask %s for its packages: %v: %s", python.Path, exit, strings.TrimSpace(child.Tail()))
	}
	found := map[string]string{}
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		return nil, fmt.Errorf("ask %s for its packages: %w", python.Path, err)
	}
	return found, nil
}

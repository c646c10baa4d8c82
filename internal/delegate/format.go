package delegate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// formatters are the arguments with which tools lay out a script in place.
var formatters = map[string][]string{
	"ruff":  {"format", "--quiet", "--no-cache"},
	"biome": {"format", "--write", "--colors=off"},
}

// Formats reports whether a tool lays out scripts.
func (t *Tool) Formats() bool { return formatters[t.Name] != nil }

// maxRounds is how often a tool lays out what it has laid out: some come to rest only the
// second time.
const maxRounds = 3

// Format lays out scripts with a tool, until it changes nothing more. It returns the new text of each
// script, in order, "" for those that are not in the tool's language or that it could
// not read.
func Format(ctx context.Context, tool *Tool, scripts []Script, o Options) ([]string, error) {
	out := make([]string, len(scripts))
	t := newTexts(tool, scripts)
	if len(t.files) == 0 {
		return out, nil
	}
	dir, err := os.MkdirTemp("", "imjoy-fmt-")
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", tool.Name, err)
	}
	defer os.RemoveAll(dir)
	layout := *tool
	layout.args = formatters[tool.Name]
	args, err := (&texts{&layout, t.files}).lay(dir, o)
	for round := 0; err == nil && round < maxRounds; round++ {
		if err = inPlace(ctx, tool, args, dir, o); err != nil {
			break
		}
		var again bool
		if again, err = t.changed(dir, out); !again {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", tool.Name, err)
	}
	return out, nil
}

// changed reads into out the scripts that differ from what they were, and reports whether
// any differs from what stood in out before.
func (t *texts) changed(dir string, out []string) (again bool, err error) {
	for name, text := range t.files {
		after, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return false, err
		}
		var i int
		if _, err := fmt.Sscanf(name, "script_%d", &i); err != nil || i >= len(out) || out[i] == "" && string(after) == string(text.Text) || out[i] == string(after) {
			continue
		}
		out[i], again = string(after), true
	}
	return again, nil
}

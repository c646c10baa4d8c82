package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/freeze"
	"github.com/imjoy-tools/imjoy/tags"
)

// vendorList is the name of the list in a vendor folder.
const vendorList = "imjoy-vendor.json"

// vendor writes each part into a folder, with a list of them.
func (a *App) vendor(p *repository.Plugin, result *freeze.Result, wheels *wheelhouse) error {
	dir := wheels.dir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keep the parts beside the plugin: %w", err)
	}
	type entry struct {
		freeze.Part
		File string `json:"file"`
	}
	type leftOut struct {
		Package string `json:"package"`
		Why     string `json:"why"`
	}
	list := struct {
		Version     int             `json:"version"`
		Plugin      string          `json:"plugin"`
		Parts       []entry         `json:"parts"`
		Wheels      []string        `json:"wheels,omitempty"`
		Environment json.RawMessage `json:"environment,omitempty"`
		Left        []leftOut       `json:"left,omitempty"`
	}{Version: 1, Plugin: p.Name, Parts: []entry{}, Wheels: wheels.files, Environment: wheels.environment[p.Document]}
	for _, part := range result.Parts {
		name := vendorName(part)
		if err := os.WriteFile(filepath.Join(dir, name), part.Text, 0o644); err != nil {
			return fmt.Errorf("keep the parts beside the plugin: %w", err)
		}
		list.Parts = append(list.Parts, entry{part, name})
	}
	for _, l := range wheels.left {
		list.Left = append(list.Left, leftOut{l.URL, l.Why})
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("list the parts: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, vendorList), append(text, '\n'), 0o644)
}

// wheelhouse gets the Python packages of a plugin, and of those it depends on, into one
// folder.
type wheelhouse struct {
	app     *App
	options FreezeOptions

	files       []string // in the folder, sorted
	left        []freeze.Left
	environment map[*pluginfile.Document]json.RawMessage
}

func (w *wheelhouse) dir() string { return w.app.path(w.options.Vendor) }

// get downloads the packages of one plugin, as they are locked if they are.
func (w *wheelhouse) get(ctx context.Context, p *repository.Plugin, plan *tags.Plan) (*freeze.Wheels, []freeze.Left, error) {
	if !pyenv.Needed(plan.Needs) {
		return nil, nil, nil
	}
	if err := os.MkdirAll(w.dir(), 0o755); err != nil {
		return nil, nil, fmt.Errorf("keep the wheels beside the plugin: %w", err)
	}
	locked, err := readLocked(lockedEnvironment(p))
	if err != nil {
		return nil, nil, err
	}
	envs, err := w.app.Environments(EnvironmentOptions{Offline: w.options.Offline})
	if err != nil {
		return nil, nil, err
	}
	got, err := envs.Wheels(ctx, plan.Needs, locked, w.dir())
	if err != nil {
		return nil, nil, err
	}
	var left []freeze.Left
	for _, l := range got.Left {
		left = append(left, freeze.Left{URL: l.Text, Why: l.Why, Place: l.Place})
	}
	w.left = append(w.left, left...)
	if got.Resolved == nil {
		return nil, left, nil
	}
	kept := &freeze.Wheels{Dir: w.fromFile(), Tag: plan.Tag, Environment: got.Resolved.Encode()}
	for _, name := range got.Files {
		file, err := wheelOf(w.dir(), name)
		if err != nil {
			return nil, nil, fmt.Errorf("keep the wheels beside the plugin: %w", err)
		}
		kept.Files = append(kept.Files, file)
	}
	w.files = slices.Compact(slices.Sorted(slices.Values(append(w.files, got.Files...))))
	if w.environment == nil {
		w.environment = map[*pluginfile.Document]json.RawMessage{}
	}
	w.environment[p.Document] = kept.Environment
	return kept, left, nil
}

// fromFile is the folder as the frozen file finds it, "" when that cannot be moved with it.
func (w *wheelhouse) fromFile() string {
	if w.options.Out == "" {
		return ""
	}
	dir, err := filepath.Rel(filepath.Dir(w.app.path(w.options.Out)), w.dir())
	if err != nil || !filepath.IsLocal(dir) {
		return ""
	}
	return filepath.ToSlash(dir)
}

func wheelOf(dir, name string) (freeze.Wheel, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return freeze.Wheel{}, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	return freeze.Wheel{File: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// vendored are the wheels that a frozen plugin has beside it, at their place.
type vendored struct {
	wheels      []pyenv.Wheel
	environment json.RawMessage
}

// vendored finds the wheels of a frozen plugin: in the folder that the person named, else
// where the file says, from its own folder. nil means that there are none.
func (s *Session) vendored(plan *tags.Plan) *vendored {
	held := freeze.WheelsOf(plan.Document)
	if held == nil || held.Tag != plan.Tag || len(s.options.Environment.With) > 0 {
		return nil
	}
	dir := s.options.Vendor
	if dir == "" {
		file := s.fileOf(plan.Document)
		if file == "" || held.Dir == "" {
			return nil
		}
		dir = filepath.Join(filepath.Dir(file), filepath.FromSlash(held.Dir))
		if _, err := os.Stat(filepath.Join(s.app.path(dir), vendorList)); errors.Is(err, fs.ErrNotExist) {
			return nil // the file was moved without it
		}
	}
	v := &vendored{environment: held.Environment}
	for _, w := range held.Files {
		v.wheels = append(v.wheels, pyenv.Wheel{Path: filepath.Join(s.app.path(dir), w.File), SHA256: w.SHA256})
	}
	return v
}

// fileOf is the file of a document, or of the frozen one that holds it; "" when it is no
// file of a person.
func (s *Session) fileOf(doc *pluginfile.Document) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for doc != nil {
		from := s.origins[doc]
		switch {
		case from == nil:
			return ""
		case from.inside == nil && from.plugin.Local && from.plugin.Record == nil:
			return doc.Source.Name
		}
		doc = from.inside
	}
	return ""
}

// vendorName is the name of a part's file: what it is called, behind its hash.
func vendorName(p freeze.Part) string {
	from := p.From
	if from == "" {
		from = p.URL
	}
	from, _, _ = strings.Cut(from, "?")
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, path.Base(from))
	if p.Kind == "plugin" {
		name = strings.TrimSuffix(name, address.PluginSuffix) + address.PluginSuffix
	}
	return p.SHA256[:12] + "-" + name[:min(len(name), 80)]
}

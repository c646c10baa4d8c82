package freeze

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/tags"
)

// Wheels are the Python packages of a plugin, as files beside it.
type Wheels struct {
	// Dir is their folder from that of the frozen file, with slashes; "" when it is
	// elsewhere.
	Dir   string  `json:"dir,omitempty"`
	Tag   string  `json:"tag,omitempty"` // that they are for
	Files []Wheel `json:"files"`
	// Environment is what the packages were resolved to, as locks have it.
	Environment json.RawMessage `json:"environment"`
}

// Wheel is one file.
type Wheel struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// packages tells of what is installed, and keeps what can be kept beside the file.
func (f *freezer) packages() {
	plan := f.plans[0]
	needs := plan.Needs
	if plan.Language == tags.Python {
		for _, c := range needs.Commands {
			f.left = append(f.left, Left{URL: c.Text, Why: "the command runs where the plugin does, before it starts", Place: c.Place, Later: true})
		}
	}
	if f.o.Wheels == nil || plan.Language != tags.Python {
		f.leavePackages(plan, "Python packages come from an index; --vendor keeps their wheels")
		return
	}
	if len(needs.Pip)+len(needs.Conda)+len(needs.Repos) == 0 {
		return
	}
	wheels, left, err := f.o.Wheels(f.ctx, plan)
	if err != nil {
		f.leavePackages(plan, err.Error())
		return
	}
	f.wheels = wheels
	f.left = append(f.left, left...)
}

func (f *freezer) leavePackages(plan *tags.Plan, why string) {
	for _, p := range plan.Needs.Pip {
		if !p.Implied {
			f.leave(p.Text, why, p.Place)
		}
	}
	for _, p := range plan.Needs.Conda {
		f.leave(p.Text, "conda packages come from a channel; --vendor keeps wheels of the same", p.Place)
	}
	for _, c := range plan.Needs.Repos {
		f.leave(c.URL, "repositories are cloned", c.Place)
	}
}

// WheelsOf returns what a frozen file says of its Python packages, nil for nothing. A
// folder or file that does not lie beside it is not believed.
func WheelsOf(doc *pluginfile.Document) *Wheels {
	for _, b := range doc.All(pluginfile.AttachmentBlock) {
		var frozen Frozen
		if b.Name() != Record || json.Unmarshal([]byte(b.Body().Text), &frozen) != nil || frozen.Wheels == nil {
			continue
		}
		w := frozen.Wheels
		if !filepath.IsLocal(filepath.FromSlash(w.Dir)) {
			w.Dir = ""
		}
		for _, file := range w.Files {
			if !filepath.IsLocal(file.File) || strings.ContainsAny(file.File, `/\`) {
				return nil
			}
		}
		return w
	}
	return nil
}

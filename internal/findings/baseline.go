package findings

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

// baselineVersion is raised when old baselines can no longer be read.
const baselineVersion = 1

// Baseline is a list of findings that are known and not to be told again: an old
// repository begins with one and gets no worse.
type Baseline struct {
	Version  int     `json:"version"`
	Findings []Known `json:"findings"`
}

// Known is a finding of a baseline. Only its fingerprint is compared; the rest is for
// people who read the file.
type Known struct {
	File        string `json:"file"`
	Code        string `json:"code"`
	Message     string `json:"message"`
	Fingerprint string `json:"fingerprint"`
}

// NewBaseline makes a baseline of a list; file gives the names that files have in it.
func NewBaseline(list []source.Diagnostic, file func(string) string) *Baseline {
	b := &Baseline{Version: baselineVersion, Findings: []Known{}}
	for i, print := range Fingerprints(list, file) {
		name := ""
		if list[i].Place.Known() {
			name = file(list[i].Place.Name)
		}
		b.Findings = append(b.Findings, Known{name, list[i].Code, list[i].Message, print})
	}
	return b
}

// ReadBaseline reads what [Baseline.Write] wrote.
func ReadBaseline(text []byte) (*Baseline, error) {
	b := new(Baseline)
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	if b.Version != baselineVersion {
		return nil, fmt.Errorf("read baseline: it has version %d, and %d is known", b.Version, baselineVersion)
	}
	return b, nil
}

// Write writes the baseline as JSON.
func (b *Baseline) Write(w io.Writer) error { return encode(w, b) }

// New returns the findings of a list that the baseline does not have, and how many it
// has that are gone.
func (b *Baseline) New(list []source.Diagnostic, file func(string) string) (fresh []source.Diagnostic, gone int) {
	known := make(map[string]bool, len(b.Findings))
	for _, f := range b.Findings {
		known[f.Fingerprint] = true
	}
	for i, print := range Fingerprints(list, file) {
		if !known[print] {
			fresh = append(fresh, list[i])
		}
		delete(known, print)
	}
	return fresh, len(known)
}

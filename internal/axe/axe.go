// Package axe checks pages for accessibility in tests, with the axe engine.
//
// Give [Check] a way to evaluate a script in the page that a browser shows. The
// engine is axe-core 4.14.1 as released (MPL-2.0, see LICENSE), compressed; no
// program links it.
package axe

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:embed axe.min.js.gz
var packed []byte

var engine = sync.OnceValues(func() (string, error) {
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(plain)
	return string(text), err
})

// Violation is a rule of axe that a page breaks.
type Violation struct {
	ID     string // of the rule, "color-contrast"
	Impact string // "minor", "moderate", "serious" or "critical"
	Help   string
	Nodes  []string // selectors and what is wrong there
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n    %s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n    "))
}

// Check runs all rules of axe on a page, and answers what it breaks. evaluate runs an
// expression in the page, waits for the promise it gives, and answers its text.
func Check(evaluate func(expression string) (string, error)) ([]Violation, error) {
	script, err := engine()
	if err != nil {
		return nil, fmt.Errorf("unpack axe: %w", err)
	}
	if _, err := evaluate("(async () => { " + script + "; return '' })()"); err != nil {
		return nil, fmt.Errorf("load axe: %w", err)
	}
	text, err := evaluate(`(async () => {
		const found = await axe.run(document, { resultTypes: ["violations"] });
		return JSON.stringify(found.violations.map((v) => ({
			ID: v.id, Impact: v.impact, Help: v.help,
			Nodes: v.nodes.slice(0, 8).map((n) => n.target.join(" ") + ": " + (n.failureSummary ?? "").replace(/\s+/g, " ")),
		})));
	})()`)
	if err != nil {
		return nil, fmt.Errorf("run axe: %w", err)
	}
	var list []Violation
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read what axe found: %w", err)
	}
	return list, nil
}

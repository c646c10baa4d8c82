package app

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/pyenv"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// buildProgress shows how an environment is made: one line that changes on a terminal,
// a line at the beginning and one at the end elsewhere. An environment that is there
// already shows nothing.
type buildProgress struct {
	app  *App
	name string
	spec *pyenv.Spec

	mu    sync.Mutex
	start time.Time // of the first event
	line  bool      // something stands on the terminal's line
}

func (a *App) newBuildProgress(name string) *buildProgress { return &buildProgress{app: a, name: name} }

const barWidth = 20

func (p *buildProgress) show(e pyenv.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = p.app.Now()
		p.erase()
		fmt.Fprintf(p.app.Stderr, "imjoy: making a Python environment%s%s\n", p.whose(), p.how())
	}
	if !p.app.StderrTTY {
		return
	}
	bar := ""
	if e.Total > 0 {
		full := barWidth * e.Done / e.Total
		bar = fmt.Sprintf("[%s%s] %d/%d ", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), e.Done, e.Total)
	}
	text := []rune(findings.Clean(address.Redact(e.Text)))
	if room := max(20, p.app.Columns-len(bar)-2); len(text) > room {
		text = text[:room]
	}
	p.line = true
	fmt.Fprintf(p.app.Stderr, "\r\x1b[K%s%s", bar, string(text))
}

func (p *buildProgress) whose() string {
	if p.name == "" {
		return ""
	}
	return " for " + findings.Clean(p.name)
}

func (p *buildProgress) how() string {
	if p.spec == nil {
		return ""
	}
	return fmt.Sprintf(" (%s, Python %s)", p.spec.Backend, strings.TrimLeft(p.spec.Python.Version, "="))
}

// waiting tells that another process makes the same environment.
func (p *buildProgress) waiting() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.app.Stderr, "imjoy: waiting for another process that uses the environment%s\n", p.whose())
}

// done tells what was made, and what was left out.
func (p *buildProgress) done(env *pyenv.Environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	if p.start.IsZero() {
		return
	}
	for _, why := range env.Left {
		fmt.Fprintf(p.app.Stderr, "imjoy: %s\n", findings.Clean(why))
	}
	fmt.Fprintf(p.app.Stderr, "imjoy: installed %s in %.1f s\n", counted(len(env.Resolved.Packages)+len(env.Resolved.Conda), "package"), p.app.Now().Sub(p.start).Seconds())
}

func (p *buildProgress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

func (p *buildProgress) erase() {
	if p.line {
		fmt.Fprint(p.app.Stderr, "\r\x1b[K")
		p.line = false
	}
}

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

// buildProgress shows how an environment is made: one line that changes on a terminal;
// elsewhere a line at the beginning, one at the end, and while it takes long one every so
// often, also when nothing new happens. An environment that is there already shows
// nothing, and with --progress none, or --quiet, none does.
type buildProgress struct {
	app   *App
	name  string
	spec  *pyenv.Spec
	every time.Duration // of lines where there is no terminal; 0 for none

	mu    sync.Mutex
	start time.Time // of the first event
	line  bool      // something stands on the terminal's line
	last  string    // the last event
	stop  func()    // ends the lines
}

// newBuildProgress shows what is made for a plugin, until done or clear.
func (a *App) newBuildProgress(name string) *buildProgress {
	return &buildProgress{app: a, name: name, every: lineEvery}
}

const barWidth = 20

func (p *buildProgress) show(e pyenv.Event) {
	if p.silent() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = p.app.Now()
		p.erase()
		fmt.Fprintf(p.app.Stderr, "imjoy: making a Python environment%s%s\n", p.whose(), p.how())
	}
	if !p.app.StderrTTY || p.app.Progress == "plain" {
		p.note(e)
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

func (p *buildProgress) silent() bool { return p.app.Progress == "none" }

// note keeps what is going on for the next line.
func (p *buildProgress) note(e pyenv.Event) {
	p.last = findings.Clean(address.Redact(e.Text))
	if e.Total > 0 {
		p.last = fmt.Sprintf("%d of %d, %s", e.Done, e.Total, p.last)
	}
	if p.every == 0 || p.stop != nil {
		return
	}
	ended := make(chan struct{})
	p.stop = sync.OnceFunc(func() { close(ended) })
	go p.tell(ended)
}

// tell writes a line every so often.
func (p *buildProgress) tell(ended <-chan struct{}) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		select {
		case <-ended: // meanwhile
		default:
			fmt.Fprintf(p.app.Stderr, "imjoy: %.0f s: %s\n", p.app.Now().Sub(p.start).Seconds(), p.last)
		}
		p.mu.Unlock()
	}
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
	if p.silent() {
		return
	}
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
	if p.start.IsZero() { // nothing was made, or nobody wants to know
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

// erase ends what stands there, and what would come.
func (p *buildProgress) erase() {
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
	if p.line {
		fmt.Fprint(p.app.Stderr, "\r\x1b[K")
		p.line = false
	}
}

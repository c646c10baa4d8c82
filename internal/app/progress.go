package app

import (
	"fmt"
	"io"
	"path"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// progress shows what is being fetched: on one line of stderr that changes, when that is
// a terminal, else as a line now and then while it takes long. Short downloads show
// nothing. With plain each download is one line.
type progress struct {
	w     io.Writer // nil: no terminal, or nobody wants to know
	slow  io.Writer // a line now and then; nil for none
	plain io.Writer // a line for each download; nil for none
	now   func() time.Time

	mu    sync.Mutex
	start time.Time
	last  time.Time
	shown bool
}

const (
	progressDelay = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
	// Without a terminal there is a line when something takes this long, and then so often.
	lineDelay = 3 * time.Second
	lineEvery = 10 * time.Second
)

func (a *App) newProgress() *progress {
	p := &progress{now: a.Now, start: a.Now()}
	switch {
	case a.Progress == "plain":
		p.plain = a.Stderr
	case a.Progress == "none":
	case a.StderrTTY:
		p.w = a.Stderr
	default:
		p.slow = a.Stderr
	}
	return p
}

func (p *progress) show(url string, done, total int64) {
	if p.w == nil && p.slow == nil {
		return
	}
	delay, every := progressDelay, progressEvery
	if p.w == nil {
		delay, every = lineDelay, lineEvery
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.start) < delay || now.Sub(p.last) < every {
		return
	}
	p.last = now
	unit, of := "kB", ""
	size := 1e3
	if max(done, total) >= 1e6 {
		unit, size = "MB", 1e6
	}
	if total > 0 {
		of = fmt.Sprintf(" of %.1f", float64(total)/size)
	}
	text := fmt.Sprintf("fetch %.60s  %.1f%s %s", findings.Clean(path.Base(address.Redact(url))), float64(done)/size, of, unit)
	if p.w == nil {
		fmt.Fprintf(p.slow, "imjoy: %s\n", text)
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[K%s", text)
}

// done tells of a download that is complete.
func (p *progress) done(url string, size int64) {
	if p.plain == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.plain, "fetched %s (%d bytes)\n", findings.Clean(address.Redact(url)), size)
}

func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

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

// progress shows what is being fetched on one line of stderr, when that is a
// terminal. Short downloads show nothing. With plain each download is one line.
type progress struct {
	w     io.Writer // nil when there is nobody to look
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
)

func (a *App) newProgress() *progress {
	p := &progress{now: a.Now}
	if a.Progress == "plain" {
		p.plain = a.Stderr
		return p
	}
	if a.StderrTTY && a.Progress != "none" {
		p.w = a.Stderr
		p.start = a.Now()
	}
	return p
}

func (p *progress) show(url string, done, total int64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.start) < progressDelay || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	unit, of := "kB", ""
	size := 1e3
	if max(done, total) >= 1e6 {
		unit, size = "MB", 1e6
	}
	if total > 0 {
		of = fmt.Sprintf(" of %.1f", float64(total)/size)
	}
	fmt.Fprintf(p.w, "\r\x1b[Kfetch %.60s  %.1f%s %s", findings.Clean(path.Base(address.Redact(url))), float64(done)/size, of, unit)
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

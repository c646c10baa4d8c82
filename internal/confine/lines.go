package confine

import (
	"bytes"
	"fmt"
	"sync"
	"time"
)

const (
	// maxLine is the longest line handed on, in bytes; a longer one is cut.
	maxLine = 64 << 10
	// maxLinesPerSecond bounds how fast a child can make others work.
	maxLinesPerSecond = 10_000
)

// Lines is a writer that hands on what is written to it line by line, without the
// line's end. Very long lines are cut into pieces, and lines that come faster than
// 10,000 a second are left away and counted.
type Lines struct {
	mu      sync.Mutex
	each    func(line string)
	part    []byte
	second  time.Time
	count   int
	dropped int
}

// NewLines returns a writer that calls each for every line, one call at a time.
func NewLines(each func(line string)) *Lines { return &Lines{each: each} }

// Write never fails.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(p)
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		piece := p
		if end >= 0 {
			piece = p[:end]
		}
		if room := maxLine - len(l.part); len(piece) > room {
			piece, end = piece[:room], -1
		}
		l.part = append(l.part, piece...)
		p = p[len(piece):]
		if end >= 0 {
			p = p[1:]
		}
		if end >= 0 || len(l.part) == maxLine {
			l.emit()
		}
	}
	return n, nil
}

// Flush hands on a last line that has no end.
func (l *Lines) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.part) > 0 {
		l.emit()
	}
	l.reportDropped()
}

func (l *Lines) emit() {
	line := string(bytes.TrimSuffix(l.part, []byte("\r")))
	l.part = l.part[:0]
	if now := time.Now(); now.Sub(l.second) >= time.Second {
		l.second, l.count = now, 0
		l.reportDropped()
	}
	if l.count++; l.count > maxLinesPerSecond {
		l.dropped++
		return
	}
	l.each(line)
}

func (l *Lines) reportDropped() {
	if l.dropped > 0 {
		l.each(fmt.Sprintf("(%d lines left away: more than %d a second)", l.dropped, maxLinesPerSecond))
		l.dropped = 0
	}
}

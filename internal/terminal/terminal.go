package terminal

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/workspace"
)

// Options describe a terminal.
type Options struct {
	In  io.Reader
	Out io.Writer // stderr: stdout is for results
	// Ask is true when a person reads Out and types into In.
	Ask bool
	// Live is true when Out is a terminal: progress is redrawn on one line.
	Live bool
	// Color allows ANSI colours.
	Color bool
	// Columns is the width of Out, for lines that are redrawn; 0 means 80.
	Columns int
	// Quiet keeps logs, status and progress back; questions and errors remain.
	Quiet bool
	// Answers are given to questions before anybody is asked.
	Answers []Answer
	// Problem draws an error that a plugin did not handle.
	Problem func(error)
}

// Terminal is a person at a terminal, or the lack of one. It is safe for concurrent
// use: lines never mix, and one question is asked at a time.
type Terminal struct {
	o  Options
	in *bufio.Reader

	answers answers
	asking  sync.Mutex // held while a person is asked
	lines   chan line  // what was typed, made on the first question
	mu      sync.Mutex // guards out
	status  string     // the line that is being redrawn, "" when none
}

var (
	_ engine.Dialogs = (*Terminal)(nil)
	_ engine.Log     = (*Terminal)(nil)
)

// New returns a terminal.
func New(o Options) *Terminal {
	return &Terminal{o: o, in: bufio.NewReader(o.In), answers: answers{list: o.Answers, used: make([]bool, len(o.Answers))}}
}

// Frontend returns the terminal as a workspace wants it; files are the caller's.
func (t *Terminal) Frontend(files engine.Files) workspace.Frontend {
	return workspace.Frontend{Dialogs: t, Log: t, Files: files}
}

// Say writes one line of the program's own.
func (t *Terminal) Say(format string, args ...any) {
	t.print(fmt.Sprintf(format, args...))
}

// Close ends a status line that is still shown.
func (t *Terminal) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
}

func (t *Terminal) print(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	fmt.Fprintln(t.o.Out, text)
}

// replace draws the status line of a plugin; where lines cannot be redrawn, each is a
// line. A line that is redrawn must not wrap.
func (t *Terminal) replace(plugin, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if plugin+text == t.status {
		return
	}
	t.status = plugin + text
	if !t.o.Live {
		fmt.Fprintln(t.o.Out, t.from(plugin)+text)
		return
	}
	room := t.columns() - 1 - utf8.RuneCountInString(findings.Clean(plugin)+": ")
	fmt.Fprintf(t.o.Out, "\r\x1b[K%s%s", t.from(plugin), cut(text, max(room, 1)))
}

func (t *Terminal) columns() int {
	if t.o.Columns > 0 {
		return t.o.Columns
	}
	return 80
}

// cut keeps the first runes of a text and shows that there were more.
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}

// clear needs the lock.
func (t *Terminal) clear() {
	if t.status != "" && t.o.Live {
		fmt.Fprint(t.o.Out, "\r\x1b[K")
	}
	t.status = ""
}

func (t *Terminal) paint(code, text string) string {
	if !t.o.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// clean makes each line of a plugin's text harmless.
func clean(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = findings.Clean(strings.TrimSuffix(lines[i], "\r"))
	}
	return strings.Join(lines, "\n")
}

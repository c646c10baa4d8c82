package lintcache

import (
	"io"
	"slices"
	"sync"
	"time"
)

// A Witness notes all that a run looks at and writes, so that a later run which would see
// the same can say the same at once. Whoever looks at something that is not in the [Key]
// of the run tells the witness before: a path, or a question about the machine. What
// cannot be noted is refused, and then the run is not kept.
//
// A nil Witness notes nothing. It is safe for concurrent use.
type Witness struct {
	start  time.Time
	before *Before

	mu      sync.Mutex
	states  map[string]state  // by absolute path
	notes   map[string][]byte // by path
	news    bool              // there are notes that the run before did not have
	answers map[string]string // by question
	output  []Chunk
	size    int
	refused bool
}

// NewWitness returns a witness of a run that starts now, by the machine's clock, and
// before which Replay found out what it could.
func NewWitness(now time.Time, before *Before) *Witness {
	return &Witness{start: now, before: before, states: map[string]state{}, notes: map[string][]byte{}, answers: map[string]string{}}
}

// Path notes that the run will look at an absolute path: a file that it reads, a folder
// whose names it reads, or whether anything is there.
func (w *Witness) Path(path string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	_, known := w.states[path]
	full := len(w.states) >= maxPaths
	w.mu.Unlock()
	if known {
		return // Keep compares with how it was first
	}
	s, ok := w.stateOf(path)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !ok || full {
		w.refused = true
		return
	}
	if _, known := w.states[path]; !known {
		w.states[path] = s
	}
}

// stateOf returns the state of a path, which [Replay] may have seen a moment ago.
func (w *Witness) stateOf(path string) (state, bool) {
	if known, ok := w.before.of(path); ok {
		return known.now, true
	}
	return stateOf(path)
}

// Answer notes what the machine answers to a question. It has one answer during a run.
func (w *Witness) Answer(question, answer string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if before, known := w.answers[question]; known && before != answer {
		w.refused = true
	}
	w.answers[question] = answer
}

// Refuse notes that the run depends on something else.
func (w *Witness) Refuse() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = true
}

// Stdout returns a writer that notes what is written to stdout.
func (w *Witness) Stdout(stdout io.Writer) io.Writer { return noted{w, stdout, false} }

// Stderr returns a writer that notes what is written to stderr.
func (w *Witness) Stderr(stderr io.Writer) io.Writer { return noted{w, stderr, true} }

type noted struct {
	witness *Witness
	to      io.Writer
	stderr  bool
}

func (n noted) Write(text []byte) (int, error) {
	written, err := n.to.Write(text)
	if err != nil {
		n.witness.Refuse()
	}
	n.witness.wrote(n.stderr, text[:written])
	return written, err
}

// wrote notes what was written.
func (w *Witness) wrote(stderr bool, text []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size += len(text); w.size > maxRunBytes {
		w.refused, w.output = true, nil
		return
	}
	if last := len(w.output) - 1; last >= 0 && w.output[last].Stderr == stderr {
		w.output[last].Text = append(w.output[last].Text, text...)
		return
	}
	w.output = append(w.output, Chunk{stderr, slices.Clone(text)})
}

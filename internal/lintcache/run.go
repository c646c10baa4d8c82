package lintcache

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"
)

// A Run is what a whole run of the program wrote, and how it ended.
type Run struct {
	Exit   int
	Output []Chunk // in the order in which it was written
}

// Chunk is text that was written to one of the two streams.
type Chunk struct {
	Stderr bool
	Text   []byte
}

// runSuffix is how the names of files with a run end.
const runSuffix = ".run"

// runMagic begins such a file. The key, whether the run may be replayed, what a
// [Witness] noted, and the run follow, and a checksum of all before.
const runMagic = "imjoy run 2\n"

func runFile(dir string, key Key) string {
	return filepath.Join(dir, hex.EncodeToString(key[:16])+runSuffix)
}

// Replay returns the run that was kept for a key, if all that it looked at is as it was:
// each path has the state it had, and ask gives each question the answer it had. Otherwise
// the run is nil, and what is known of the paths helps the run that has to be made.
func Replay(dir string, key Key, ask func(question string) string) (*Run, *Before) {
	r, ok := readRun(runFile(dir, key), key)
	if !ok {
		return nil, nil
	}
	same := r.bool()
	for range r.count() {
		question, answer := r.text(), r.text()
		same = same && r.err == nil && ask(question) == answer
	}
	paths := make([]string, r.count())
	looked := make([]before, len(paths))
	for i := range paths {
		paths[i] = r.text()
		looked[i] = r.before(paths[i])
		same = same && looked[i].same
	}
	run := &Run{Exit: r.int()}
	for range r.count() {
		run.Output = append(run.Output, Chunk{r.bool(), r.bytes()})
	}
	switch {
	case r.err != nil || len(r.in) > 0:
		return nil, nil
	case same:
		return run, nil
	}
	known := make(map[string]before, len(paths))
	for i, path := range paths {
		if looked[i].told {
			known[path] = looked[i]
		}
	}
	return nil, &Before{known}
}

// before reads the state and the note of a path and looks how it is now.
func (r *reader) before(path string) (b before) {
	then := r.bytes()
	b.note = r.bytes()
	if r.err == nil {
		b.now, b.told = stateOf(path)
		b.same = b.told && string(b.now[:]) == string(then)
	}
	return b
}

// readRun reads a file up to where the witness' notes begin.
func readRun(file string, key Key) (*reader, bool) {
	text, err := os.ReadFile(file)
	if err != nil || len(text) < len(runMagic)+keyBytes+4 || len(text) > maxRunBytes {
		return nil, false
	}
	body, sum := text[:len(text)-4], binary.LittleEndian.Uint32(text[len(text)-4:])
	head := runMagic + string(key[:])
	if string(body[:len(head)]) != head || checksum(body) != sum {
		return nil, false
	}
	return &reader{in: body[len(head):]}, true
}

// Keep keeps what was written for a key, if nothing that was looked at changed since, or
// so shortly before the run that a change could go unseen. A run that is not kept, for
// whatever reason, has to be made again; then only what was newly noted of paths is kept.
func (w *Witness) Keep(dir string, key Key, exit int, now time.Time) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	whole := w.settled()
	switch {
	case w.refused, !whole && !w.news, whole && !w.unchanged():
		return
	}
	out := writer{out: append([]byte(runMagic), key[:]...)}
	out.bool(whole)
	out.int(len(w.answers))
	for question, answer := range w.answers {
		out.text(question)
		out.text(answer)
	}
	out.int(len(w.states))
	for path, state := range w.states {
		if !state.settled(w.start) {
			state = untrusted
		}
		out.text(path)
		out.text(string(state[:]))
		out.text(string(w.notes[path]))
	}
	out.int(exit)
	if !whole {
		w.output = nil
	}
	out.int(len(w.output))
	for _, c := range w.output {
		out.bool(c.Stderr)
		out.text(string(c.Text))
	}
	if text := binary.LittleEndian.AppendUint32(out.out, checksum(out.out)); len(text) <= maxRunBytes {
		replace(runFile(dir, key), text, now)
	}
}

// settled reports whether a change of any path since the run began would show.
func (w *Witness) settled() bool {
	for _, state := range w.states {
		if !state.settled(w.start) {
			return false
		}
	}
	return true
}

// unchanged reports whether all paths are as they were when they were first looked at.
func (w *Witness) unchanged() bool {
	for path, before := range w.states {
		if now, ok := stateOf(path); !ok || now != before {
			return false
		}
	}
	return true
}

package lintcache

// Before is what an earlier run with the same key noted of the paths that it looked at,
// and how they are now. A nil Before knows nothing.
type Before struct{ paths map[string]before }

// before is a path that an earlier run looked at.
type before struct {
	now  state
	told bool   // that could be told
	same bool   // it has the state that it had then
	note []byte // see Witness.Note
}

// of returns what is known of a path; ok is false for nothing.
func (b *Before) of(path string) (found before, ok bool) {
	if b == nil {
		return before{}, false
	}
	found, ok = b.paths[path]
	return found, ok
}

// Note keeps something that was read off a path and nothing else, such as the names in a
// folder. The witness must have been told of the path before it was read.
func (w *Witness) Note(path string, note []byte) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes[path], w.news = note, true
}

// Noted returns what an earlier run noted of a path that did not change since. It must
// not be modified. Like a note it is only asked for once the witness knows the path; one
// that refused the run, which may last, knows nothing.
func (w *Witness) Noted(path string) (note []byte, ok bool) {
	if w == nil {
		return nil, false
	}
	found, ok := w.before.of(path)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !ok || !found.same || len(found.note) == 0 || w.refused {
		return nil, false
	}
	w.notes[path] = found.note
	return found.note, true
}

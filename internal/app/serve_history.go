package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/repository/address"
)

// maxRuns is how many runs a workspace remembers.
const maxRuns = 500

// historyEntry is one run: what was run, of which text, and the command that repeats it.
type historyEntry struct {
	ID           int64     `json:"id,omitempty"` // names the file with what it got and answered
	At           time.Time `json:"at"`
	Plugin       string    `json:"plugin"`
	Name         string    `json:"name"`
	Tag          string    `json:"tag,omitempty"`
	Op           string    `json:"op,omitempty"`
	Hash         string    `json:"hash"`
	Command      string    `json:"command"`
	Milliseconds int64     `json:"milliseconds"`
	Failed       bool      `json:"failed,omitempty"`
	Kept         bool      `json:"kept,omitempty"`
}

// history is the runs of a workspace, kept in a file that is replaced at each change.
type history struct {
	path string

	mu   sync.Mutex
	runs []historyEntry
}

// workspaceFile is where a workspace of this name is kept; "" when no place is known.
func (a *App) workspaceFile(name string) string {
	if dir := a.home(); dir != "" {
		return filepath.Join(dir, "workspaces", address.Slug(name)+".json")
	}
	return ""
}

func openHistory(path string, _ func() time.Time) *history {
	h := &history{path: path}
	var kept struct {
		Version int            `json:"version"`
		Runs    []historyEntry `json:"runs"`
	}
	text, err := os.ReadFile(path)
	switch {
	case err != nil: // a history that begins
	case json.Unmarshal(text, &kept) == nil && kept.Version == 1:
		h.runs = kept.Runs
	default: // of a newer program, or nobody knows: it is not ours to write over
		_ = os.Rename(path, path+".unread")
	}
	return h
}

// add remembers a run, with what it got and answered as far as that is not too large. It
// returns the id of what was kept, 0 when it was not, and the command that repeats the run.
func (h *history) add(e historyEntry, run *value.Object, repeat repeating) (kept int64, command string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.ID = e.At.UnixMicro()
	if n := len(h.runs); n > 0 {
		e.ID = max(e.ID, h.runs[n-1].ID+1)
	}
	e.Kept = h.keep(e.ID, run)
	e.Command = repeat.command(func(data []byte) string { return h.keepData(e.ID, data) })
	h.runs = append(h.runs, e)
	for len(h.runs) > maxRuns {
		h.forget(h.runs[0].ID)
		h.runs = h.runs[1:]
	}
	h.write()
	if e.Kept {
		kept = e.ID
	}
	return kept, e.Command
}

func (h *history) write() {
	if h.path == "" {
		return
	}
	if text, err := json.MarshalIndent(map[string]any{"version": 1, "runs": h.runs}, "", "  "); err == nil {
		_ = replaceFile(h.path, append(text, '\n')) // a history that cannot be kept keeps nobody from working
	}
}

// clear forgets the runs of a plugin, and says how many those were.
func (h *history) clear(plugin string) (forgotten int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = slices.DeleteFunc(h.runs, func(e historyEntry) bool {
		if e.Plugin != plugin {
			return false
		}
		h.forget(e.ID)
		forgotten++
		return true
	})
	h.write()
	return forgotten
}

// list answers the runs, newest first.
func (h *history) list() []historyEntry {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]historyEntry, 0, len(h.runs))
	for i := len(h.runs) - 1; i >= 0; i-- {
		out = append(out, h.runs[i])
	}
	return out
}

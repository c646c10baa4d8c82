package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/form"
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
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &kept) == nil && kept.Version == 1 {
		h.runs = kept.Runs
	}
	return h
}

// add remembers a run, with what it got and answered as far as that is not too large, and
// returns its id; 0 when that was not kept.
func (h *history) add(e historyEntry, run *value.Object) (kept int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.ID = e.At.UnixMicro()
	if n := len(h.runs); n > 0 {
		e.ID = max(e.ID, h.runs[n-1].ID+1)
	}
	e.Kept = h.keep(e.ID, run)
	h.runs = append(h.runs, e)
	for len(h.runs) > maxRuns {
		h.forget(h.runs[0].ID)
		h.runs = h.runs[1:]
	}
	h.write()
	if e.Kept {
		kept = e.ID
	}
	return kept
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

// commandOf is a command line that repeats a run. Files that the page handed over have
// only a name.
func commandOf(job server.Job, plan *tags.Plan, ui *form.Form) string {
	words := []string{"imjoy", "run", job.Plugin}
	if job.Op != "" {
		words = append(words, "--op", job.Op)
	}
	if plan.Tag != "" && len(plan.Tags) > 1 {
		words = append(words, "--tag", plan.Tag)
	}
	return commandLine(append(words, givenWords(job, ui)...))
}

// givenWords are the settings and the data of a job as words of a command.
func givenWords(job server.Job, ui *form.Form) (words []string) {
	for key, v := range job.Config.All() {
		field := ui.Field(key)
		if field != nil && equalJSON(field.Default, v) {
			continue
		}
		words = append(words, key+"="+plainText(v))
	}
	switch v := job.Data.(type) {
	case nil:
	case *value.File:
		words = append(words, v.Name)
	case []any:
		if files, ok := fileNames(v); ok {
			words = append(words, files...)
			break
		}
		words = append(words, "--data", jsonText(v))
	default:
		words = append(words, "--data", jsonText(v))
	}
	return words
}

func commandLine(words []string) string {
	for i, word := range words {
		words[i] = shellWord(word)
	}
	return strings.Join(words, " ")
}

func fileNames(list []any) (names []string, ok bool) {
	for _, item := range list {
		f, isFile := item.(*value.File)
		if !isFile {
			return nil, false
		}
		names = append(names, f.Name)
	}
	return names, len(names) > 0
}

func equalJSON(a, b any) bool { return jsonText(a) == jsonText(b) }

func plainText(v value.Value) string {
	if text, ok := v.(string); ok {
		return text
	}
	return jsonText(v)
}

func jsonText(v value.Value) string {
	text, err := value.JSON(v)
	if err != nil {
		return "null"
	}
	return string(text)
}

// shellWord quotes a word for a POSIX shell.
func shellWord(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// maxResumable is how many workflows that failed a page can go on with; the answers of
// their steps stay in memory.
const maxResumable = 4

// resumable is a run of a workflow that has not come to its end.
type resumable struct {
	id      int64
	entry   string      // the workflow's id in the list
	data    value.Value // what the person gave to its first step
	answers []StepResult
}

// resumables are the last runs that failed, the oldest first.
type resumables struct {
	mu   sync.Mutex
	last int64
	list []*resumable
}

// begin remembers a run from its start; what it answers is added while it runs.
func (r *resumables) begin(entry string, data value.Value) *resumable {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	run := &resumable{id: r.last, entry: entry, data: data}
	r.list = append(r.list, run)
	if len(r.list) > maxResumable {
		r.list = append([]*resumable(nil), r.list[1:]...) // the array behind it would keep the first
	}
	return run
}

func (r *resumables) add(run *resumable, answer StepResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.answers = append(run.answers, answer)
}

// forget drops a run that needs nobody to go on with it.
func (r *resumables) forget(run *resumable) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := []*resumable{}
	for _, one := range r.list {
		if one != run {
			kept = append(kept, one)
		}
	}
	r.list = kept
}

// find returns what a run of the workflow answered, and what it was given.
func (r *resumables) find(id int64, entry string) (answers []StepResult, data value.Value, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.list {
		if run.id == id && run.entry == entry {
			return append([]StepResult(nil), run.answers...), run.data, nil
		}
	}
	return nil, nil, fmt.Errorf("what the steps of that run answered is not kept any more: run the workflow from its start")
}

// key names what a step does as far as it depends on itself: its text, the plugin's, its
// settings, and the files that it names, by size and time. What it gets from steps before
// it is not part of it.
func (r *workflowRun) key(i int, config *value.Object) (string, error) {
	step, plan := r.w.Steps[i], r.w.Plans[i]
	settings, err := value.JSON(config)
	if err != nil {
		return "", err
	}
	files := []string{}
	_, named := step.Input.All()
	for _, f := range named {
		path, err := r.app.fileOfWorkflow(r.w.Dir, f, r.mayRead)
		if err != nil {
			continue // the step will say so
		}
		if info, err := os.Stat(path); err == nil {
			files = append(files, fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano()))
		}
	}
	text, err := json.Marshal([]any{string(step.Place.Source.Slice(step.Place.Span)), hashOf(plan), plan.Tag, string(settings), files})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// earlier is the answer of a step in the run before, if it would do the same again and all
// steps before it did not run either.
func (r *workflowRun) earlier(i int, key string) (StepResult, bool) {
	if i != r.reused || i >= len(r.o.Earlier) || r.o.Earlier[i].Key != key {
		return StepResult{}, false
	}
	r.reused++
	answer := r.o.Earlier[i]
	answer.Step, answer.Plan, answer.Reused = r.w.Steps[i], r.w.Plans[i], true
	return answer, true
}

package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// diary notes what happens to plugins.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(e workspace.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	line := fmt.Sprintf("%s %s", e.ID, e.Kind)
	if e.Err != nil {
		line += ": " + e.Err.Error()
	}
	d.lines = append(d.lines, line)
}

func (d *diary) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string{}, d.lines...)
}

// TestInstances opens one plugin several times: each has a state of its own, and an id
// by which it is found and ended.
func TestInstances(t *testing.T) {
	var d diary
	r := newRoom(t, map[string]string{"Count": "n: 0, next() { return ++this.n }, id() { return api.id }, exit() { api.log('exit ' + api.id) }"}, func(o *workspace.Options) { o.Watch = d.note })
	one, err := r.Plugin(t.Context(), r.plans["Count"])
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.Instance(t.Context(), r.plans["Count"], nil)
	if err != nil {
		t.Fatal(err)
	}
	three, err := r.Instance(t.Context(), r.plans["Count"], nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []*engine.Plugin{one, two, three, two, two} {
		want := []float64{1, 1, 1, 2, 3}[i]
		if v, err := p.Call(t.Context(), "next"); v != want || err != nil {
			t.Errorf("%d: %v %v, want %v", i, v, err, want)
		}
	}
	if v, err := three.Call(t.Context(), "id"); v != three.ID() || three.ID() == two.ID() || err != nil {
		t.Errorf("id: %v %v", v, err)
	}
	if again, _ := r.Plugin(t.Context(), r.plans["Count"]); again != one || r.Find(two.ID()) != two || r.Find("Count") != one || r.Find("none") != nil || len(r.Plugins()) != 3 {
		t.Error("plugins are not found by their ids")
	}
	if err := r.Unload(t.Context(), two.ID()); err != nil {
		t.Error(err)
	}
	if r.Find(two.ID()) != nil || len(r.Plugins()) != 2 {
		t.Error("a plugin that was unloaded is found")
	}
	var missing *workspace.NotFoundError
	if err := r.Unload(t.Context(), two.ID()); !errors.As(err, &missing) {
		t.Errorf("unloaded again: %v", err)
	}
	if err := r.Unload(t.Context(), "Count"); err != nil {
		t.Error(err)
	}
	if fresh, err := r.Plugin(t.Context(), r.plans["Count"]); err != nil || fresh == one {
		t.Errorf("an unloaded plugin is not opened again: %v", err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"Count: exit Count#1", "Count: exit Count", "Count: exit Count", "Count: exit Count#2"}, r.lines()); diff != "" {
		t.Error(diff)
	}
	want := []string{"Count opened", "Count#1 opened", "Count#2 opened", "Count#1 closed", "Count closed", "Count opened", "Count closed", "Count#2 closed"}
	if diff := cmp.Diff(want, d.all()); diff != "" {
		t.Error(diff)
	}
}

// TestWatchTellsFailures: of a plugin that cannot be opened, and of one that ends by
// itself.
func TestWatchTellsFailures(t *testing.T) {
	var d diary
	r := newRoom(t, map[string]string{"Bad": "setup() { throw new Error('no') }", "Hang": "run() { for (;;); }"}, func(o *workspace.Options) {
		o.Watch, o.Runtimes, o.Limits.Timeout = d.note, []engine.Runtime{engine.Worker()}, 500*time.Millisecond
	})
	if _, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Bad"]}); err == nil {
		t.Error("it was opened")
	}
	if _, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Hang"]}); err == nil {
		t.Error("it ended")
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	want := []string{"Bad opened: no", "Hang opened", `Hang closed: plugin "Hang" ran out of time: it worked for more than 500ms`}
	if diff := cmp.Diff(want, d.all()); diff != "" {
		t.Error(diff)
	}
}

// pages runs window plugins in this process, as a browser would in a page.
type pages struct{ engine.Runtime }

func (pages) Name() string { return tags.Browser }

// TestWindowsAreInstances opens a window plugin twice where a runtime shows it: each is
// one of its own, found by name and type, and run with its data.
func TestWindowsAreInstances(t *testing.T) {
	window := parsed(t, "w", []byte("<config lang=\"json\">\n{\"name\": \"View\", \"type\": \"window\", \"version\": \"0.1.0\", \"api_version\": \"0.1.8\"}\n</config>\n<window><p></p></window>\n<script lang=\"javascript\">let shown\napi.export({ setup() {}, run(ctx) { shown = ctx.data }, shows() { return shown } })</script>\n"))
	r := newRoom(t, map[string]string{"Opener": `
		async run() {
			const a = await api.createWindow({name: 'a', type: 'View', data: 1})
			const b = await api.createWindow({name: 'b', type: 'View', data: {x: 2}})
			const c = await api.run('View', {data: 3})
			const d = await (await api.getPlugin('View')).run({data: 4})
			const found = await api.getWindow('a')
			return [await a.shows(), (await b.shows()).x, await c.shows(), await d.shows(), await found.shows(), await api.getWindow('none')]
		},
		plain() { return api.createWindow({type: 'Opener'}) },
		unknown() { return api.createWindow({type: 'Nothing'}) }`}, func(o *workspace.Options) {
		o.Runtimes = []engine.Runtime{engine.InProcess(), pages{engine.InProcess()}}
	})
	r.plans["View"] = window
	result, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Opener"]})
	if text, _ := value.JSON(result.Value); err != nil || string(text) != "[1,2,3,4,1,null]" {
		t.Errorf("%s %v", text, err)
	}
	for method, want := range map[string]string{"plain": "only a window plugin opens", "unknown": `there is no plugin "Nothing"`} {
		if _, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Opener"], Method: method}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// TestCallbacksAreReleased gives away, in its long form, more functions than a connection
// may hold at once: those that nobody refers to any more are gone on the side that gave
// them. One that the other plugin keeps still works when the call is long over.
func TestCallbacksAreReleased(t *testing.T) {
	rounds := 3
	if os.Getenv("IMJOY_LONG") != "" {
		rounds = 120 // of a thousand: more than wire.MaxFunctions
	}
	const taker = "take(list) { return list.length }, keep(f) { this.f = f }, use(x) { return this.f(x) }"
	r := newRoom(t, map[string]string{"Taker": taker, "Giver": fmt.Sprintf(`
		async run() {
			const other = await api.getPlugin('Taker')
			await other.keep(x => x + 1)
			let given = 0
			for (let i = 0; i < %d; i++) given += await other.take(Array.from({length: 1000}, (_, k) => () => k))
			return [given, await other.use(1)]
		}`, rounds)})
	result, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Giver"]})
	if text, _ := value.JSON(result.Value); err != nil || string(text) != fmt.Sprintf("[%d000,2]", rounds) {
		t.Errorf("%s %v", text, err)
	}
}

// TestARunIsCanceled ends a job that works, and leaves the workspace usable.
func TestARunIsCanceled(t *testing.T) {
	r := newRoom(t, map[string]string{"Slow": "async run() { await api.utils.sleep(60) }, ok() { return 1 }"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := r.Run(ctx, workspace.Job{Plan: r.plans["Slow"]}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if result, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Slow"], Method: "ok"}); result.Value != 1.0 || err != nil {
		t.Errorf("after that: %v %v", result.Value, err)
	}
}

// TestRenew ends what runs under the name of a plan only when its text is another.
func TestRenew(t *testing.T) {
	r := newRoom(t, map[string]string{"Version": "run() { return 1 }"})
	answer := func(plan *tags.Plan) any {
		t.Helper()
		if err := r.Renew(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		result, err := r.Run(t.Context(), workspace.Job{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		return result.Value
	}
	first, second := r.plans["Version"], servicePlan(t, "Version", "", "run() { return 2 }")
	if got := answer(first); got != 1.0 {
		t.Errorf("the first answers %v", got)
	}
	running := r.Find("Version")
	same := servicePlan(t, "Version", "", "run() { return 1 }")
	if got := answer(same); got != 1.0 || r.Find("Version") != running {
		t.Errorf("the same text answers %v, and runs anew: %v", got, r.Find("Version") != running)
	}
	if got := answer(second); got != 2.0 {
		t.Errorf("the second answers %v", got)
	}
	if got := answer(first); got != 1.0 {
		t.Errorf("the first again answers %v", got)
	}
}

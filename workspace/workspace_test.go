package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/ndarray"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/workspace"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if engine.ServeWorker(os.Args) {
		return
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/imjoy-tools/imjoy/internal/confine.serveStarts"))
}

// room is a workspace whose plugins find each other by name, with what they say.
type room struct {
	*workspace.Workspace
	t     *testing.T
	plans map[string]*tags.Plan

	mu    sync.Mutex
	said  []string
	finds []string
}

// newRoom makes plugins of scripts: name -> members of what it exports.
func newRoom(t *testing.T, scripts map[string]string, change ...func(*workspace.Options)) *room {
	r := &room{t: t, plans: map[string]*tags.Plan{}}
	for name, members := range scripts {
		r.plans[name] = servicePlan(t, name, "", members)
	}
	o := workspace.Options{Find: r.find, Frontend: workspace.Frontend{Log: r}}
	for _, f := range change {
		f(&o)
	}
	r.Workspace = workspace.Open(o)
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	return r
}

func (r *room) find(_ context.Context, asker *engine.Plugin, want engine.Wanted) (*tags.Plan, error) {
	name := want.Name
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finds = append(r.finds, asker.Name()+" asks for "+name)
	if plan := r.plans[name]; plan != nil {
		return plan, nil
	}
	return nil, &workspace.NotFoundError{Name: name}
}

func (r *room) Write(record engine.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, record.Plugin+": "+record.Text)
}

func (r *room) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.said...)
}

func (r *room) run(name string) string { return serviceRun(r.t, r.Workspace, r.plans[name], "") }

func TestOnePluginOfAName(t *testing.T) {
	r := newRoom(t, map[string]string{
		"Counter": `async setup() { await api.log("setup"); await api.utils.sleep(0.02); this.n = 0 }, next() { return ++this.n }`,
		"Two":     `async run() { const [a, b] = await Promise.all([api.getPlugin("Counter"), api.getPlugin("Counter")]); return [await a.next(), await b.next()] }`,
		"More":    `async run() { return await (await api.getPlugin("Counter")).next() }`,
	})
	if got := r.run("Two"); got != "[1,2]" {
		t.Error(got)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := r.Plugin(t.Context(), r.plans["More"]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := r.run("More"); got != "3" {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"Counter: setup"}, r.lines()); diff != "" {
		t.Error(diff)
	}
}

// Opening a plugin calls its setup; a job that asks for it does not call it again.
func TestSetupIsCalledOnce(t *testing.T) {
	r := newRoom(t, map[string]string{"Counter": `async setup(...args) { await api.log("setup with " + args.length) }`})
	for _, args := range [][]value.Value{nil, {}} {
		if _, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["Counter"], Method: "setup", Args: args}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"Counter: setup with 0", "Counter: setup with 0"}, r.lines()); diff != "" {
		t.Error(diff) // when it opens, and with arguments given, though none
	}
}

func TestRunningPluginsAreFoundFirst(t *testing.T) {
	r := newRoom(t, map[string]string{
		"A": `async run() { return (await api.getPlugin("B")).config.name }`,
		"B": `run() {}`,
		"C": `async run() { return [(await api.getPlugin("A")).config.name, await api.getPlugin("Z").catch(e => e.message)] }`,
	})
	if got := r.run("A") + r.run("A") + r.run("C"); got != `"B""B"["A","api.getPlugin: there is no plugin \"Z\": it is no dependency, lies in no file beside the plugin, and is not installed"]` {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"A asks for B", "C asks for Z"}, r.finds); diff != "" {
		t.Error(diff)
	}
	alone := newRoom(t, map[string]string{"A": `run() { return api.getPlugin("B") }`}, func(o *workspace.Options) { o.Find = nil })
	if got := alone.run("A"); !strings.Contains(got, `no plugin "B"`) {
		t.Error(got)
	}
}

// Rings are found whoever comes first, also when a plugin waits for several at once.
func TestPluginsThatWaitForEachOther(t *testing.T) {
	for name, scripts := range map[string]map[string]string{
		"itself":     {"A": `async setup() { await api.getPlugin("A") }, run() {}`},
		"two":        {"A": `async setup() { await api.getPlugin("B") }, run() {}`, "B": `async setup() { await api.getPlugin("A") }`},
		"three":      {"A": `async setup() { await api.getPlugin("B") }, run() {}`, "B": `async setup() { await api.getPlugin("C") }`, "C": `async setup() { await api.getPlugin("A") }`},
		"one of two": {"A": `async setup() { await Promise.all([api.getPlugin("B"), api.getPlugin("C")]) }, run() {}`, "B": `async setup() { await api.utils.sleep(0.02); await api.getPlugin("A") }`, "C": `async setup() { await api.utils.sleep(0.2) }`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, scripts)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := r.Run(ctx, workspace.Job{Plan: r.plans["A"]})
			if err == nil || !strings.Contains(err.Error(), "wait for each other in their setup") || !strings.Contains(err.Error(), "-> A") {
				t.Errorf("got %v", err)
			}
			if err := r.Close(ctx); err != nil { // nothing is left that nobody finishes
				t.Error(err)
			}
		})
	}
	// Asking back after the setup is no ring.
	r := newRoom(t, map[string]string{
		"A": `async run() { return (await api.getPlugin("B")).run() }, name() { return "a" }`,
		"B": `async setup() { this.a = await api.getPlugin("A") }, run() { return this.a.name() }`,
	})
	if got := r.run("A"); got != `"a"` {
		t.Error(got)
	}
}

// A plugin ends before those it uses; one whose exit throws keeps nobody from ending.
func TestOrderOfTheEnd(t *testing.T) {
	exit := `exit() { api.log("exit") }`
	r := newRoom(t, map[string]string{
		"Base":  exit,
		"Early": `async setup() { this.base = await api.getPlugin("Base") }, async exit() { await this.base.exit(); throw new Error("no") }`,
		"Top":   `async run() { await api.getPlugin("Base"); await api.getPlugin("Early"); await api.getPlugin("Late") }, ` + exit,
		"Late":  exit,
	})
	if got := r.run("Top"); got != "null" {
		t.Fatal(got)
	}
	err := r.Close(t.Context())
	var thrown *engine.ScriptError
	if !errors.As(err, &thrown) || !strings.Contains(err.Error(), `end plugin "Early": `) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"Top: exit", "Late: exit", "Base: exit", "Base: exit"}, r.lines()); diff != "" {
		t.Error(diff)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := r.Plugin(t.Context(), r.plans["Top"]); !errors.Is(err, workspace.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// What died is opened again for the next who asks; what could not start is no obstacle.
func TestDeadPluginsAreReplaced(t *testing.T) {
	r := newRoom(t, map[string]string{
		"Weak": `deep() { const f = () => f() + 1; return f() }, name() { return "alive" }`,
		"User": `async run() {
			const first = await api.getPlugin("Weak");
			const died = await first.deep().catch(e => "died");
			return [died, await (await api.getPlugin("Weak")).name(), await first.name().catch(e => "gone")];
		}`,
		"Moody": `async setup() { if (!(await api.getConfig("mood"))) { await api.setConfig("mood", 1); throw new Error("bad mood") } }, run() { return "fine" }`,
	})
	if got := r.run("User"); got != `["died","alive","gone"]` {
		t.Error(got)
	}
	if got := r.run("Moody") + r.run("Moody"); got != `error: bad mood"fine"` {
		t.Error(got)
	}
}

func TestAllowIsAskedFirst(t *testing.T) {
	refused := errors.New("not this one")
	r := newRoom(t, map[string]string{"A": `run() { return api.getPlugin("B").catch(e => e.message) }`, "B": `setup() { api.log("started") }`}, func(o *workspace.Options) {
		o.Allow = func(_ context.Context, plan *tags.Plan) (permission.Set, error) {
			if plan.Name == "B" {
				return permission.Set{}, refused
			}
			return permission.Set{}, nil
		}
	})
	if got := r.run("A"); got != `"api.getPlugin: not this one"` || len(r.lines()) != 0 {
		t.Errorf("%s, %q", got, r.lines())
	}
	if _, err := r.Run(t.Context(), workspace.Job{Plan: r.plans["B"]}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

func TestEvents(t *testing.T) {
	r := newRoom(t, map[string]string{
		"Listener": `
			async setup() {
				this.got = [];
				await api.on("count", x => this.got.push(x));
				await api.on("camera.*", x => this.got.push("camera " + x));
				await api.on("count", async x => { await api.utils.sleep(0.001); throw new Error("slow") });
			},
			async stop() { await api.off("count") },
			async late() { await api.on("kept", x => this.got.push("kept " + x)) },
			all() { return this.got }`,
		"Sender": `async run() {
			const l = await api.getPlugin("Listener");
			const heard = async x => { while (!(await l.all()).includes(x)) await api.utils.sleep(0.01) };
			for (let i = 0; i < 50; i++) api.emit("count", i);
			api.emit("camera.on", 1); api.emit("camera", 2); api.emit("cameras.on", 3);
			for (let i = 0; i < 120; i++) api.emit("kept", i);
			await heard(49);
			await heard("camera 1");
			await l.stop();
			await api.emit("count", "late");
			await l.late();
			await heard("kept 119");
			return l.all();
		}`,
	})
	want := []string{}
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
	}
	for i := 21; i < 120; i++ { // 100 are kept, "late" among them, which nobody asks for
		want = append(want, fmt.Sprintf(`"kept %d"`, i))
	}
	got := strings.Split(strings.Trim(r.run("Sender"), "[]"), ",")
	camera := slices.Index(got, `"camera 1"`) // another handler: it may be early
	if camera < 0 {
		t.Fatal(got)
	}
	if diff := cmp.Diff(want, slices.Delete(got, camera, camera+1)); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsBelongToTheirPlugin(t *testing.T) {
	r := newRoom(t, map[string]string{
		"A": `async run() { await api.setConfig("k", 5); await api.setConfig("gone", 1); await api.setConfig("gone", null); return [await api.getConfig("k"), await api.getConfig("gone")] }`,
		"B": `run() { return api.getConfig("k") }`,
	})
	if got := r.run("A") + r.run("B"); got != `["5",null]null` {
		t.Error(got)
	}
}

// asked keeps what people are asked.
type asked struct {
	engine.Dialogs
	messages []engine.Message
}

func (a *asked) Alert(_ context.Context, m engine.Message) error {
	a.messages = append(a.messages, m)
	return nil
}

func (a *asked) Prompt(ctx context.Context, m engine.Message, _ string) (string, error) {
	return "x", a.Alert(ctx, m)
}

func (a *asked) Confirm(ctx context.Context, m engine.Message) (bool, error) {
	return true, a.Alert(ctx, m)
}

func (a *asked) Form(ctx context.Context, dialog *value.Object) (*value.Object, error) {
	return dialog, a.Alert(ctx, engine.Message{Title: dialog.Text("title")})
}

func TestDialogsSayWhoAsks(t *testing.T) {
	var people asked
	r := newRoom(t, map[string]string{
		"A": `async run() { await api.alert("a"); await api.prompt({content: "b", title: "imjoy"}); await api.confirm("c"); await api.showDialog({name: "imjoy", ui: ""}) }`,
	}, func(o *workspace.Options) { o.Frontend.Dialogs = &people })
	r.run("A")
	want := []engine.Message{{Title: "A", Text: "a"}, {Title: "A: imjoy", Text: "b"}, {Title: "A", Text: "c"}, {Title: "A: imjoy"}}
	if diff := cmp.Diff(want, people.messages); diff != "" {
		t.Error(diff)
	}
}

func TestJobKey(t *testing.T) {
	plan, other := servicePlan(t, "A", "", "run() {}"), servicePlan(t, "A", "", "run() { }")
	image := &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2}, Data: []byte{1, 2}}
	base := workspace.Job{Plan: plan, Config: value.NewObject("a", 1.0, "b", 2.0), Data: image}
	key := func(j workspace.Job) string {
		t.Helper()
		k, err := j.Key()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if got := key(base); len(got) != 64 {
		t.Errorf("a key is %q", got)
	}
	for name, j := range map[string]workspace.Job{
		"run is the default":    {Plan: plan, Method: "run", Config: base.Config, Data: image},
		"the order of settings": {Plan: plan, Config: value.NewObject("b", 2.0, "a", 1.0), Data: image},
		"the same array":        {Plan: plan, Config: base.Config, Data: &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2}, Data: []byte{1, 2}}},
	} {
		if key(j) != key(base) {
			t.Errorf("%s changes the key", name)
		}
	}
	for name, j := range map[string]workspace.Job{
		"the document": {Plan: other, Config: base.Config, Data: image},
		"the method":   {Plan: plan, Method: "update", Config: base.Config, Data: image},
		"a setting":    {Plan: plan, Config: value.NewObject("a", 1.0, "b", 3.0), Data: image},
		"the data":     {Plan: plan, Config: base.Config, Data: &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2}, Data: []byte{1, 3}}},
		"the shape":    {Plan: plan, Config: base.Config, Data: &ndarray.Array{DType: ndarray.Uint8, Shape: []int{2, 1}, Data: []byte{1, 2}}},
		"arguments":    {Plan: plan, Config: base.Config, Data: image, Args: []value.Value{1.0}},
		"no arguments": {Plan: plan, Config: base.Config, Data: image, Args: []value.Value{}},
	} {
		if key(j) == key(base) {
			t.Errorf("%s does not change the key", name)
		}
	}
	if _, err := (workspace.Job{Plan: plan, Data: &value.Function{}}).Key(); err == nil {
		t.Error("a function has a key")
	}
}

package engine_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
)

const (
	hostileTimeout = time.Second
	// killWithin is how long after the deadline an answer may come.
	killWithin = 1100 * time.Millisecond
	// slack is for a machine that is busy with other tests.
	slack = 700 * time.Millisecond
	// hostileShare is one over the part that the plain test runs.
	hostileShare = 12
	// maxGrowth is how much this process may grow over all scripts, in KiB.
	maxGrowth = 64 << 10
)

// TestHostileScriptsAreContained runs each script in a worker: an answer comes in time,
// this process lives on and does not grow, and the next plugin is right. The plain test
// takes some of each kind, IMJOY_LONG=1 all.
func TestHostileScriptsAreContained(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute: run without -short")
	}
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: hostileTimeout, Memory: 256 << 20}, Host: hostileHost()}
	before := residentKiB(t)
	t.Run("all", func(t *testing.T) {
		for i, test := range hostile {
			if os.Getenv("IMJOY_LONG") == "" && i%hostileShare != 0 {
				continue
			}
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				attack(t, test, o)
			})
		}
	})
	runtime.GC()
	debug.FreeOSMemory()
	if grown := residentKiB(t) - before; grown > maxGrowth {
		t.Errorf("this process grew by %d KiB", grown)
	} else {
		t.Logf("%d scripts; this process grew by %d KiB", len(hostile), grown)
	}
}

// attack runs one script and then a plain plugin.
func attack(t *testing.T, test attempt, o engine.Options) {
	p := mustOpen(t, js(test.document()), o)
	start := time.Now()
	v, err := p.Call(t.Context(), "run")
	took := time.Since(start)
	if limit := hostileTimeout + killWithin + slack; took > limit {
		t.Errorf("the answer took %v, more than %v", took, limit)
	}
	reason, detail := thrown, ""
	var ended *engine.Ended
	if errors.As(err, &ended) {
		reason, detail = ended.Reason, ended.Error()+" "+ended.Tail
	}
	// A busy machine reaches the deadline before the memory's end.
	if !slices.Contains(test.ends, reason) && !(reason == engine.Timeout && slices.Contains(test.ends, engine.Memory)) {
		t.Errorf("it ended with %s, want %v: %s %v %.100v", reason, test.ends, detail, err, v)
	}
	if test.answer != "" && reason == thrown {
		if got := answerOf(v, err); !strings.Contains(got, test.answer) {
			t.Errorf("it answered %.200s, want %q", got, test.answer)
		}
	}
	t.Logf("%s in %v %.120v", reason, took.Round(time.Millisecond), err)
	next := mustOpen(t, js("api.export({run: () => [1, 2].map(x => x * 2)})"), o)
	if v, err := next.Call(t.Context(), "run"); err != nil || show(v) != "[2,4]" {
		t.Errorf("the next plugin: %v %v", show(v), err)
	}
}

func answerOf(v value.Value, err error) string {
	if err != nil {
		return err.Error()
	}
	return show(v)
}

func residentKiB(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // the system does not say
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	n, _ := strconv.Atoi(strings.Fields(rest)[0])
	return n
}

func TestSourceMapsOpenNoFiles(t *testing.T) {
	path := t.TempDir() + "/secret.map"
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	onEach(t, func(t *testing.T, o engine.Options) {
		p := mustOpen(t, js("\napi.export({run() { eval('1\\n//# sourceMappingURL="+path+"'); return 'fine' }})\n//# sourceMappingURL="+path+"\n"), o)
		if v, err := p.Call(t.Context(), "run"); err != nil || v != "fine" {
			t.Errorf("%v %v", v, err)
		}
	})
}

// Every function of api with odd arguments: errors, never an end of the process.
func TestOddArgumentsOfAPI(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log journal
		o.Host = engine.Host{Log: &log, Dialogs: people{}, Settings: settings{}, Files: folder{}, Plugins: others{}}
		p := mustOpen(t, js(`
			const odd = [undefined, null, NaN, -1, 1e999, '', '../x', '\u0000', {}, [], [[]], () => 1, new Map(), new Float32Array(2), {content: {a: 1}}, {get x() { throw 1 }}, Symbol.iterator, 10n, new Proxy({}, {})];
			api.export({async run() {
				let n = 0;
				const all = {...api, ...api.utils};
				for (const name of Object.keys(all)) {
					if (typeof all[name] !== 'function' || ['export', 'init', 'sleep'].includes(name)) continue;
					for (const a of odd) for (const b of [undefined, a]) {
						n++;
						try { await all[name](a, b) } catch (e) {
							if (/bug in imjoy/.test(String(e && e.message))) throw e;
						}
					}
				}
				return n;
			}})`), o)
		v, err := p.Call(t.Context(), "run")
		if n, ok := v.(float64); err != nil || !ok || n < 1000 {
			t.Errorf("%v %v", v, err)
		}
	})
}

// hostileHost answers what these scripts may ask for; its people take their time.
func hostileHost() engine.Host { return engine.Host{Dialogs: sleepy{}} }

// sleepy are people who do not answer.
type sleepy struct{ people }

func (sleepy) Alert(ctx context.Context, _ engine.Message) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (sleepy) Confirm(ctx context.Context, _ engine.Message) (bool, error) {
	<-ctx.Done()
	return false, context.Cause(ctx)
}

// A plugin that waits for people, or for a function of its own that somebody else calls,
// is out of time all the same when it goes on working.
func TestWaitingIsNoShelter(t *testing.T) {
	o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}, Limits: engine.Limits{Timeout: hostileTimeout}, Host: hostileHost()}
	for _, test := range hostile {
		if strings.HasPrefix(test.name, "a loop while") || test.name == "a callback that never ends" {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				attack(t, test, o)
			})
		}
	}
}

package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
)

// counted counts what a plugin says.
type counted struct {
	mu    sync.Mutex
	lines int
	notes []string
}

func (c *counted) Write(r engine.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines++; strings.Contains(r.Text, "left out") {
		c.notes = append(c.notes, r.Text)
	}
}

// A flood of lines is cut, and what was cut is said.
func TestLinesAreLimited(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		var log counted
		o.Host = engine.Host{Log: &log}
		p := mustOpen(t, js("api.export({run: async () => { for (let i = 0; i < 12000; i++) console.log(i); await api.utils.sleep(1.1); console.log('later') }})"), o)
		start := time.Now()
		if _, err := p.Call(t.Context(), "run"); err != nil {
			t.Fatal(err)
		}
		log.mu.Lock()
		defer log.mu.Unlock()
		passed, left := log.lines-len(log.notes), 0
		for _, note := range log.notes {
			var n int
			if _, err := fmt.Sscan(note, &n); err != nil {
				t.Error(err)
			}
			left += n
		}
		if passed+left != 12001 {
			t.Errorf("%d lines, and %q", passed, log.notes)
		}
		if took := time.Since(start); float64(passed) > 10_000*(took.Seconds()+1) {
			t.Errorf("%d lines in %v", passed, took)
		}
	})
}

// What cannot leave a plugin is an error of its own, and the plugin goes on.
func TestResultsAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, o engine.Options) {
		if raceDetector {
			o.Limits.Memory = 4 << 30
		}
		p := mustOpen(t, js(`api.export({
			text: () => "x".repeat((64 << 20) + 1),
			cycle: () => { const a = {}; a.a = [a]; return a },
			deep: () => { let a = []; for (let i = 0; i < 1e4; i++) a = [a]; return a },
			fine: () => "x".repeat(1 << 20).length,
		})`), o)
		for method, part := range map[string]string{"text": "more than", "cycle": "itself", "deep": "deep"} {
			v, err := p.Call(t.Context(), method)
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %.40v %v", method, v, err)
			}
			if v, err := p.Call(t.Context(), "fine"); v != float64(1<<20) || err != nil {
				t.Errorf("after %s: %v %v", method, v, err)
			}
		}
	})
}

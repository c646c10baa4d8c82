package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/engine"
)

// The plugin of BenchmarkOpen and BenchmarkCall, in node: what it measures is reported
// beside the time of the whole process.
func BenchmarkPeerNode(b *testing.B) {
	if _, err := exec.LookPath("node"); err != nil {
		b.Skip("node is needed for comparison")
	}
	for b.Loop() {
		out, err := exec.Command("node", "--expose-gc", "../bench/engine/peers.mjs", "10").Output()
		if err != nil {
			b.Fatal(err)
		}
		var measured map[string]any
		if err := json.Unmarshal(out, &measured); err != nil {
			b.Fatal(err)
		}
		for name, v := range measured {
			if n, ok := v.(float64); ok {
				b.ReportMetric(n, name)
			}
		}
	}
}

// A call of a plugin that calls the host, which calls the plugin: there, back, there.
func BenchmarkCallAndBack(b *testing.B) {
	for name, rt := range runtimes() {
		b.Run(name, func(b *testing.B) {
			p := mustOpen(b, js("api.export({run: async x => (await api.echo(x)) + 1})"), engine.Options{Runtimes: []engine.Runtime{rt}})
			fastest(b, func() {
				if _, err := p.Call(context.Background(), "run", 1.0); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// Memory of a worker that does nothing, and of further plugins in one process.
func BenchmarkMemory(b *testing.B) {
	b.Run("idle worker", func(b *testing.B) {
		plan := planOf(b, js("api.export({run: x => x})"))
		for b.Loop() {
			before := children(b)
			p, err := engine.Open(context.Background(), plan, engine.Options{Runtimes: []engine.Runtime{engine.Worker()}})
			if err != nil {
				b.Fatal(err)
			}
			total := 0
			for pid := range children(b) {
				if !before[pid] {
					total += proportional(b, pid)
				}
			}
			b.ReportMetric(float64(total), "KiB/worker")
			_ = p.Close(context.Background())
		}
	})
	b.Run("further instance in its worker", func(b *testing.B) {
		const n = 31 // a worker holds 32
		plan := planOf(b, js("class P { constructor() { this.x = [1, 2, 3] } setup() {} run(ctx) { return ctx } }; api.export(new P())"))
		for b.Loop() {
			before := children(b)
			o := engine.Options{Runtimes: []engine.Runtime{engine.Worker()}}
			var plugins []*engine.Plugin
			open := func() (total int) {
				p, err := engine.Open(context.Background(), plan, o)
				if err != nil {
					b.Fatal(err)
				}
				plugins = append(plugins, p)
				for pid := range children(b) {
					if !before[pid] {
						total += proportional(b, pid)
					}
				}
				return total
			}
			first, all := open(), 0
			for range n {
				all = open()
			}
			b.ReportMetric(float64(all-first)/n, "KiB/instance")
			for _, p := range plugins {
				_ = p.Close(context.Background())
			}
		}
	})
	b.Run("further instance in process", func(b *testing.B) {
		const n = 200
		plan := planOf(b, js("class P { constructor() { this.x = [1, 2, 3] } setup() {} run(ctx) { return ctx } }; api.export(new P())"))
		for b.Loop() {
			first, err := engine.Open(context.Background(), plan, engine.Options{})
			if err != nil {
				b.Fatal(err)
			}
			before := heap()
			plugins := []*engine.Plugin{first}
			for range n {
				p, err := engine.Open(context.Background(), plan, engine.Options{})
				if err != nil {
					b.Fatal(err)
				}
				plugins = append(plugins, p)
			}
			b.ReportMetric(float64(heap()-before)/n/1024, "KiB/instance")
			for _, p := range plugins {
				_ = p.Close(context.Background())
			}
		}
	})
}

func heap() uint64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// children are the processes that this one started.
func children(b testing.TB) map[string]bool {
	b.Helper()
	files, _ := filepath.Glob("/proc/self/task/*/children")
	if len(files) == 0 {
		b.Skip("this system does not list the children of a process")
	}
	pids := map[string]bool{}
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, pid := range strings.Fields(string(text)) {
			pids[pid] = true
		}
	}
	return pids
}

// proportional is the memory of a process in KiB, what it shares divided by who
// shares it.
func proportional(b *testing.B, pid string) int {
	b.Helper()
	text, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
	if err != nil {
		return 0 // it ended meanwhile
	}
	_, rest, _ := strings.Cut(string(text), "\nPss:")
	n, _ := strconv.Atoi(strings.Fields(rest)[0])
	return n
}

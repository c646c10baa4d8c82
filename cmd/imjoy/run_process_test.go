//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// live is the output of a process that still runs.
type live struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *live) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// until waits until the output holds a text a number of times.
func (l *live) until(t *testing.T, text string, count int) {
	t.Helper()
	for range 2000 {
		if strings.Count(l.String(), text) >= count {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no %q, %d times, in %s", text, count, l)
}

// start runs the real program in a group of its own, as a shell does.
func (m *machine) start(args ...string) (*exec.Cmd, *live) {
	m.Helper()
	return m.startReading(nil, args...)
}

// startReading is start with a standard input.
func (m *machine) startReading(from *os.File, args ...string) (*exec.Cmd, *live) {
	m.Helper()
	out := &live{}
	cmd := exec.Command("imjoy", args...)
	cmd.Dir = filepath.Join(m.dir, "work")
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "IMJOY_HOME="+m.env["IMJOY_HOME"])
	cmd.Stdout, cmd.Stderr = out, out
	if from != nil {
		cmd.Stdin = from
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	return cmd, out
}

// ends waits for the program and returns its exit code.
func ends(t *testing.T, cmd *exec.Cmd, out *live) int {
	t.Helper()
	timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	if !timer.Stop() {
		t.Errorf("it did not end: %s", out)
	}
	if signal := cmd.ProcessState.Sys().(syscall.WaitStatus); signal.Signaled() {
		return 128 + int(signal.Signal())
	}
	return cmd.ProcessState.ExitCode()
}

const busyScript = `<config lang="json">{"name": "Busy", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="javascript">
api.export({ run() { console.log("busy"); for (;;) {} } })
</script>
`

// The Python plugin starts a child that does not listen to signals.
const busyPython = `<config lang="json">{"name": "Busy", "type": "native-python", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="python">
from imjoy import api
import os, subprocess, sys
def run(ctx):
    child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
    print("busy")
    while True: pass
api.export({"run": run})
</script>
`

// TestSignalsEndARun: the code tells the signal, nothing of the run is left, and
// nobody is shown an error of a plugin that was only told to stop.
func TestSignalsEndARun(t *testing.T) {
	for _, test := range []struct {
		name, text string
		signal     syscall.Signal
		group      bool // as Ctrl-C does it
		code       int
	}{
		{"script, Ctrl-C", busyScript, syscall.SIGINT, true, 130},
		{"script, SIGTERM", busyScript, syscall.SIGTERM, false, 143},
		{"Python, Ctrl-C", busyPython, syscall.SIGINT, true, 130},
		{"Python, SIGTERM", busyPython, syscall.SIGTERM, false, 143},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.HasPrefix(test.name, "Python") {
				needPython(t)
			}
			m := newMachine(t)
			m.write("busy.imjoy.html", test.text)
			cmd, out := m.start("run", "busy.imjoy.html", "--timeout", "1m")
			out.until(t, "busy\n", 1)
			tree := descendants(t, cmd.Process.Pid)
			if len(tree) == 0 || test.text == busyPython && len(tree) < 2 {
				t.Fatalf("the processes of the run are %v", tree)
			}
			to := cmd.Process.Pid
			if test.group {
				to = -to
			}
			if err := syscall.Kill(to, test.signal); err != nil {
				t.Fatal(err)
			}
			if code := ends(t, cmd, out); code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, out)
			}
			if strings.Contains(out.String(), "error") {
				t.Errorf("it complains: %s", out)
			}
			for _, pid := range tree {
				if !gone(pid) {
					t.Errorf("process %d lives on", pid)
				}
			}
		})
	}
}

// TestSignalsEndReading: the first Ctrl-C ends a command that waits for standard input.
func TestSignalsEndReading(t *testing.T) {
	for _, command := range []string{"parse -", "plan -", "lint -", "fmt -", "validate busy.imjoy.html -d -", "run busy.imjoy.html -d -"} {
		t.Run(command, func(t *testing.T) {
			m := newMachine(t)
			m.write("busy.imjoy.html", busyScript)
			from, to, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer to.Close()
			cmd, out := m.startReading(from, strings.Fields(command)...)
			from.Close()
			if _, err := to.Write(make([]byte, 1<<20)); err != nil { // more than a pipe holds: it reads
				t.Fatal(err, out)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if code := ends(t, cmd, out); code != 130 || out.String() != "" {
				t.Errorf("exit code %d: %s", code, out)
			}
		})
	}
}

func needPython(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not on PATH")
	}
}

// descendants lists the processes below one, by the numbers they have on this machine:
// a plugin that has a world of processes of its own knows others.
func descendants(t *testing.T, top int) (list []int) {
	t.Helper()
	parents := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		var state string
		var pid, parent int
		_, _ = fmt.Sscan(string(text), &pid)
		_, rest, _ := strings.Cut(string(text), ") ")
		if _, err := fmt.Sscan(rest, &state, &parent); err == nil {
			parents[pid] = parent
		}
	}
	for pid := range parents {
		for up := parents[pid]; up > 1; up = parents[up] {
			if up == top {
				list = append(list, pid)
				break
			}
		}
	}
	return list
}

// gone waits for a process to end; a zombie that nobody collects has ended.
func gone(pid int) bool {
	for range 1000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// TestSecondSignalEndsAtOnce: an exit function that never ends is not waited for.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	m := newMachine(t)
	m.write("slow.imjoy.html", `<config lang="json">{"name": "Slow", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="javascript">
api.export({ run() { console.log("busy"); return new Promise(r => setTimeout(r, 60000)) }, exit() { console.log("leaving"); return new Promise(r => setTimeout(r, 60000)) } })
</script>
`)
	cmd, out := m.start("run", "slow.imjoy.html")
	out.until(t, "busy\n", 1)
	_ = cmd.Process.Signal(os.Interrupt)
	out.until(t, "leaving\n", 1)
	start := time.Now()
	_ = cmd.Process.Signal(os.Interrupt)
	// What closes the plugin in order says so, three seconds later.
	if code := ends(t, cmd, out); code != 130 || time.Since(start) > 10*time.Second || strings.Contains(out.String(), "was closed") {
		t.Errorf("exit code %d after %v: %s", code, time.Since(start), out)
	}
}

// A program in the background of a shell was started with the signal ignored.
func TestSecondSignalEndsInTheBackground(t *testing.T) {
	if signal.Ignored(os.Interrupt) {
		TestSecondSignalEndsAtOnce(t) // these tests are in the background themselves
		return
	}
	signal.Ignore(os.Interrupt) // and what is started from here on
	defer signal.Reset(os.Interrupt)
	TestSecondSignalEndsAtOnce(t)
}

// TestWatchRunsAgain: a change of the plugin, or of what it works on, is a new run,
// also in the middle of one that would not end; Ctrl-C ends the watching.
func TestWatchRunsAgain(t *testing.T) {
	m := newMachine(t)
	script := func(run string) string {
		return `<config lang="json">{"name": "Draft", "type": "web-worker", "version": "0.1.0", "api_version": "0.1.8"}</config>
<script lang="javascript">
api.export({ run(ctx) { ` + run + ` } })
</script>
`
	}
	m.write("draft.imjoy.html", script(`return ["first", ctx.data]`))
	m.write("data.json", "1")
	cmd, out := m.start("run", "draft.imjoy.html", "--watch", "--data", "@data.json")
	out.until(t, "waiting for changes of draft.imjoy.html\n", 1)
	out.until(t, `["first",1]`, 1)

	m.write("data.json", "2")
	out.until(t, `["first",2]`, 1)
	out.until(t, "waiting", 2)

	m.write("draft.imjoy.html", script(`throw new Error("broken")`))
	out.until(t, "error: broken\n", 1)
	out.until(t, "waiting", 3)

	m.write("draft.imjoy.html", script(`console.log("stuck"); for (;;) {}`))
	out.until(t, "stuck\n", 1)
	m.write("new", script(`return "renamed"`)) // as editors do it
	work := filepath.Join(m.dir, "work")
	if err := os.Rename(filepath.Join(work, "new"), filepath.Join(work, "draft.imjoy.html")); err != nil {
		t.Fatal(err)
	}
	out.until(t, `"renamed"`, 1)
	out.until(t, "waiting", 4)

	_ = cmd.Process.Signal(os.Interrupt)
	if code := ends(t, cmd, out); code != 130 {
		t.Errorf("exit code %d: %s", code, out)
	}
	if n := strings.Count(out.String(), "error"); n != 1 {
		t.Errorf("%d errors: %s", n, out)
	}
	cmd, out = m.start("run", "nothing.imjoy.html", "--watch")
	if code := ends(t, cmd, out); code != exitUsage {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestPythonFromElsewhereNeedsAWord: a Python plugin of an address runs when somebody
// allows it; a script is contained and runs.
func TestPythonFromElsewhereNeedsAWord(t *testing.T) {
	needPython(t)
	python := strings.Replace(pythonPlugin("Snake"), "api.export(None)", "from imjoy import api\napi.export({'run': lambda ctx: 'it ran'})", 1)
	m := newMachine(t)
	m.gitHub(map[string]string{
		"manifest.imjoy.json": `{"name": "p", "plugins": [{"name": "Snake", "uri": "snake.imjoy.html"}, {"name": "Script", "uri": "script.imjoy.html"}], "uri_root": ""}`,
		"snake.imjoy.html":    python,
		"script.imjoy.html":   strings.Replace(scriptPlugin("Script"), "run() {}", "run() { return 'it ran' }", 1),
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, python) }))
	t.Cleanup(s.Close)
	m.env["PATH"], m.env["HOME"] = os.Getenv("PATH"), os.Getenv("HOME")
	for _, test := range []struct {
		name   string
		tty    bool
		answer string
		args   []string
		code   int
	}{
		{"script", false, "", []string{"run", "lab/p:Script"}, exitFine},
		{"nobody to ask", false, "y\n", []string{"run", "lab/p:Snake"}, exitRefused},
		{"no", true, "n\n", []string{"run", "lab/p:Snake"}, exitRefused},
		{"end of input", true, "", []string{"run", "lab/p:Snake"}, exitRefused},
		{"yes", true, "y\n", []string{"run", "lab/p:Snake"}, exitFine},
		{"--allow-python", false, "", []string{"run", "lab/p:Snake", "--allow-python"}, exitFine},
		{"URL", false, "", []string{"run", s.URL + "/snake.imjoy.html", "--allow-net=" + strings.TrimPrefix(s.URL, "http://")}, exitRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &machine{T: t, dir: m.dir, env: m.env, tty: test.tty, answer: test.answer}
			code, stdout, stderr := m.imjoy(test.args...)
			if code != test.code || strings.Contains(stdout, "it ran") != (code == exitFine) {
				t.Errorf("exit %d, want %d: %s%s", code, test.code, stdout, stderr)
			}
			if code == exitRefused && !strings.Contains(stderr, "--allow-python") {
				t.Errorf("no advice: %s", stderr)
			}
		})
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/corpus"
	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

const (
	windowsBegin = "<!-- window plugins, written by a test -->\n"
	windowsEnd   = "<!-- end of window plugins -->\n"
)

// TestCorpusWindows opens each public window plugin in a Chromium, offline and with a
// local copy of what they load, and compares with the table of docs/status-windows.md,
// or writes it with UPDATE_STATUS=1.
func TestCorpusWindows(t *testing.T) {
	files := corpus.Files(t)
	mirrors := os.Getenv("IMJOY_MIRRORS")
	if mirrors == "" {
		t.Skip("IMJOY_MIRRORS is not set: bench/window/mirror serves copies and prints it")
	}
	needsChromium(t)
	offline := openTheater(t, "", true)
	local := openTheater(t, mirrors, false)
	var rows []string
	var ready, named, reached, finished int
	for _, file := range files {
		doc, found := pluginfile.Parse(file.Name, file.Text)
		plan, _ := tags.Resolve(doc, tags.Choose(doc, "", "", ""))
		if plan == nil || plan.Type != "window" || len(pluginfile.Blocking(found)) > 0 {
			continue
		}
		without, with := offline.play(t, file), local.play(t, file)
		switch {
		case without.finished:
			ready++
		case without.missing != "":
			named++
		default:
			t.Errorf("%s says neither that it is ready nor what it misses: %v", file.Name, without.err)
		}
		if with.reached {
			reached++
		}
		if with.finished {
			finished++
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", plan.Name, strings.Join(strings.SplitN(file.Name, "/", 3)[:2], "/"), without, with))
	}
	slices.Sort(rows)
	if reached < 40 {
		t.Errorf("%d of %d reach setup with a local copy", reached, len(rows))
	}
	table := fmt.Sprintf("\n| | plugins |\n|---|---|\n| window plugins | %d |\n| offline: ready | %d |\n| offline: name what is missing, with the `imjoy freeze` line | %d |\n"+
		"| with a local copy: reach `setup` | %d |\n| with a local copy: `setup` succeeds | %d |\n\n| plugin | repository | offline | with a local copy |\n|---|---|---|---|\n%s",
		len(rows), ready, named, reached, finished, strings.Join(rows, ""))
	compareWindows(t, "status-windows.md", windowsBegin, windowsEnd, windowsBegin+table+windowsEnd)
}

// theater is a page in a Chromium that nobody sees, in which one window is opened after
// the other.
type theater struct {
	app  *app.App
	page *app.Page
	mu   sync.Mutex
	wire bytes.Buffer
}

func (s *theater) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wire.Write(p)
}

func openTheater(t *testing.T, mirrors string, offline bool) *theater {
	t.Helper()
	home := t.TempDir()
	a := &app.App{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Dir: corpus.Dir(t), Now: time.Now, Env: func(name string) string {
		return map[string]string{"IMJOY_HOME": home, "HOME": home, "PATH": os.Getenv("PATH"), "IMJOY_MIRRORS": mirrors, "IMJOY_CDN": "npm"}[name]
	}}
	s := &theater{app: a}
	recorder := &workspace.Recorder{}
	o := app.RunOptions{RepositoryOptions: app.RepositoryOptions{Offline: offline}, Quiet: true, Timeout: 30 * time.Second, Trace: s, Frontend: workspace.Frontend{Windows: recorder}}
	page, err := a.Page(app.ServeOptions{Run: o, Window: true, Unseen: true, Title: "windows"})
	if err != nil {
		t.Fatal(err)
	}
	s.page = page
	listeners, err := server.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- page.Serve(ctx, listeners...) }()
	browser, err := a.Headless(t.Context(), app.HeadlessOptions{Address: page.Address(listeners[0]), Width: 1280, Height: 800, Note: func(string, ...any) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = page.Close(context.Background())
		browser.Close()
		stop()
		<-served
	})
	if err := page.WaitForPage(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// outcome is how far a window came.
type outcome struct {
	reached, finished bool
	missing           string // hosts of what it cannot start without
	err               error
}

func (o outcome) String() string {
	switch {
	case o.finished:
		return "ready"
	case o.missing != "":
		return "names " + o.missing
	case o.err == nil:
		return "?"
	}
	text, _, _ := strings.Cut(o.err.Error(), "\n")
	if o.reached {
		return "`setup` fails: " + strings.ReplaceAll(text, "|", "\\|") + lacked(o.err)
	}
	return "its script fails: " + strings.ReplaceAll(text, "|", "\\|")
}

// lacked are the hosts of what a plugin asked for while it ran.
func lacked(err error) string {
	_, list, ok := strings.Cut(err.Error(), "it could not load")
	if !ok {
		return ""
	}
	return ", without " + hostsIn(list)
}

func hostsIn(text string) string {
	var list []string
	for _, where := range hosts.FindAllString(text, -1) {
		if _, where, _ = strings.Cut(where, "://"); !slices.Contains(list, where) {
			list = append(list, where)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// play opens the window of one plugin: its scripts and its setup.
func (s *theater) play(t *testing.T, file corpus.File) (o outcome) {
	t.Helper()
	s.mu.Lock()
	s.wire.Reset()
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	to, err := s.app.Address("./" + file.Name)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := s.page.Session.Open(ctx, to, "")
	if err != nil {
		t.Fatalf("%s: %v", file.Name, err)
	}
	p, err := s.page.Session.Instance(ctx, plan, value.NewObject("name", plan.Name))
	s.mu.Lock()
	o.reached = strings.Contains(s.wire.String(), `"plugin.setup"`)
	s.mu.Unlock()
	o.err, o.finished = err, err == nil
	if err == nil {
		if err := s.page.Session.Unload(ctx, p.ID()); err != nil {
			t.Logf("%s: close: %v", file.Name, err)
		}
		return o
	}
	var script *engine.ScriptError
	if !errors.As(err, &script) || script.Name != server.MissingResource {
		return o
	}
	list, line, _ := strings.Cut(script.Message, "\nwhere ")
	if o.missing = hostsIn(list); !strings.Contains(line, "`imjoy freeze ") || !strings.Contains(line, filepath.Base(file.Name)) {
		t.Errorf("%s: no line for imjoy freeze: %s", file.Name, script.Message)
	}
	return o
}

// compareWindows compares a part of a page of docs with what it should be, or writes it
// with UPDATE_STATUS=1.
func compareWindows(t *testing.T, name, begin, end, table string) {
	t.Helper()
	page := filepath.Join("..", "..", "docs", name)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", page)
	}
	if begin+was+end == table {
		return
	}
	if os.Getenv("UPDATE_STATUS") == "" {
		t.Errorf("%s says otherwise; UPDATE_STATUS=1 writes\n%s", page, table)
		return
	}
	if err := os.WriteFile(page, []byte(before+table+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

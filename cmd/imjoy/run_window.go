package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/workspace"
)

// windowFlags say where windows of a run are shown.
type windowFlags struct {
	browser, headless, noOpen, dark bool
	screenshot                      string
	size                            string
}

func (f *windowFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.browser, "browser", false, "run the plugin, and show windows, in the browser, which window plugins do anyway")
	flags.BoolVar(&f.headless, "headless", false, "run the plugin, and show windows, in a Chromium that nobody sees, and end after run")
	flags.StringVar(&f.screenshot, "screenshot", "", "with --headless: save what the windows look like then as `FILE.png`")
	flags.StringVar(&f.size, "size", "1280x800", "with --headless: `WIDTHxHEIGHT` of the page in pixels")
	flags.BoolVar(&f.dark, "dark", false, "with --headless: dark colours")
	flags.BoolVar(&f.noOpen, "no-open", false, "with a window: only print its address, and wait for a browser")
}

func (f *windowFlags) check() error {
	var w, h int
	if _, err := fmt.Sscanf(f.size, "%dx%d", &w, &h); err != nil || w < 100 || h < 100 || w > 8000 || h > 8000 {
		return usageError("write --size 1280x800", "--size %q is no size", f.size)
	}
	switch {
	case f.screenshot != "" && !f.headless:
		return usageError("add --headless", "--screenshot is for windows that nobody sees")
	case f.headless && f.noOpen:
		return usageError("leave one of the two away", "--headless opens no browser that --no-open could keep closed")
	}
	return nil
}

// wantsBrowser reports that a run failed only because windows need a page, and that
// somebody is there who could look at one.
func (r *runner) wantsBrowser(err error) bool {
	var none *engine.NoRuntime
	return (r.app.StderrTTY || r.noOpen) && errors.As(err, &none) && r.stage == nil && slices.Contains(none.Plan.Runtimes, tags.Browser) && !slices.Contains(none.Given, tags.Browser)
}

// stage is where the windows of a run are.
type stage struct {
	page     *app.Page
	runner   *runner
	headless *app.Headless
	stop     context.CancelFunc
	served   chan error

	mu   sync.Mutex
	open int           // windows
	none chan struct{} // gets one when the last window was closed
}

// openStage makes the session of a run that has a page, and waits until somebody, or a
// browser that nobody sees, looks at it.
func (r *runner) openStage(ctx context.Context, o app.RunOptions) (*stage, error) {
	s := &stage{runner: r, served: make(chan error, 1), none: make(chan struct{}, 1)}
	o.Watch = s.watch
	if !r.headless && !r.timeoutSet {
		o.Timeout = 0 // people work in a window for as long as they like
	}
	page, err := r.app.Page(app.ServeOptions{
		Run: o, Window: true, Unseen: r.headless, Title: r.args[0], InPage: r.inPage, InFrame: r.engines.javascript == inFrame, Fetch: r.mayFetch(),
		Note: func(text string) { fmt.Fprintf(r.app.Stderr, "  note: %s\n", findings.Clean(text)) },
	})
	if err != nil {
		return nil, repositoryFailure(r.app, err)
	}
	s.page = page
	if err := s.show(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *stage) show(ctx context.Context) error {
	listeners, err := server.Listen(ctx, "0")
	if err != nil {
		return withExit(exitMissing, fmt.Errorf("listen on this machine: %w", err), "")
	}
	served, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() { s.served <- s.page.Serve(served, listeners...) }()
	address := s.page.Address(listeners[0])
	r := s.runner
	switch {
	case r.headless:
		var w, h int
		_, _ = fmt.Sscanf(r.size, "%dx%d", &w, &h) // checked
		s.headless, err = r.app.Headless(ctx, app.HeadlessOptions{Address: address, Width: w, Height: h, Dark: r.dark, Note: r.terminal.Say})
		if err != nil {
			return withExit(exitMissing, err, "install Chromium, or leave --headless away to use your browser")
		}
	case r.noOpen:
		fmt.Fprintf(r.app.Stderr, "Open this address in a browser:\n%s\n", address)
	default:
		if err := openBrowser(address); err != nil {
			fmt.Fprintf(r.app.Stderr, "  note: %v: open this address yourself\n%s\n", err, address)
		}
	}
	return s.page.WaitForPage(ctx)
}

// watch counts windows.
func (s *stage) watch(e workspace.Event) {
	if e.Plan.Type != "window" || e.Plugin == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Kind == workspace.Opened {
		s.open++
		return
	}
	if s.open--; s.open == 0 {
		select {
		case s.none <- struct{}{}:
		default:
		}
	}
}

// settle is how long a window may still draw after run has answered, for a screenshot.
const settle = 300 * time.Millisecond

// finish does what comes after the result: the screenshot, or waiting until the person
// has closed all windows.
func (s *stage) finish(ctx context.Context) error {
	r := s.runner
	if r.headless {
		if r.screenshot == "" {
			return nil
		}
		png, err := s.headless.Screenshot(ctx, settle)
		if err != nil {
			return err
		}
		if err := os.WriteFile(absolute(r.app, r.screenshot), png, 0o644); err != nil {
			return fmt.Errorf("save the screenshot: %w", err)
		}
		return nil
	}
	s.mu.Lock()
	open := s.open
	s.mu.Unlock()
	if open == 0 {
		return nil
	}
	r.terminal.Say("the window is open; close it, or press Ctrl-C")
	select {
	case <-s.none:
		return nil
	case <-ctx.Done():
		return nil // the person has seen enough
	}
}

// close ends plugins first: their exit may still want the page.
func (s *stage) close(ctx context.Context) error {
	err := s.page.Close(context.WithoutCancel(ctx))
	if s.headless != nil {
		s.headless.Close()
	}
	if s.stop != nil {
		s.stop()
		<-s.served
	}
	return err
}

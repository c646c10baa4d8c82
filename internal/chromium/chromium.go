// Package chromium drives an installed Chromium without a window: call [Start], then
// [Browser.Open]. It speaks the browser's own debugging protocol over two pipes, so that
// no port is open meanwhile, and each browser has a profile of its own that is removed.
package chromium

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/scratch"
)

const (
	// maxMessage is the longest message of the browser, in bytes: a screenshot.
	maxMessage = 256 << 20
	// startTimeout is how long a browser may take to answer at all.
	startTimeout = 60 * time.Second
	// endTimeout is how long it may take to end by itself.
	endTimeout = 3 * time.Second
)

// names are those by which distributions call it.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// ErrNone is the error of a machine without Chromium.
var ErrNone = errors.New("no Chromium is installed: looked for " + strings.Join(names, ", "))

// Find answers where Chromium is.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Options say how a browser starts.
type Options struct {
	Path string // "" looks for one
	// Sandboxed keeps the browser's own sandbox on. It needs namespaces of the kernel,
	// which root and many containers have not.
	Sandboxed bool
	// Env is the environment of the browser, complete.
	Env []string
	// Flags are added to those that keep it quiet.
	Flags []string
}

// flags keep a browser from asking the network for anything by itself.
var flags = []string{
	"--headless", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-quic",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
	"--metrics-recording-only", "--password-store=basic", "--use-mock-keychain", "--mute-audio", "--hide-scrollbars",
}

// asked are what a browser would ask the person about. Nobody sees this one; which page
// may use them is said by that page's policy.
var asked = []string{"audioCapture", "videoCapture", "geolocation", "midi"}

// Browser is a running Chromium. It is safe for concurrent use.
type Browser struct {
	cmd     *exec.Cmd
	out     *os.File // to the browser
	profile *scratch.Folder
	exited  chan struct{}

	mu      sync.Mutex
	next    int
	pending map[int]chan reply
	tabs    map[string]*Tab
	err     error
}

type reply struct {
	result json.RawMessage
	err    error
}

// Start starts a browser; Close ends it.
func Start(ctx context.Context, o Options) (*Browser, error) {
	path := o.Path
	if path == "" {
		var err error
		if path, err = Find(); err != nil {
			return nil, err
		}
	}
	profile, err := scratch.Make("", scratch.Browser)
	if err != nil {
		return nil, fmt.Errorf("make a profile for the browser: %w", err)
	}
	b := &Browser{profile: profile, exited: make(chan struct{}), pending: map[int]chan reply{}, tabs: map[string]*Tab{}}
	args := append(append([]string{"--user-data-dir=" + profile.Path}, flags...), o.Flags...)
	if !o.Sandboxed {
		args = append(args, "--no-sandbox")
	}
	in, err := b.spawn(path, append(args, "about:blank"), o.Env)
	if err != nil {
		profile.Remove()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go b.read(in)
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if _, err := b.call(ctx, "", "Target.setDiscoverTargets", map[string]any{"discover": true}); err != nil {
		b.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	if _, err := b.call(ctx, "", "Browser.grantPermissions", map[string]any{"permissions": asked}); err != nil {
		b.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	_, _ = b.call(ctx, "", "Browser.close", nil)
	select {
	case <-b.exited:
	case <-ctx.Done():
	}
	b.kill()
	<-b.exited
	b.out.Close()
	b.profile.Remove()
}

// call sends a command and waits for its answer.
func (b *Browser) call(ctx context.Context, session, method string, params any) (json.RawMessage, error) {
	answer := make(chan reply, 1)
	b.mu.Lock()
	if b.err != nil {
		b.mu.Unlock()
		return nil, b.err
	}
	b.next++
	id := b.next
	b.pending[id] = answer
	text, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Session string `json:"sessionId,omitempty"`
		Method  string `json:"method"`
		Params  any    `json:"params,omitempty"`
	}{id, session, method, params})
	if err == nil {
		_, err = b.out.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case r := <-answer:
		if r.err != nil {
			return nil, fmt.Errorf("%s: %w", method, r.err)
		}
		return r.result, nil
	case <-ctx.Done():
		b.mu.Lock()
		delete(b.pending, id)
		b.mu.Unlock()
		return nil, context.Cause(ctx)
	}
}

func (b *Browser) read(in *os.File) {
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxMessage)
	lines.Split(func(data []byte, end bool) (int, []byte, error) {
		for i, c := range data {
			if c == 0 {
				return i + 1, data[:i], nil
			}
		}
		return 0, nil, nil
	})
	for lines.Scan() {
		b.take(lines.Bytes())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = errors.New("the browser has ended")
	for _, answer := range b.pending {
		answer <- reply{err: b.err}
	}
	b.pending = nil
}

func (b *Browser) take(text []byte) {
	var m struct {
		ID      int             `json:"id"`
		Session string          `json:"sessionId"`
		Method  string          `json:"method"`
		Params  json.RawMessage `json:"params"`
		Result  json.RawMessage `json:"result"`
		Error   *struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(text, &m) != nil {
		return
	}
	b.mu.Lock()
	answer, tab := b.pending[m.ID], b.tabs[m.Session]
	delete(b.pending, m.ID)
	b.mu.Unlock()
	switch {
	case answer != nil && m.Error != nil:
		answer <- reply{err: errors.New(m.Error.Message)}
	case answer != nil:
		answer <- reply{result: append(json.RawMessage(nil), m.Result...)}
	case m.Method != "" && tab != nil && tab.Event != nil:
		tab.Event(m.Method, append(json.RawMessage(nil), m.Params...))
	}
}

// Tab is one page of a browser.
type Tab struct {
	// Event is told what happens, when it was set before [Tab.Go]: the names and
	// parameters of the debugging protocol. It must not call the tab.
	Event func(method string, params json.RawMessage)

	browser *Browser
	session string
}

// Open opens an empty page.
func (b *Browser) Open(ctx context.Context) (*Tab, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	if err := b.ask(ctx, "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	if err := b.ask(ctx, "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &session); err != nil {
		return nil, err
	}
	t := &Tab{browser: b, session: session.ID}
	b.mu.Lock()
	b.tabs[t.session] = t
	b.mu.Unlock()
	_, err := t.Call(ctx, "Page.enable", nil)
	return t, err
}

func (b *Browser) ask(ctx context.Context, method string, params, result any) error {
	text, err := b.call(ctx, "", method, params)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, result)
}

// Call sends a command of the protocol to the page.
func (t *Tab) Call(ctx context.Context, method string, params any) (json.RawMessage, error) {
	return t.browser.call(ctx, t.session, method, params)
}

// Size sets the size of the page in pixels, and whether colours are dark.
func (t *Tab) Size(ctx context.Context, width, height int, dark bool) error {
	_, err := t.Call(ctx, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
	if err != nil {
		return err
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err = t.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
	return err
}

// Go shows an address.
func (t *Tab) Go(ctx context.Context, address string) error {
	text, err := t.Call(ctx, "Page.navigate", map[string]any{"url": address})
	if err != nil {
		return err
	}
	var answer struct {
		Error string `json:"errorText"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return fmt.Errorf("open %s: %s", address, answer.Error)
	}
	return nil
}

// Evaluate runs an expression in the page, waits for a promise, and answers its value
// as JSON.
func (t *Tab) Evaluate(ctx context.Context, expression string) (json.RawMessage, error) {
	text, err := t.Call(ctx, "Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Exception != nil {
		return nil, fmt.Errorf("%s %s", answer.Exception.Text, answer.Exception.Exception.Description)
	}
	return answer.Result.Value, nil
}

// Screenshot answers the page as a PNG.
func (t *Tab) Screenshot(ctx context.Context) ([]byte, error) {
	text, err := t.Call(ctx, "Page.captureScreenshot", map[string]any{"format": "png"})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data string `json:"data"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}

// Program window measures a page in an installed Chromium: how many bytes it is sent until
// something stands in it, and how long that takes.
//
//	go run ./bench/window -site DIR -path '/#/app' -until EXPRESSION     # a folder, served here
//	go run ./bench/window -imjoy imjoy -plugin viewer.imjoy.html         # imjoy serve
//
// README.md says how the two were compared.
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"mime"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/internal/chromium"
)

func main() {
	log.SetFlags(0)
	site := flag.String("site", "", "folder of a page, served at this machine with gzip")
	where := flag.String("path", "/", "with -site: path of the page, with its fragment; ORIGIN in it is the page's own")
	imjoy := flag.String("imjoy", "", "program to measure instead")
	plugin := flag.String("plugin", "", "with -imjoy: plugin whose window is opened")
	until := flag.String("until", "document.readyState === 'complete'", "what is true when the page is usable")
	clicks := flag.String("click", "", "with -site: what opens the window then")
	drawn := flag.String("window", "", "with -site: what is true when the window has drawn")
	times := flag.Int("n", 5, "how often; the middle one counts")
	flag.Parse()
	ctx := context.Background()
	var all []measure
	for range *times {
		var m measure
		var err error
		if *imjoy != "" {
			m, err = measureProgram(ctx, *imjoy, *plugin)
		} else {
			m, err = measureSite(ctx, *site, *where, *until, *clicks, *drawn)
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m)
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b measure) int { return int(a.usable - b.usable) })
	fmt.Println("middle:", all[len(all)/2])
}

// measure is one load of a page.
type measure struct {
	usable, window  time.Duration // window is 0 where none was opened
	requests, bytes int           // of the network, bodies and headers
}

func (m measure) String() string {
	s := fmt.Sprintf("usable after %v, %d requests, %d kB", m.usable.Round(time.Millisecond), m.requests, m.bytes/1000)
	if m.window > 0 {
		s += fmt.Sprintf(", first window ready %v after the click", m.window.Round(time.Millisecond))
	}
	return s
}

func measureSite(ctx context.Context, dir, where, until, clicks, drawn string) (measure, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return measure{}, err
	}
	s := &http.Server{Handler: packed{dir}}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	tab, done, traffic, err := open(ctx)
	if err != nil {
		return measure{}, err
	}
	defer done()
	began := time.Now()
	origin := "http://" + l.Addr().String()
	if err := tab.Go(ctx, origin+strings.ReplaceAll(where, "ORIGIN", origin)); err != nil {
		return measure{}, err
	}
	if err := wait(ctx, tab, until); err != nil {
		return measure{}, err
	}
	usable := time.Since(began)
	if drawn == "" {
		return traffic.measure(usable, 0), nil
	}
	began = time.Now()
	if _, err := tab.Evaluate(ctx, "{"+clicks+"}"); err != nil {
		return measure{}, err
	}
	if err := wait(ctx, tab, drawn); err != nil {
		return measure{}, err
	}
	return traffic.measure(usable, time.Since(began)), nil
}

const (
	opened = `document.querySelector(".item")`
	click  = `document.querySelector(".item").click(); setTimeout(() => document.querySelector(".panel button.main").click(), 20)`
	ready  = `document.querySelector(".window")?.dataset.state === "ready" && document.querySelector(".run:not(.working)")`
)

func measureProgram(ctx context.Context, program, plugin string) (m measure, err error) {
	cmd := exec.CommandContext(ctx, program, "serve", plugin, "--no-open", "--offline")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return m, err
	}
	if err := cmd.Start(); err != nil {
		return m, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return m, err
	}
	tab, done, traffic, err := open(ctx)
	if err != nil {
		return m, err
	}
	defer done()
	began := time.Now()
	if err := tab.Go(ctx, strings.TrimSpace(address)); err != nil {
		return m, err
	}
	if err := wait(ctx, tab, opened); err != nil {
		return m, err
	}
	usable := time.Since(began)
	began = time.Now()
	if _, err := tab.Evaluate(ctx, "{"+click+"}"); err != nil {
		return m, err
	}
	if err := wait(ctx, tab, ready); err != nil {
		return m, err
	}
	return traffic.measure(usable, time.Since(began)), nil
}

// traffic counts what the page is sent. Frames of other origins have their own; the
// first windows of this program load 59 kB there.
type traffic struct {
	mu              sync.Mutex
	requests, bytes int
}

func (t *traffic) hear(method string, params json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch method {
	case "Network.requestWillBeSent":
		t.requests++
	case "Network.loadingFinished":
		var p struct {
			Length float64 `json:"encodedDataLength"`
		}
		if json.Unmarshal(params, &p) == nil {
			t.bytes += int(p.Length)
		}
	}
}

func (t *traffic) measure(usable, window time.Duration) measure {
	t.mu.Lock()
	defer t.mu.Unlock()
	return measure{usable, window, t.requests, t.bytes}
}

func open(ctx context.Context) (*chromium.Tab, func(), *traffic, error) {
	b, err := chromium.Start(ctx, chromium.Options{Flags: []string{"--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"}})
	if err != nil {
		return nil, nil, nil, err
	}
	tab, err := b.Open(ctx)
	if err != nil {
		b.Close()
		return nil, nil, nil, err
	}
	t := &traffic{}
	tab.Event = t.hear
	_, err = tab.Call(ctx, "Network.enable", nil)
	return tab, b.Close, t, err
}

const patience = 25 * time.Second

func wait(ctx context.Context, tab *chromium.Tab, expression string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if v, err := tab.Evaluate(ctx, "Boolean("+expression+")"); err == nil && string(v) == "true" {
			return nil
		}
	}
	text, _ := tab.Evaluate(ctx, "document.body && document.body.innerText.slice(0, 500)")
	return fmt.Errorf("never true: %s; the page shows %s", expression, text)
}

// packed serves a folder as a host on the net does: text compressed.
type packed struct{ dir string }

func (p packed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Clean(r.URL.Path)
	if name == "/" {
		name = "/index.html"
	}
	text, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(text)
	_ = z.Close()
}

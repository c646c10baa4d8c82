package docsrender

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

type step = chromedp.Action[chromedp.Void]

// long reports that slow tests are wanted: all pages, all looks, from disk too.
func long() bool { return os.Getenv("IMJOY_LONG") != "" }

// leaveToLong skips a test that costs seconds, unless long ones are wanted.
func leaveToLong(t *testing.T) {
	t.Helper()
	if !long() {
		t.Skip("IMJOY_LONG is not set: this test opens many pages")
	}
}

// chromium is the browser of all tests, started by the first that needs one.
var chromium = struct {
	sync.Once
	ctx   context.Context
	stops []func()
	err   error
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, stop := range slices.Backward(chromium.stops) {
		stop()
	}
	os.Exit(code)
}

func startChromium() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return
	}
	dir, err := os.MkdirTemp("", "docs-chromium-")
	if err != nil {
		chromium.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(60*time.Second))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.stops = []func(){func() { os.RemoveAll(dir) }, stop, cancel}
	chromium.ctx, chromium.err = ctx, chromedp.Do(ctx)
}

// browser answers a tab of a headless Chromium that knows nothing of other tests.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short is set: starting a browser takes seconds")
	}
	chromium.Do(startChromium)
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	if chromium.ctx == nil {
		t.Skip("no Chromium is installed: this test drives one")
	}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, done := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(done)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// placesOf are where a site is looked at: served, and in long tests from disk too.
func placesOf(t *testing.T, site *Site) map[string]string {
	t.Helper()
	places := map[string]string{"served": serve(t, site).URL + "/"}
	if long() {
		dir := filepath.Join(t.TempDir(), "site")
		if err := site.Write(dir); err != nil {
			t.Fatal(err)
		}
		places["from disk"] = (&url.URL{Scheme: "file", Path: dir + "/"}).String()
	}
	return places
}

// watcher records dialogs, every request that does not go to the site, and what the browser
// writes into its console by itself, such as what the page's policy forbids.
type watcher struct {
	mu       sync.Mutex
	dialogs  int
	own      int
	requests []string
	console  []string
}

func watch(t *testing.T, ctx context.Context, prefix string) *watcher {
	t.Helper()
	w := &watcher{}
	err := chromedp.Listen(ctx, func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := event.(type) {
		case *cdpage.EventJavascriptDialogOpening:
			w.dialogs++
			go func() {
				_, _ = chromedp.Call(ctx, cdpage.HandleJavaScriptDialog, cdpage.HandleJavaScriptDialogParams{Accept: true})
			}()
		case *log.EventEntryAdded:
			w.console = append(w.console, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			switch u := e.Request.URL; {
			case strings.HasPrefix(u, prefix):
				w.own++
			case !strings.HasPrefix(u, "data:image/") && u != "about:blank":
				w.requests = append(w.requests, u)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *watcher) check(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.own == 0 {
		t.Error("the requests of the pages were not seen")
	}
	if w.dialogs > 0 || len(w.requests) > 0 {
		t.Errorf("%d dialogs, requests to %q", w.dialogs, w.requests)
	}
}

// hostileSite has every attack in every field, several fields to a plugin, and one
// that asks a listener of this test.
func hostileSite(t *testing.T, trap string) *Site {
	t.Helper()
	var inputs []Input
	for i, attack := range attacks {
		attack = strings.ReplaceAll(attack, "https://evil.example", trap)
		config := map[string]any{"type": "window"}
		for _, field := range []string{"version", "labels", "description", "ui", "inputs", "requirements", "dependencies", "permissions", "authors", "website", "cover", "unknown field", "icon emoji"} {
			fields[field](config, attack)
		}
		config["name"] = fmt.Sprintf("%d %s", i, attack)
		docs := attack + "\n\n# " + attack + "\n\n<div>" + attack + "</div>\n\n![a](" + trap + "/image.png) <img src=\"" + trap + "/raw.png\">\n\n```html\n" + attack + "\n```\n"
		inputs = append(inputs, input(fmt.Sprintf("p%d.imjoy.html", i), pluginText(config, docs)))
	}
	return build(t, Options{Title: attacks[0]}, inputs...)
}

func TestHostileSiteDoesNothingInABrowser(t *testing.T) {
	ctx := browser(t)
	asked := make(chan string, 1000)
	trap := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(trap.Close)
	site := hostileSite(t, trap.URL)
	for name, prefix := range placesOf(t, site) {
		t.Run(name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
			defer cancel()
			w := watch(t, tab, prefix)
			visited, pages := 0, 0
			for _, path := range site.Paths() {
				if !strings.HasSuffix(path, ".html") {
					continue
				}
				if pages++; !long() && pages%20 != 0 {
					continue
				}
				visited++
				if err := chromedp.Do(tab, chromedp.Navigate(prefix+path)); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				here, err := chromedp.Run(tab, chromedp.Location())
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				if here != prefix+path {
					t.Errorf("%s led to %s", path, here)
				}
			}
			if err := chromedp.Do(tab, chromedp.Navigate(prefix+"index.html"), chromedp.SendKeys("#query", "script"), chromedp.Sleep(300*time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			w.check(t)
			if pages < 2*len(attacks) || visited < pages/20 {
				t.Errorf("only %d of %d pages were seen", visited, pages)
			}
		})
	}
	if len(asked) > 0 {
		t.Errorf("the listener was asked for %s", <-asked)
	}
}

func friendlySite(t *testing.T) *Site {
	t.Helper()
	plugin := func(name, kind, tag, label, docs string) Input {
		return input(strings.ToLower(name)+".imjoy.html", pluginText(map[string]any{
			"name": name, "type": kind, "version": "0.1.0", "api_version": "0.1.8", "tags": []any{tag}, "labels": []any{label}, "description": "About " + name + ".",
		}, docs))
	}
	return build(t, Options{Title: "Lab"},
		plugin("Blur", "web-worker", "CPU", "filter", "It uses a gaussian kernel.\n\n```js\nconst a = 1;\n```"),
		plugin("Unet", "native-python", "GPU", "segmentation", "# How\n\nDeep nets find nuclei."),
		plugin("Viewer", "window", "CPU", "image", "Shows things."))
}

// TestPageScriptsWork searches, filters, switches the theme and copies, from a server
// and from disk.
func TestPageScriptsWork(t *testing.T) {
	ctx := browser(t)
	site := friendlySite(t)
	places := placesOf(t, site)
	const visible = `JSON.stringify([...document.querySelectorAll("li.card")].filter(c => !c.hidden).map(c => c.querySelector("h2").textContent))`
	for name, prefix := range places {
		t.Run(name, func(t *testing.T) {
			tab, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
			defer cancel()
			cards := func(want ...string) step {
				return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
					text := ""
					for range 500 {
						var err error
						if text, err = chromedp.Evaluate[string](visible)(ctx, target); err != nil {
							return err
						}
						var got []string
						if err := json.Unmarshal([]byte(text), &got); err != nil {
							return err
						}
						if fmt.Sprint(got) == fmt.Sprint(want) {
							return nil
						}
						time.Sleep(20 * time.Millisecond)
					}
					return fmt.Errorf("cards are %s, want %q", text, want)
				})
			}
			holds := func(expression string) step {
				return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
					for range 500 {
						if ok, err := chromedp.Evaluate[bool](expression)(ctx, target); err != nil || ok {
							return err
						}
						time.Sleep(20 * time.Millisecond)
					}
					return fmt.Errorf("%s does not hold", expression)
				})
			}
			stages := []struct {
				what string
				do   []step
			}{
				{"all", []step{chromedp.Navigate(prefix + "index.html"), cards("Blur", "Unet", "Viewer")}},
				{"search a name", []step{chromedp.SendKeys("#query", "unet"), cards("Unet")}},
				{"clear", []step{chromedp.SendKeys("#query", "\x1b"), cards("Blur", "Unet", "Viewer")}},
				{"search the docs", []step{chromedp.SendKeys("#query", "gaussian"), cards("Blur"), holds(`document.querySelector("li.card:not([hidden]) .snippet mark").textContent === "gaussian"`)}},
				{"linked", []step{holds(`location.hash === "#q=gaussian"`), chromedp.Navigate("about:blank"), chromedp.Navigate(prefix + "index.html#q=nuclei"), cards("Unet")}},
				{"nothing", []step{chromedp.SendKeys("#query", "xyz"), cards(), holds(`document.querySelector(".result").textContent.startsWith("No plugin")`), chromedp.SendKeys("#query", "\x1b")}},
				{"type", []step{chromedp.Click(`button[data-value="window"]`), cards("Viewer"), chromedp.Click(`button[data-value="native-python"]`), cards("Unet", "Viewer")}},
				{"tag and label", []step{
					chromedp.Navigate("about:blank"), chromedp.Navigate(prefix + "index.html#tag=CPU"), cards("Blur", "Viewer"),
					chromedp.Navigate("about:blank"), chromedp.Navigate(prefix + "index.html#label=segmentation"), cards("Unet"),
				}},
				{"theme", []step{
					holds(`getComputedStyle(document.body).backgroundColor === "rgb(248, 249, 247)"`),
					chromedp.Click("button.theme"), holds(`document.documentElement.dataset.theme === "dark"`),
					holds(`getComputedStyle(document.body).backgroundColor === "rgb(19, 24, 22)"`),
					chromedp.Navigate(prefix + "plugins/blur.html"), holds(`document.documentElement.dataset.theme === "dark"`),
					holds(`document.querySelector("button.theme").getAttribute("aria-pressed") === "true"`),
				}},
				{"copy", []step{
					chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async (text) => { self.copied = text; }`),
					chromedp.Click(".command .copy"), holds(`self.copied === "imjoy install blur.imjoy.html --tag CPU"`),
					chromedp.Evaluate[chromedp.Void](`document.querySelector(".holder .copy").click()`), holds(`self.copied === "const a = 1;\n"`),
					holds(`document.querySelector(".holder .copy").textContent === "Copied"`),
				}},
				{"table of contents", []step{chromedp.Navigate(prefix + "plugins/unet.html"), holds(`[...document.querySelectorAll(".toc a")].some(a => a.hash === "#docs-how") && document.getElementById("docs-how") !== null`)}},
				{"source line", []step{chromedp.Navigate(prefix + "source/unet.html#L2"), holds(`document.querySelector(":target").textContent.includes("script")`)}},
			}
			for _, stage := range stages {
				if err := chromedp.Do(tab, stage.do...); err != nil {
					t.Fatalf("%s: %v", stage.what, err)
				}
			}
		})
	}
}

package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/png" // reads what the browser drew
	"os"
	"path/filepath"
	"time"

	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/server"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
	"github.com/imjoy-tools/imjoy/workspace"
)

// Limits of covers.
const (
	coverWidth, coverHeight = 800, 500               // pixels
	coverTime               = 30 * time.Second       // for one plugin
	coverSettle             = 500 * time.Millisecond // how long a window may still draw after run
	maxCover                = 1 << 20                // bytes
)

// coverFolder is where covers are kept in the cache; the name changes with how they are
// taken.
const coverFolder = "covers-1"

// Covers takes pictures of window plugins, in a browser that nobody sees. Plugins get
// nothing they are not given: no Python runs beside them, and with Offline no network.
type Covers struct {
	app      *App
	page     *Page
	headless *Headless
	stop     context.CancelFunc
	served   chan error
}

// CoverOptions say how pictures are taken.
type CoverOptions struct {
	Offline bool
	Note    func(text string)
}

// Covers opens the browser. Call Close at the end.
func (a *App) Covers(ctx context.Context, o CoverOptions) (*Covers, error) {
	page, err := a.Page(ServeOptions{
		Run: RunOptions{
			RepositoryOptions: RepositoryOptions{What: "covers", Offline: o.Offline}, Quiet: true, Timeout: coverTime,
			Permissions: PermissionOptions{Granted: permission.Set{}.Deny(permission.Permission{Kind: permission.Python})},
		},
		Window: true, Unseen: true, Title: "covers",
	})
	if err != nil {
		return nil, err
	}
	c := &Covers{app: a, page: page, served: make(chan error, 1)}
	listeners, err := server.Listen(ctx, "0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen on this machine: %w", err), page.Close(ctx))
	}
	served, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go func() { c.served <- page.Serve(served, listeners...) }()
	c.headless, err = a.Headless(ctx, HeadlessOptions{
		Address: page.Address(listeners[0]), Width: coverWidth, Height: coverHeight,
		Note: func(format string, args ...any) { o.Note(fmt.Sprintf(format, args...)) },
	})
	if err == nil {
		err = page.WaitForPage(ctx)
	}
	if err != nil {
		c.Close(ctx)
		return nil, err
	}
	return c, nil
}

// Close ends the browser.
func (c *Covers) Close(ctx context.Context) {
	_ = c.page.Close(context.WithoutCancel(ctx)) // what their exit says is of no interest
	if c.headless != nil {
		c.headless.Close()
	}
	c.stop()
	<-c.served
}

// Take opens the window of a plugin, calls run where that needs no data, and
// answers what it looks like as a PNG.
func (c *Covers) Take(ctx context.Context, to address.Address) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, coverTime, errSlowCover)
	defer cancel()
	if _, err := c.headless.Evaluate(ctx, closeFailed); err != nil {
		return nil, err
	}
	session := c.page.Session
	plan, err := session.Open(ctx, to, "")
	if err != nil {
		return nil, err
	}
	config, _, err := c.app.Arguments(plan, Arguments{})
	if err != nil {
		return nil, err
	}
	if _, err := session.Plugin(ctx, plan); err != nil {
		return nil, err
	}
	defer func() { _ = session.Unload(context.WithoutCancel(ctx), plan.Name) }()
	var input *workspace.InputError
	var method *workspace.NoMethodError
	if _, err = session.Run(ctx, workspace.Job{Plan: plan, Method: "run", Config: config}); err != nil && !errors.As(err, &input) && !errors.As(err, &method) {
		return nil, err
	}
	png, err := c.headless.Screenshot(ctx, coverSettle)
	if err != nil {
		return nil, err
	}
	return png, checkCover(png)
}

// closeFailed closes what plugins that failed have left on the page.
const closeFailed = `[...document.querySelectorAll(".window > header > button:last-child")].forEach((b) => b.click())`

var (
	errSlowCover  = fmt.Errorf("it takes longer than %v", coverTime)
	errEmptyCover = errors.New("its window shows nothing")
)

// checkCover refuses pictures that are too large, or of one colour.
func checkCover(png []byte) error {
	if len(png) > maxCover {
		return fmt.Errorf("its picture has more than %d kB", maxCover>>10)
	}
	picture, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		return fmt.Errorf("read its picture: %w", err)
	}
	first, all := picture.At(0, 0), picture.Bounds()
	for y := all.Min.Y; y < all.Max.Y; y++ {
		for x := all.Min.X; x < all.Max.X; x++ {
			if picture.At(x, y) != first {
				return nil
			}
		}
	}
	return errEmptyCover
}

// HasWindow reports that a plugin has something to take a picture of.
func HasWindow(plan *tags.Plan) bool { return plan.Type == "window" || plan.Type == "iframe" }

// KeptCover answers the picture of exactly this text, nil when none was taken.
func (a *App) KeptCover(text []byte) []byte {
	png, err := os.ReadFile(a.coverFile(text))
	if err != nil || checkCover(png) != nil {
		return nil // it is taken anew
	}
	return png
}

// KeepCover keeps the picture of a text; a cache that cannot be written costs only time.
func (a *App) KeepCover(text, png []byte) { _ = replaceFile(a.coverFile(text), png) }

func (a *App) coverFile(text []byte) string {
	sum := sha256.Sum256(text)
	return filepath.Join(a.CacheDir(), coverFolder, hex.EncodeToString(sum[:])+".png")
}

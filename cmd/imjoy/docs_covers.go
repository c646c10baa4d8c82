package main

import (
	"context"
	"fmt"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/tags"
)

// addCovers gives window plugins without a cover a picture of their window. One that
// cannot be taken is told, and no more.
func addCovers(ctx context.Context, a *app.App, in *docsInputs, o docsOptions) error {
	say := func(format string, args ...any) {
		fmt.Fprintf(a.Stderr, "  note: %s\n", findings.Clean(fmt.Sprintf(format, args...)))
	}
	var camera *app.Covers
	defer func() {
		if camera != nil {
			camera.Close(ctx)
		}
	}()
	for i := range in.repositories {
		for j := range in.repositories[i].Plugins {
			p := &in.repositories[i].Plugins[j]
			if !wantsCover(p) {
				continue
			}
			text := p.Document.Source.Text
			if p.Cover = a.KeptCover(text); p.Cover != nil {
				continue
			}
			if camera == nil {
				var err error
				if camera, err = a.Covers(ctx, app.CoverOptions{Offline: !o.fetch, Note: func(text string) { say("%s", text) }}); err != nil {
					return withExit(exitMissing, err, "install Chromium, or leave --covers away")
				}
			}
			var png []byte
			to, err := a.Address(in.places[p.Document])
			if err == nil {
				png, err = camera.Take(ctx, to)
			}
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case err != nil:
				say("no picture of %s: %v", p.Path, err)
			default:
				p.Cover = png
				a.KeepCover(text, png)
			}
		}
	}
	return nil
}

// wantsCover reports a plugin with a window that its author took no picture of.
func wantsCover(p *docsrender.Input) bool {
	plan, _ := tags.Resolve(p.Document, tags.Choose(p.Document, "", "", ""))
	if plan == nil || !app.HasWindow(plan) {
		return false
	}
	plans, _ := tags.All(p.Document)
	for _, other := range plans {
		if len(other.Cover) > 0 {
			return false
		}
	}
	return true
}

package app

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/tags"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// ofBrowsers are what only a browser can give. Its frame has them from its first byte or
// not at all, so a plugin that declares them is asked about before it starts.
var ofBrowsers = []permission.Kind{
	permission.Camera, permission.Microphone, permission.Geolocation, permission.MIDI, permission.EncryptedMedia, permission.FullScreen, permission.PaymentRequest,
}

// frame asks about what a plugin in a frame declares and was neither granted nor denied,
// and returns what it may do.
func (g *guard) frame(ctx context.Context, plan *tags.Plan, granted permission.Set) (permission.Set, error) {
	ask := g.session.options.Permissions.Ask
	if ask == nil || g.session.options.Browser == nil || plan.Type != "window" && plan.Type != "iframe" {
		return granted, nil
	}
	g.asking.Lock()
	defer g.asking.Unlock()
	for _, kind := range ofBrowsers {
		want := permission.Permission{Kind: kind}
		denied := !permission.All().Deny(granted.Denied()...).Allows(want)
		if denied || granted.Allows(want) || !plan.Permissions.Allows(want) {
			continue
		}
		sum := g.sum(plan)
		answer, err := ask(ctx, PermissionQuestion{plan.Name, sum, want})
		if err != nil && !errors.Is(err, engine.ErrCanceled) {
			return granted, err
		}
		switch answer {
		case Once:
		case Always:
			err = g.grants.add(ctx, sum, plan.Name, permission.NewSet(want))
		case Never:
			if err := g.grants.add(ctx, sum, plan.Name, permission.Set{}.Deny(want)); err != nil {
				return granted, err
			}
			continue
		default:
			continue
		}
		if err != nil {
			return granted, err
		}
		granted = granted.Union(permission.NewSet(want))
	}
	return granted, nil
}

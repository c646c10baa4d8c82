package app

import (
	"context"
	"errors"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/tags"
)

var errNotKept = errors.New("offline, and no copy is kept")

// load is asset for the page, which shows in one line why something cannot be had.
func (p *Page) load(ctx context.Context, plan *tags.Plan, address string) (data []byte, mediaType string, err error) {
	data, mediaType, err = p.asset(ctx, plan, address)
	if err != nil && fetch.KindOf(err) == fetch.Offline {
		err = errNotKept
	}
	return data, mediaType, err
}

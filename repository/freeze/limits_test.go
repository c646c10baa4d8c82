package freeze

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/asset"
)

// TestFreezingEnds: by the person, and at too large a file; what could not be had keeps its reason.
func TestFreezingEnds(t *testing.T) {
	freeze := func(ctx context.Context, more, blocks string, o Options) (*Result, error) {
		doc, _ := pluginfile.Parse("p.imjoy.html", []byte(document("web-worker", more, blocks)))
		return Freeze(ctx, doc, o)
	}
	const script = "<script lang=\"javascript\">\napi.export({setup() {}})\n</script>\n"
	one := `, "requirements": ["https://h/lib.js"]`
	leave := errors.New("the person left")
	ctx, cancel := context.WithCancelCause(t.Context())
	o := Options{Load: func(ctx context.Context, r asset.Request) (*asset.Asset, error) {
		cancel(leave)
		return nil, ctx.Err()
	}}
	if _, err := freeze(ctx, one, script, o); !errors.Is(err, leave) {
		t.Errorf("left: %v", err)
	}
	if r, err := freeze(t.Context(), one, script, Options{}); err != nil || r.Complete() || len(r.Left) != 1 || r.Left[0].Err == nil {
		t.Errorf("no way to get anything: %+v, %v", r, err)
	}
	gone := errors.New("gone")
	failing := Options{Load: func(context.Context, asset.Request) (*asset.Asset, error) { return nil, fmt.Errorf("get it: %w", gone) }}
	if r, err := freeze(t.Context(), one, script, failing); err != nil || len(r.Left) != 1 || !errors.Is(r.Left[0].Err, gone) {
		t.Errorf("the reason is lost: %+v, %v", r, err)
	}
	large := Options{Load: func(_ context.Context, r asset.Request) (*asset.Asset, error) {
		return &asset.Asset{Request: r.Specifier, Address: r.Specifier, Kind: r.Kind, Text: []byte(strings.Repeat("x;", maxText/2+1))}, nil
	}}
	if _, err := freeze(t.Context(), one, script, large); err == nil || !strings.Contains(err.Error(), "more than 15") {
		t.Errorf("a large file: %v", err)
	}
}

package engine

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Denied is the error of something that a plugin may not do. A plugin gets it as a
// NotAllowedError with the same sentence.
type Denied struct {
	Plugin string
	Want   permission.Permission
	Why    string // where the refusal does not come from a missing grant; may be empty
}

func (e *Denied) Error() string {
	text := fmt.Sprintf("plugin %q may not %s", e.Plugin, e.Want.Describe())
	switch flag := e.Want.Flag(); {
	case e.Why != "":
		return text + ": " + e.Why
	case flag != "":
		return text + ": it needs " + flag
	}
	return text
}

// Allowed reports whether the plugin was granted something, or somebody was asked
// and agreed since.
func (p *Plugin) Allowed(want permission.Permission) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.options.Granted.Allows(want)
}

// Require returns nil when the plugin may do something. What was not granted, and not
// denied, [Host.Permissions] is asked for; a yes holds until the plugin ends. The error
// is a [Denied], or the end of ctx.
func (p *Plugin) Require(ctx context.Context, want permission.Permission) error {
	if p.Allowed(want) {
		return nil
	}
	ask := p.options.Host.Permissions
	if ask == nil || p.denied(want) {
		return &Denied{Plugin: p.plan.Name, Want: want}
	}
	if err := ask.Ask(ctx, p, want); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options.Granted = p.options.Granted.Union(permission.NewSet(want))
	return nil
}

// denied reports a denial that nobody is asked about.
func (p *Plugin) denied(want permission.Permission) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !permission.All().Deny(p.options.Granted.Denied()...).Allows(want)
}

// Deny takes something back for as long as the plugin runs; nobody is asked about it
// again.
func (p *Plugin) Deny(denied permission.Permission) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options.Granted = p.options.Granted.Deny(denied)
}

// Granted returns what the plugin may do beyond computing, at this moment.
func (p *Plugin) Granted() permission.Set {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.options.Granted
}

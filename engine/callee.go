package engine

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// given prepares values for the plugin: while it waits for a function it was given,
// it does not work.
func (p *Plugin) given(payload wire.Payload) wire.Payload {
	return wrapFunctions(payload, func(c wire.Callee) wire.Callee { return lent{p, c} })
}

// taken prepares values from the plugin: its functions are its work, whoever calls
// them.
func (p *Plugin) taken(payload wire.Payload) wire.Payload {
	return wrapFunctions(payload, func(c wire.Callee) wire.Callee { return owned{p, c} })
}

func wrapFunctions(payload wire.Payload, wrap func(wire.Callee) wire.Callee) wire.Payload {
	if len(payload.Functions) == 0 {
		return payload
	}
	list := make([]wire.Callee, len(payload.Functions))
	for i, c := range payload.Functions {
		list[i] = wrap(c)
	}
	payload.Functions = list
	return payload
}

// lent is a function that the plugin was given and calls.
type lent struct {
	plugin *Plugin
	callee wire.Callee
}

func (l lent) Once() bool { return l.callee.Once() }

func (l lent) InOrder() bool { return wire.InOrder(l.callee) }

func (l lent) CallPayload(ctx context.Context, args wire.Payload) (wire.Payload, error) {
	defer l.plugin.clock.wait()()
	result, err := l.callee.CallPayload(l.plugin.clock.inherit(ctx), l.plugin.taken(args))
	l.plugin.met(err)
	return l.plugin.given(result), err
}

// owned is a function of the plugin.
type owned struct {
	plugin *Plugin
	callee wire.Callee
}

func (o owned) Once() bool { return o.callee.Once() }

func (o owned) InOrder() bool { return wire.InOrder(o.callee) }

func (o owned) CallPayload(ctx context.Context, args wire.Payload) (wire.Payload, error) {
	return o.plugin.work(ctx, args, o.callee.CallPayload)
}

// exported is a function of the plugin's api, as others get it.
type exported struct {
	plugin *Plugin
	method string
}

func (exported) Once() bool { return false }

func (exported) InOrder() bool { return true }

func (e exported) CallPayload(ctx context.Context, args wire.Payload) (wire.Payload, error) {
	return e.plugin.method(ctx, e.method, args)
}

// Interface returns the plugin as other plugins see it: its functions, the other
// members it exported, and its config. Calls pass through this process without
// being read.
func (p *Plugin) Interface() *value.Interface {
	members := &value.Object{}
	for key, v := range p.Values().All() {
		members.Set(key, v)
	}
	members.Set("config", configOf(p.plan))
	members.Set("id", p.ID())
	for _, name := range p.Exports() {
		addMember(members, name, wire.Function(name, exported{p, name}))
	}
	return &value.Interface{ID: p.ID(), Members: members}
}

// configOf is what other plugins see of a plugin's config.
func configOf(plan *tags.Plan) *value.Object {
	return value.NewObject("name", plan.Name, "id", plan.Name, "type", plan.Type, "version", plan.Version, "tag", plan.Tag)
}

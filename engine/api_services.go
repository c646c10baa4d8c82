package engine

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine/value"
)

const services = "a workspace; this program runs one plugin alone"

func apiRegister(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if s := p.options.Host.Services; s != nil {
		return s.Register(ctx, p, argument(args, 0))
	}
	return nil, notHere("registerService", services)
}

func apiUnregister(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if s := p.options.Host.Services; s != nil {
		err := s.Unregister(ctx, p, argument(args, 0))
		return err == nil, err
	}
	return nil, notHere("unregisterService", services)
}

func apiGetServices(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	s := p.options.Host.Services
	if s == nil {
		return nil, notHere("getServices", services)
	}
	found, err := s.Find(ctx, object(argument(args, 0), "name"))
	if found == nil {
		found = []value.Value{}
	}
	return []any(found), err
}

func apiOn(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	event, ok := argument(args, 0).(string)
	handler, isFunction := argument(args, 1).(*value.Function)
	switch {
	case !ok || !isFunction:
		return nil, &value.Error{Name: "TypeError", Message: "api.on needs the name of an event and a function"}
	case p.options.Host.Events == nil:
		return nil, notHere("on", services)
	}
	return nil, p.options.Host.Events.On(ctx, p, event, handler)
}

func apiOff(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if p.options.Host.Events == nil {
		return nil, notHere("off", services)
	}
	return nil, p.options.Host.Events.Off(ctx, p, text(argument(args, 0)))
}

func apiEmit(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	if p.options.Host.Events == nil {
		return nil, notHere("emit", services)
	}
	return nil, p.options.Host.Events.Emit(ctx, p, text(argument(args, 0)), argument(args, 1))
}

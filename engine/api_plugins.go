package engine

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
)

// other finds the plugin that a call names: by text, or by {name}, {id}, {src} or
// {uri}.
func (p *Plugin) other(ctx context.Context, call string, v value.Value) (*Plugin, error) {
	host := p.options.Host.Plugins
	if host == nil {
		return nil, notHere(call, "other plugins; this program runs one alone")
	}
	o := object(v, "name")
	for _, key := range []string{"uri", "src", "name", "id"} {
		if name := o.Text(key); name != "" {
			return host.Plugin(ctx, Wanted{Name: name, Tag: o.Text("tag")})
		}
	}
	return nil, &value.Error{Name: "TypeError", Message: fmt.Sprintf("api.%s needs the name of a plugin", call)}
}

func apiGetPlugin(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	other, err := p.other(ctx, "getPlugin", argument(args, 0))
	if err != nil {
		return nil, err
	}
	return other.Interface(), nil
}

// apiRun runs another plugin with a ctx of the caller's.
func apiRun(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	other, err := p.other(ctx, "run", argument(args, 0))
	if err != nil {
		return nil, err
	}
	return other.forward(ctx, "run", rest(args, 1))
}

// apiCallPlugin calls any function of another plugin.
func apiCallPlugin(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	method, ok := argument(args, 1).(string)
	if !ok {
		return nil, &value.Error{Name: "TypeError", Message: "api.call needs the name of a plugin, the name of a function, and its arguments"}
	}
	other, err := p.other(ctx, "call", argument(args, 0))
	if err != nil {
		return nil, err
	}
	return other.forward(ctx, method, rest(args, 2))
}

func rest(args []value.Value, from int) []value.Value { return args[min(from, len(args)):] }

// forward is Call for values that a plugin sent: paths in them are not read.
func (p *Plugin) forward(ctx context.Context, method string, args []value.Value) (value.Value, error) {
	payload, err := wire.Encode(args...)
	if err != nil {
		return nil, err
	}
	result, err := p.method(ctx, method, payload)
	if err != nil {
		return nil, err
	}
	return result.Result()
}

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

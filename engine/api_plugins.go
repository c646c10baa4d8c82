package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/imjoy-tools/imjoy/engine/internal/wire"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags"
)

// WindowPlugin is the error of [Plugins] for a plugin that lives in windows: each run
// opens a new one.
type WindowPlugin struct{ Plan *tags.Plan }

func (e *WindowPlugin) Error() string {
	return fmt.Sprintf("plugin %q is opened as a window: use api.createWindow", e.Plan.Name)
}

// wanted reads how a call names a plugin: by text, or by {name}, {id}, {src} or {uri}.
// A text, or src, that is a document is the plugin itself.
func wanted(call string, v value.Value) (Wanted, error) {
	o := object(v, "name")
	for _, key := range []string{"uri", "src", "name", "id"} {
		switch name := o.Text(key); {
		case name == "":
		case isDocument(name):
			return Wanted{Source: name, Tag: o.Text("tag")}, nil
		default:
			return Wanted{Name: name, Tag: o.Text("tag")}, nil
		}
	}
	return Wanted{}, &value.Error{Name: "TypeError", Message: fmt.Sprintf("api.%s needs the name of a plugin", call)}
}

// isDocument tells the text of a plugin from a name or an address.
func isDocument(text string) bool {
	return strings.Contains(text, "<config") && strings.Contains(text, "\n")
}

// other finds the plugin that a call names.
func (p *Plugin) other(ctx context.Context, call string, v value.Value) (*Plugin, error) {
	host := p.options.Host.Plugins
	if host == nil {
		return nil, notHere(call, "other plugins; this program runs one alone")
	}
	want, err := wanted(call, v)
	if err != nil {
		return nil, err
	}
	return host.Plugin(ctx, p, want)
}

// apiGetPlugin answers with the api of another plugin. That of a window plugin has one
// function: run opens a window and answers with its api.
func apiGetPlugin(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	other, err := p.other(ctx, "getPlugin", argument(args, 0))
	var window *WindowPlugin
	if errors.As(err, &window) {
		run := func(ctx context.Context, args ...value.Value) (value.Value, error) {
			return p.openWindow(ctx, window.Plan, args)
		}
		members := value.NewObject("config", configOf(window.Plan), "id", window.Plan.Name, "run", &value.Function{Name: "run", Call: run})
		return &value.Interface{ID: window.Plan.Name, Members: members}, nil
	}
	if err != nil {
		return nil, err
	}
	return other.Interface(), nil
}

// openWindow opens a window of a plugin with what run was called with.
func (p *Plugin) openWindow(ctx context.Context, plan *tags.Plan, args []value.Value) (value.Value, error) {
	given, _ := argument(args, 0).(*value.Object)
	return apiCreateWindow(ctx, p, []value.Value{value.NewObject("name", plan.Name, "type", plan.Name, "data", given.Get("data"), "config", given.Get("config"))})
}

// apiRun runs another plugin with a ctx of the caller's.
func apiRun(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	other, err := p.other(ctx, "run", argument(args, 0))
	var window *WindowPlugin
	if errors.As(err, &window) {
		return p.openWindow(ctx, window.Plan, rest(args, 1))
	}
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

// apiInstallPlugin makes a plugin known by its name, and opens it unless it is told
// not to.
func apiInstallPlugin(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	i := p.options.Host.Installer
	if i == nil {
		return nil, notHere("installPlugin", "a program that installs; use `imjoy install`")
	}
	want, err := wanted("installPlugin", argument(args, 0))
	if err != nil {
		return nil, err
	}
	plan, err := i.Install(ctx, p, want)
	if err != nil {
		return nil, err
	}
	return configOf(plan), nil
}

func apiUninstallPlugin(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	i := p.options.Host.Installer
	if i == nil {
		return nil, notHere("uninstallPlugin", "a program that installs; use `imjoy uninstall`")
	}
	want, err := wanted("uninstallPlugin", argument(args, 0))
	if err != nil {
		return nil, err
	}
	return nil, i.Uninstall(ctx, p, want.Name)
}

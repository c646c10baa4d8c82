package engine

import (
	"context"
	"fmt"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/engine/value"
	"github.com/imjoy-tools/imjoy/tags/permission"
)

// Modules is implemented by [Assets] that also provide what modules import: they know
// packages, and where relative names start.
type Modules interface {
	Assets
	// Module gets what a module of the plugin imports. A worker names the importer, so
	// the host checks whether that one could ask for it.
	Module(ctx context.Context, r bundle.Request) (*bundle.Module, error)
}

// Named is implemented by [Assets] that tell addresses which the plugin's text names
// from those that it computed. For the others the plugin needs a permission.
type Named interface {
	Named(specifier, importer string) (want permission.Permission, named bool)
}

// mayLoad asks for the permission to load what the plugin does not name.
func (p *Plugin) mayLoad(ctx context.Context, specifier, importer string) error {
	judge, ok := p.options.Host.Assets.(Named)
	if !ok {
		return nil
	}
	if want, named := judge.Named(specifier, importer); !named {
		return p.Require(ctx, want)
	}
	return nil
}

// apiModule answers a worker that joins the modules of its plugin to one script.
func apiModule(ctx context.Context, p *Plugin, args []value.Value) (value.Value, error) {
	r := bundle.Request{Specifier: text(argument(args, 0)), Importer: text(argument(args, 1)), Kind: bundle.Kind(text(argument(args, 2)))}
	modules, ok := p.options.Host.Assets.(Modules)
	if !ok {
		return nil, &value.Error{Name: "NetworkError", Message: "modules cannot load others here"}
	}
	if err := p.mayLoad(ctx, r.Specifier, r.Importer); err != nil {
		return nil, err
	}
	m, err := modules.Module(ctx, r)
	if err != nil {
		return nil, &value.Error{Name: "NetworkError", Message: fmt.Sprint(err)}
	}
	body := m.Text
	if body == nil {
		body = []byte{}
	}
	return value.NewObject("address", m.Address, "type", m.ContentType, "text", body, "pure", m.Pure, "empty", m.Empty), nil
}

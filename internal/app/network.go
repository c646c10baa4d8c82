package app

import (
	"context"

	"github.com/imjoy-tools/imjoy/engine"
	"github.com/imjoy-tools/imjoy/internal/fetch"
)

// network sends what plugins fetch through the guard of package fetch. What a plugin
// may reach, the engine decides for each hop.
type network struct{ client *fetch.Client }

// network returns the way to the network for plugins, and what closes it.
func (a *App) network(offline bool) (engine.Network, func(), error) {
	mirrors, err := fetch.ParseMirrors(a.Env("IMJOY_MIRRORS"))
	if err != nil {
		return nil, nil, &SettingError{"IMJOY_MIRRORS", err}
	}
	client := fetch.New(fetch.Options{Mirrors: mirrors, Offline: offline})
	return network{client}, client.Close, nil
}

func (n network) Fetch(ctx context.Context, r *engine.NetworkRequest) (*engine.NetworkResponse, error) {
	answer, err := n.client.Exchange(ctx, fetch.Exchange{
		URL: r.URL, Method: r.Method, Headers: r.Headers, Body: r.Body, Redirect: r.Redirect, Allow: r.Allow, Limit: r.Limit,
	})
	if err != nil {
		return nil, err
	}
	return &engine.NetworkResponse{
		URL: answer.URL, Redirected: answer.Redirected, Status: answer.Status, StatusText: answer.StatusText, Headers: answer.Headers, Body: answer.Body,
	}, nil
}

package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/imjoy-tools/imjoy/internal/fetch"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/git"
	"github.com/imjoy-tools/imjoy/repository/store"
)

// RepositoryOptions say how a command uses repositories. The zero value reads and
// writes the person's store and fetches from the public internet.
type RepositoryOptions struct {
	// What says what the command does, for others who wait for it: "install Name".
	What string
	// AllowNet are the hosts of --allow-net.
	AllowNet []string
	// Offline keeps the command from using the network.
	Offline bool
	// Reload fetches what plugins load by address once more, though it is kept.
	Reload bool
	// Environment says how Python packages are resolved; nil resolves none.
	Environment *EnvironmentOptions
	// Lock is the lock of the project, nil for none.
	Lock *repository.Lock
}

// SettingError is a variable of the environment that cannot be used.
type SettingError struct {
	Name string
	Err  error
}

func (e *SettingError) Error() string { return e.Name + ": " + e.Err.Error() }
func (e *SettingError) Unwrap() error { return e.Err }

// Repository opens the person's store and the way to everything that can be
// fetched. Call done at the end.
func (a *App) Repository(o RepositoryOptions) (r *repository.Repository, done func(), err error) {
	mirrors, err := fetch.ParseMirrors(a.Env("IMJOY_MIRRORS"))
	if err != nil {
		return nil, nil, &SettingError{"IMJOY_MIRRORS", err}
	}
	proxies, err := a.proxies()
	if err != nil {
		return nil, nil, err
	}
	names, err := a.Names()
	if err != nil {
		return nil, nil, err
	}
	s, err := a.Store(o.What)
	if err != nil {
		return nil, nil, err
	}
	lib, err := a.library(AssetOptions{AllowNet: o.AllowNet, Offline: o.Offline, Reload: o.Reload && !o.Offline, Quiet: true})
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	progress := a.newProgress()
	client := fetch.New(fetch.Options{
		Cache: a.cache(), Mirrors: mirrors, Proxies: proxies, Allow: o.AllowNet, Offline: o.Offline, Token: a.Env("GH_TOKEN"), Progress: progress.show, Done: progress.done,
	})
	done = func() {
		progress.clear()
		lib.done()
		client.Close()
		s.Close()
	}
	var resolve func(context.Context, *repository.Plugin, json.RawMessage) (json.RawMessage, error)
	if o.Environment != nil {
		resolve = a.ResolveEnvironment(*o.Environment)
	}
	return repository.New(repository.Config{
		Environment: resolve, Assets: lib.installAssets, Store: s, Fetch: client, Dir: a.Dir, Now: a.Now, Hosts: o.AllowNet, Lock: o.Lock, Names: names,
		Git: git.New(git.Options{
			Dir: filepath.Join(a.CacheDir(), gitFolder), Env: a.Env, Offline: o.Offline, Dial: client.Dial, Mirror: client.Mirror,
		}),
	}), done, nil
}

// ProxySettings is the name of the [SettingError] about HTTPS_PROXY and HTTP_PROXY.
const ProxySettings = "proxy settings"

// proxies are those of the environment, for what is fetched to install and to load.
func (a *App) proxies() (fetch.Proxies, error) {
	p, err := fetch.ParseProxies(a.Env)
	if err != nil {
		return p, &SettingError{ProxySettings, err}
	}
	return p, nil
}

// Store opens the person's store. what is told to others who wait for us.
func (a *App) Store(what string) (*store.Store, error) {
	return store.Open(a.home(), store.Options{What: address.Redact(what), Waiting: func(h store.Holder) {
		fmt.Fprintf(a.Stderr, "imjoy: waiting for %s\n", findings.Clean(h.String()))
	}})
}

// Address reads an address as a person types it: what exists as a file or folder
// is one.
func (a *App) Address(text string) (address.Address, error) {
	return address.ParseWith(text, func(path string) bool {
		if !filepath.IsAbs(path) {
			path = filepath.Join(a.Dir, path)
		}
		_, err := os.Stat(path)
		return err == nil
	})
}

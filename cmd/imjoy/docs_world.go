package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/fetch"
)

// imageFetcher answers how images on the web are fetched, behind the guard of every
// request; done closes its connections.
func imageFetcher(a *app.App) (get func(context.Context, string) ([]byte, error), done func(), err error) {
	mirrors, err := fetch.ParseMirrors(a.Env("IMJOY_MIRRORS"))
	if err != nil {
		return nil, nil, usageError("write it as FROM=TO,FROM=TO", "IMJOY_MIRRORS: %w", err)
	}
	proxies, err := fetch.ParseProxies(a.Env)
	if err != nil {
		return nil, nil, usageError("write HTTPS_PROXY=http://HOST:PORT", "proxy settings: %w", err)
	}
	client := fetch.New(fetch.Options{Mirrors: mirrors, Proxies: proxies})
	get = func(ctx context.Context, url string) ([]byte, error) {
		answer, err := client.Get(ctx, fetch.Request{URL: url, Limit: docsrender.MaxImageBytes, Accept: "image/*"})
		if err != nil {
			return nil, err
		}
		return answer.Body, nil
	}
	return get, client.Close, nil
}

// openBrowser asks the desktop to show a page; the program that does is not waited
// for.
func openBrowser(url string) error {
	words := []string{"xdg-open", url}
	switch runtime.GOOS {
	case "darwin":
		words[0] = "open"
	case "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(words[0], words[1:]...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open the browser: %w", err)
	}
	go cmd.Wait() //nolint:errcheck // only so that it does not stay as a zombie
	return nil
}

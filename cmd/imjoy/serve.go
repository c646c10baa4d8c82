package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/repository"
	"github.com/imjoy-tools/imjoy/server"
)

type serveFlags struct {
	port                 int
	noOpen               bool
	engines              engineFlags
	timeout              timeSpan
	memory               byteSize
	env                  envFlags
	permissions          permissionFlags
	offline, noInstalled bool
	title                string
}

func newServeCommand(a *app.App) *cobra.Command {
	f := serveFlags{timeout: defaultTimeout}
	cmd := &cobra.Command{
		Use:   "serve [FOLDER|PLUGIN...]",
		Short: "Open a workspace in the browser",
		Long: `Open a workspace in the browser: the plugins of folders and files, and those that are
installed, with their forms, results and windows. Files are looked at while it runs: a
plugin that you save is new at its next run.

Only this machine can connect, and only with the whole address that is printed: what
stands behind the # is a secret, new each time. Window plugins run in frames of their
own origin and reach nothing but their host.`,
		Example: `  imjoy serve
  imjoy serve plugins
  imjoy serve blur.imjoy.html --no-open --port 8000`,
		RunE: func(cmd *cobra.Command, args []string) error { return serveWorkspace(cmd.Context(), a, args, f) },
	}
	flags := cmd.Flags()
	flags.IntVar(&f.port, "port", 0, "`PORT` to listen at; 0 takes a free one")
	flags.BoolVar(&f.noOpen, "no-open", false, "only print the address")
	f.engines.add(flags)
	flags.Var(&f.timeout, "timeout", "`TIME` that a JavaScript plugin may work on a call, such as 90s; 0: no limit")
	flags.Var(&f.memory, "memory", "memory for each plugin, such as 512M or 2G")
	offlineFlag(flags, &f.offline)
	flags.BoolVar(&f.noInstalled, "no-installed", false, "leave out the plugins that are installed")
	f.permissions.add(flags)
	f.env.add(flags)
	flags.StringVar(&f.title, "title", "", "`TITLE` of the workspace (default: the folder's)")
	return cmd
}

func serveWorkspace(ctx context.Context, a *app.App, paths []string, f serveFlags) error {
	if err := f.engines.check(); err != nil {
		return err
	}
	for _, path := range paths {
		if _, err := os.Stat(absolute(a, path)); err != nil {
			return repositoryFailure(a, &repository.FileError{Path: path, Err: err})
		}
	}
	if f.title == "" {
		f.title = filepath.Base(a.Dir)
		if len(paths) == 1 {
			f.title = filepath.Base(absolute(a, paths[0]))
		}
	}
	environment, err := f.env.options(f.offline)
	if err != nil {
		return err
	}
	o := app.ServeOptions{
		Run: app.RunOptions{
			RepositoryOptions: app.RepositoryOptions{What: "serve", AllowNet: f.permissions.hosts(), Offline: f.offline},
			Environment:       environment, Timeout: time.Duration(f.timeout), Memory: int64(f.memory),
			Permissions: app.PermissionOptions{Granted: a.AbsolutePaths(f.permissions.set())},
		},
		Paths: paths, Installed: !f.noInstalled, Title: f.title, InPage: app.PageTypes(f.engines.javascriptInPage(), f.engines.pythonInPage()), InFrame: f.engines.javascript == inFrame,
		Note: func(text string) { fmt.Fprintf(a.Stderr, "  note: %s\n", findings.Clean(text)) },
	}
	o.Docs, o.DocsPage = servedDocs(a, paths, !f.noInstalled)
	page, err := a.Page(o)
	if err != nil {
		return repositoryFailure(a, err)
	}
	defer page.Close(context.WithoutCancel(ctx))
	return showPage(ctx, a, page, f.port, !f.noOpen)
}

// showPage serves a page until the person stops it.
func showPage(ctx context.Context, a *app.App, page *app.Page, port int, open bool) error {
	listeners, err := listen(ctx, port)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { served <- page.Serve(ctx, listeners...) }()
	showAddress(a, page.Address(listeners[0]), open)
	return <-served
}

// listen opens a port that only this machine can reach.
func listen(ctx context.Context, port int) ([]net.Listener, error) {
	if port < 0 || port > 65535 {
		return nil, usageError("name one from 1 to 65535, or leave --port away to take a free one", "%d is no port", port)
	}
	listeners, err := server.Listen(ctx, strconv.Itoa(port))
	if err != nil {
		return nil, withExit(exitMissing, fmt.Errorf("listen at port %d: %w", port, err), "leave --port away to take a free one")
	}
	return listeners, nil
}

// showAddress says where a page is served, and opens it.
func showAddress(a *app.App, url string, open bool) {
	fmt.Fprintln(a.Stdout, url)
	fmt.Fprintln(a.Stderr, "Press Ctrl-C to stop.")
	if open {
		if err := openBrowser(url); err != nil {
			fmt.Fprintf(a.Stderr, "  note: open that address yourself: %v\n", err)
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	docsrender "github.com/imjoy-tools/imjoy/docs-render"
	"github.com/imjoy-tools/imjoy/internal/app"
	"github.com/imjoy-tools/imjoy/internal/findings"
	"github.com/imjoy-tools/imjoy/lint/analysis"
)

func newDocsCommand(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Build and serve documentation of plugins",
		Long: `Make a documentation site of plugins: a front page with search and filters, and for each
plugin its docs, settings, inputs, requirements, permissions and source.

Nothing of a plugin is executed, and a page never asks another host for anything: images
on the web are links unless --fetch packs them.`,
		Example: `  imjoy docs serve plugins
  imjoy docs build plugins -o site`,
	}
	cmd.AddCommand(newDocsBuildCommand(a), newDocsServeCommand(a))
	return cmd
}

// docsOptions are the flags that build and serve share.
type docsOptions struct {
	title     string
	address   []string
	fetch     bool
	history   bool
	installed bool
	offline   bool
	allowNet  []string

	get    func(context.Context, string) ([]byte, error) // images of the web
	covers bool
	read   *analysis.Cache // what lint has read before; nil keeps nothing
}

func (o *docsOptions) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.title, "title", "", "`TITLE` of the site (default: the name in the manifest)")
	cmd.Flags().StringArrayVar(&o.address, "address", nil, "show install lines for the repository `OWNER/REPO` instead of files; once for each folder, in order")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "do not use the network for repositories that lie elsewhere")
	allowNetFlag(cmd.Flags(), &o.allowNet)
	cmd.Flags().BoolVar(&o.history, "history", false, "show the earlier versions of plugins that lie in a git checkout")
	cmd.Flags().BoolVar(&o.installed, "installed", false, "add the installed plugins, with the versions that can be rolled back to")
	cmd.Flags().BoolVar(&o.fetch, "fetch", false, "fetch images from the web, and plugins that a manifest lists elsewhere, and pack them into the site")
}

func newDocsBuildCommand(a *app.App) *cobra.Command {
	var o docsOptions
	var out string
	cmd := &cobra.Command{
		Use:   "build [FOLDER|FILE|OWNER/REPO...]",
		Short: "Write a documentation site",
		Long: `Write a documentation site for the plugins in folders and files. It works on any web
server and also when index.html is opened from disk. Several folders become one site,
in which each is a repository with its own manifest; so do repositories that lie
elsewhere, by any address that imjoy install takes. What imjoy lint finds stands at the
lines of the sources.

Nothing of a plugin is executed, but for --covers: window plugins without a cover are
opened in a Chromium that nobody sees, run is called where it needs no data, and what they
look like becomes their cover. No Python runs for that, nothing is granted, and without
--fetch nothing is loaded from the network. Pictures are kept by the plugin's content.

FOLDER of --output must be new, empty, or a site that imjoy has written; that one is
replaced as a whole.`,
		Example: `  imjoy docs build plugins -o site
  imjoy docs build plugins -o site --address our-lab/plugins --fetch
  imjoy docs build plugins -o site --covers
  imjoy docs build owner/repo -o site
  imjoy docs build blur.imjoy.html -o blur-docs --title "Blur"
  imjoy docs build --installed -o mine
  imjoy docs build cells spots -o site --address lab/cells --address lab/spots`,
		Args: docsArguments(&o),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usageError("add -o FOLDER", "no folder to write to")
			}
			return buildDocs(cmd.Context(), a, args, o, out)
		},
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.covers, "covers", false, "take pictures of window plugins that have no cover, in a Chromium that nobody sees")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the `FOLDER` to write")
	return cmd
}

func newDocsServeCommand(a *app.App) *cobra.Command {
	var o docsOptions
	var port int
	var noOpen bool
	cmd := &cobra.Command{
		Use:   "serve [FOLDER|FILE|OWNER/REPO...]",
		Short: "Show a documentation site in the browser",
		Long: `Serve the documentation of plugins on this machine, until Ctrl-C, and open it in the
browser. Pages come anew when files change. The address is printed on standard output.

Only this machine can connect, and pages of other sites cannot read it.`,
		Example: `  imjoy docs serve plugins
  imjoy docs serve blur.imjoy.html --no-open --port 8000`,
		Args: docsArguments(&o),
		RunE: func(cmd *cobra.Command, args []string) error {
			return serveDocs(cmd.Context(), a, args, o, port, !noOpen)
		},
	}
	o.register(cmd)
	cmd.Flags().IntVar(&port, "port", 0, "`PORT` to listen at; 0 takes a free one")
	cmd.Flags().BoolVar(&noOpen, "no-open", false, "only print the address")
	return cmd
}

func docsArguments(o *docsOptions) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 && !o.installed {
			return usageError("name a folder of plugins, a plugin file, or OWNER/REPO; --installed shows what is installed", "no FOLDER or FILE given")
		}
		return nil
	}
}

func buildDocs(ctx context.Context, a *app.App, paths []string, o docsOptions, out string) error {
	options, done, err := docsSiteOptions(a, o)
	if err != nil {
		return err
	}
	defer done()
	o.get = options.Fetch
	in, err := readDocsInputs(ctx, a, paths, o)
	if err != nil {
		return err
	}
	defer in.Close()
	if o.covers {
		if err := addCovers(ctx, a, in, o); err != nil {
			return err
		}
	}
	site, err := docsrender.Build(ctx, in.repositories, options)
	if err != nil {
		return err
	}
	err = site.Write(absolute(a, out))
	var foreign *docsrender.ForeignFolderError
	if errors.As(err, &foreign) {
		return withExit(exitRefused, fmt.Errorf("folder %s is not empty and holds no site that imjoy has written", out), "name another folder, or empty this one")
	}
	if err != nil {
		return err
	}
	showDocsNotes(a, site)
	warnOfSecrets(a, in)
	plugins := "1 plugin"
	if n := in.plugins(); n != 1 {
		plugins = fmt.Sprintf("%d plugins", n)
	}
	fmt.Fprintf(a.Stderr, "Wrote the docs of %s to %s\n", plugins, filepath.ToSlash(filepath.Join(out, "index.html")))
	return nil
}

func showDocsNotes(a *app.App, site *docsrender.Site) {
	for _, note := range site.Notes {
		fmt.Fprintf(a.Stderr, "  note: %s\n", findings.Clean(note))
	}
}

func serveDocs(ctx context.Context, a *app.App, paths []string, o docsOptions, port int, open bool) error {
	options, done, err := docsSiteOptions(a, o)
	if err != nil {
		return err
	}
	defer done()
	o.read = new(analysis.Cache)
	live := &liveDocs{app: a, paths: paths, flags: o, options: options}
	if _, err := live.current(ctx); err != nil {
		return err
	}
	listeners, err := listen(ctx, port)
	if err != nil {
		return err
	}
	site := &http.Server{
		Handler:           docsrender.Handler(live.current),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	stop := context.AfterFunc(ctx, func() { site.Close() })
	defer stop()
	ended := make(chan error, len(listeners))
	for _, listener := range listeners {
		go func() { ended <- site.Serve(listener) }()
	}
	showAddress(a, "http://"+listeners[0].Addr().String()+"/", open)
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve docs: %w", err)
	}
	return nil
}

// liveDocs builds the site again when files have changed.
type liveDocs struct {
	app     *app.App
	paths   []string
	flags   docsOptions
	options docsrender.Options

	mu    sync.Mutex
	stamp string
	site  *docsrender.Site
}

func (l *liveDocs) current(ctx context.Context) (*docsrender.Site, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	stamp, err := docsStamp(l.app, l.paths, l.flags.installed)
	if err != nil || l.site != nil && stamp == l.stamp {
		return l.site, l.tell(err)
	}
	in, err := readDocsInputs(context.WithoutCancel(ctx), l.app, l.paths, l.flags)
	if err != nil {
		return nil, l.tell(err)
	}
	defer in.Close()
	// The request that asks first may go away; the site is for all of them.
	site, err := docsrender.Build(context.WithoutCancel(ctx), in.repositories, l.options)
	if err != nil {
		return nil, l.tell(err)
	}
	showDocsNotes(l.app, site)
	l.stamp, l.site = stamp, site
	return site, nil
}

// tell shows an error in the terminal, which is where a page sends its reader.
func (l *liveDocs) tell(err error) error {
	if err != nil && l.site != nil {
		fmt.Fprintf(l.app.Stderr, "imjoy: %s\n", findings.Clean(err.Error()))
	}
	return err
}

// servedDocs are the docs of the plugins that are served, made when somebody reads them,
// and where in them a plugin has its page.
func servedDocs(a *app.App, paths []string, installed bool) (http.Handler, func(context.Context, string) string) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	flags := docsOptions{installed: installed, read: new(analysis.Cache)}
	options, _, _ := docsSiteOptions(a, flags) // which fetches nothing, so nothing fails or is to be freed
	live := &liveDocs{app: a, paths: paths, flags: flags, options: options}
	current := func(ctx context.Context) (*docsrender.Site, error) {
		site, err := live.current(ctx)
		if err == nil && site == nil {
			err = errors.New("there are no docs")
		}
		return site, err
	}
	return docsrender.Handler(current), func(ctx context.Context, name string) string {
		if site, err := current(ctx); err == nil {
			return site.Pages[name]
		}
		return ""
	}
}

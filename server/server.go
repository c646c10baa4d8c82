package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/imjoy-tools/imjoy/engine/bundle"
	"github.com/imjoy-tools/imjoy/tags"
)

// Options describe a server.
type Options struct {
	// App is what the page can ask for.
	App App
	// Docs is shown under /docs/; nil: there is none.
	Docs http.Handler
	// Asset returns what a plugin's frame loads by address, from this machine or, where
	// that is allowed, from the network, with its media type. Nil: nothing.
	Asset func(ctx context.Context, plan *tags.Plan, address string) (data []byte, mediaType string, err error)
	// Module returns a module that a script imports, Link the address at which a plugin's
	// frame finds a package. Nil: there are none.
	Module func(ctx context.Context, plan *tags.Plan, r bundle.Request) (*bundle.Module, error)
	Link   func(ctx context.Context, plan *tags.Plan, name string) (string, error)
	// Python returns what a Python plugin in the page runs on. Nil: none can.
	Python func(ctx context.Context, plan *tags.Plan) (*Python, error)
	// Note gets a line about what people should know; nil: thrown away.
	Note func(text string)
}

// Server is a page on this machine. It is safe for concurrent use.
type Server struct {
	options Options
	token   string
	frames  frameTable

	ready     chan struct{} // closed when a page is ready
	readyOnce sync.Once

	mu      sync.Mutex
	clients map[*client]struct{}
	tickets []*ticket
	latest  *client       // the page that was used last
	arrived chan struct{} // closed and made anew when a page connects
}

// New returns a server with a new token.
func New(o Options) *Server {
	return &Server{options: o, token: secret(), clients: map[*client]struct{}{}, arrived: make(chan struct{}), ready: make(chan struct{})}
}

// Listen opens the port for both loopback addresses; port 0 takes a free one. A
// machine without IPv6 has the first only.
func Listen(ctx context.Context, port string) ([]net.Listener, error) {
	var config net.ListenConfig
	four, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	list := []net.Listener{four}
	_, port, _ = net.SplitHostPort(four.Addr().String())
	if six, err := config.Listen(ctx, "tcp6", net.JoinHostPort("::1", port)); err == nil {
		list = append(list, six)
	}
	return list, nil
}

// Serve answers requests until ctx ends. Listeners must be of loopback addresses, all
// of one port.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	if err := s.bind(listeners); err != nil {
		return err
	}
	h := &http.Server{
		Handler:           s.guard(s.pages(), s.frames.handler(s)),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: maxHeaderBytes,
	}
	stop := context.AfterFunc(ctx, func() {
		s.hangUp()
		h.Close()
	})
	defer stop()
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- h.Serve(l) }()
	}
	err := <-failed
	h.Close()
	s.hangUp()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve the page: %w", err)
}

func (s *Server) bind(listeners []net.Listener) error {
	if len(listeners) == 0 {
		return errors.New("serve the page: nothing to listen at")
	}
	for _, l := range listeners {
		a, ok := l.Addr().(*net.TCPAddr)
		if !ok || !a.IP.IsLoopback() {
			return fmt.Errorf("serve the page: %s is not an address of this machine alone", l.Addr())
		}
	}
	return nil
}

// Address is what the browser opens to get the page at a listener. Whoever has it can
// do what the page can.
func (s *Server) Address(l net.Listener) string {
	return "http://" + l.Addr().String() + "/#" + s.token
}

func (s *Server) note(format string, args ...any) {
	if s.options.Note != nil {
		s.options.Note(fmt.Sprintf(format, args...))
	}
}

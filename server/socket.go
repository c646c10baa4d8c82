package server

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// serveSocket connects a page. Its Origin has been compared with its Host already; here
// it must also be there, as only a browser's page may connect, and the first message
// must hold the token, or the ticket of a page that was loaded anew.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") != "http://"+r.Host {
		refuse(w)
		return
	}
	if !s.room() {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has answered
	}
	defer socket.CloseNow()
	pass := s.greet(r.Context(), socket)
	if pass == nil {
		socket.Close(websocket.StatusPolicyViolation, "the token is wrong")
		return
	}
	socket.SetReadLimit(MaxMessage)
	ctx, stop := context.WithCancelCause(context.WithoutCancel(r.Context()))
	c := &client{
		server: s, socket: socket, page: "http://" + r.Host, ctx: ctx, stop: stop,
		channels: map[uint32]*channel{}, partial: map[uint32][]byte{},
	}
	c.control = newControl(c)
	switch entered, full := s.enter(c, pass); {
	case full:
		socket.Close(websocket.StatusTryAgainLater, "too many pages are open")
		return
	case !entered:
		socket.Close(websocket.StatusPolicyViolation, "the ticket is in use")
		return
	}
	go c.control.notify("ticket", pass.secret)
	go c.keepAlive()
	_ = c.read() // however it ended, it is over
	s.leave(c)
	c.end(errPageClosed)
}

// greet waits for the first message, {"token": "..."} or {"ticket": "..."}, and answers
// with which ticket the page goes on; nil: it may not connect.
func (s *Server) greet(ctx context.Context, socket *websocket.Conn) *ticket {
	socket.SetReadLimit(maxHello)
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	_, text, err := socket.Read(ctx)
	var hello struct {
		Token  string `json:"token"`
		Ticket string `json:"ticket"`
	}
	switch {
	case err != nil || json.Unmarshal(text, &hello) != nil:
		return nil
	case same(hello.Token, s.token):
		return &ticket{secret: secret()}
	}
	t := s.ticketOf(hello.Ticket)
	if t == nil {
		return nil
	}
	// A page that is loaded anew may be quicker than the news that its socket has ended.
	s.mu.Lock()
	holder := t.holder
	s.mu.Unlock()
	select {
	case <-holder.ctx.Done():
		return t
	case <-ctx.Done():
		return nil
	}
}

func (c *client) keepAlive() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			c.socket.CloseNow()
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(c.ctx, pingEvery)
		err := c.socket.Ping(ctx)
		cancel()
		if err != nil {
			c.stop(errPageClosed)
		}
	}
}

func (s *Server) room() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.clients) < MaxClients
}

// enter counts a page in, which holds its ticket from now on.
func (s *Server) enter(c *client, t *ticket) (entered, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) >= MaxClients {
		return false, true
	}
	if !t.take(c) {
		return false, false
	}
	s.keep(t)
	s.clients[c] = struct{}{}
	s.latest = c
	close(s.arrived)
	s.arrived = make(chan struct{})
	return true, false
}

func (s *Server) leave(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, c)
	if s.latest == c {
		s.latest = nil
		for other := range s.clients {
			s.latest = other
		}
	}
}

// use notes which page a person works in: questions and windows go there.
func (s *Server) use(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.clients[c]; open {
		s.latest = c
	}
}

// current returns the page that is in use, and waits for one.
func (s *Server) current(ctx context.Context) (*client, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	for {
		s.mu.Lock()
		c, arrived := s.latest, s.arrived
		s.mu.Unlock()
		if c != nil {
			return c, nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Changed tells all pages that the list of plugins is another.
func (s *Server) Changed() { s.broadcast("plugins", nil) }

// Ready returns when a page is connected and has drawn itself.
func (s *Server) Ready(ctx context.Context) error {
	select {
	case <-s.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// hangUp ends the connections of all pages.
func (s *Server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.clients {
		c.stop(errPageClosed)
	}
}

// broadcast tells all pages.
func (s *Server) broadcast(method string, what any) {
	s.mu.Lock()
	list := make([]*client, 0, len(s.clients))
	for c := range s.clients {
		list = append(list, c)
	}
	s.mu.Unlock()
	for _, c := range list {
		c.control.notify(method, what)
	}
}

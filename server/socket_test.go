package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/imjoy-tools/imjoy/server"
)

// dial connects as a page does.
func dial(t *testing.T, s *served, token string) (*websocket.Conn, error) {
	t.Helper()
	host := s.host
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws://"+host+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://" + host}}})
	if err != nil {
		return nil, err
	}
	c.SetReadLimit(server.MaxMessage)
	t.Cleanup(func() { c.CloseNow() })
	hello, _ := json.Marshal(map[string]string{"token": token})
	return c, c.Write(ctx, websocket.MessageText, hello)
}

// closed waits until the server ends a connection and says how.
func closed(t *testing.T, c *websocket.Conn) websocket.StatusCode {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		if _, _, err := c.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Fatal("the connection stays")
			}
			return websocket.CloseStatus(err)
		}
	}
}

func TestSocketWantsTheToken(t *testing.T) {
	s := start(t, server.Options{})
	token := s.token
	for _, wrong := range []string{"", "x", token[:len(token)-1], token + "x", strings.ToLower(token), strings.Repeat("x", 5000)} {
		c, err := dial(t, s, wrong)
		if err != nil {
			t.Fatal(err)
		}
		if status := closed(t, c); status != websocket.StatusPolicyViolation && status != websocket.StatusMessageTooBig {
			t.Errorf("%.50q: closed with %d", wrong, status)
		}
	}
	// The first message is short, whatever it holds.
	c, err := dial(t, s, token+strings.Repeat("x", 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	if status := closed(t, c); status != websocket.StatusMessageTooBig {
		t.Errorf("a long first message: closed with %d", status)
	}
	// The right one gets answers; an old session's token is of no use.
	if c, err = dial(t, s, token); err != nil {
		t.Fatal(err)
	}
	if got := call(t, c, "plugins"); !strings.Contains(got, "nothing but its windows") {
		t.Errorf("got %s", got)
	}
	other := start(t, server.Options{})
	c, err = dial(t, other, token)
	if err != nil {
		t.Fatal(err)
	}
	if status := closed(t, c); status != websocket.StatusPolicyViolation {
		t.Errorf("a token of another server: closed with %d", status)
	}
}

// call asks over channel 0 and returns the header of the answer. What the server says by
// itself, such as the ticket, may come before it.
func call(t *testing.T, c *websocket.Conn, method string) string {
	t.Helper()
	header := `{"v":1,"id":1,"kind":"call","method":"` + method + `","args":[null]}`
	message := []byte{0, 0, 0, 0, 1, byte(len(header)), 0, 0, 0, 0, 0, 0, 0}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := c.Write(ctx, websocket.MessageBinary, append(message, header...)); err != nil {
		t.Fatal(err)
	}
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), `"kind":"notify"`) {
			return string(data)
		}
	}
}

func TestNonsenseEndsTheConnection(t *testing.T) {
	s := start(t, server.Options{})
	token := s.token
	for name, message := range map[string][]byte{
		"too short":         {0, 0},
		"no such flag":      {0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0},
		"false length":      {0, 0, 0, 0, 1, 255, 255, 255, 255, 0, 0, 0, 0},
		"many buffers":      {0, 0, 0, 0, 1, 2, 0, 0, 0, 255, 255, 255, 255, '{', '}'},
		"buffer of 2**63":   {0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, '{', '}'},
		"not JSON":          {0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, '{'},
		"more than is said": {0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, '{', '}', 'x'},
		"too long":          make([]byte, server.MaxMessage+1),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := dial(t, s, token)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_ = c.Write(ctx, websocket.MessageBinary, message) // it may end before all is sent
			closed(t, c)
		})
	}
	// An unknown channel is one that has ended: ignored.
	c, err := dial(t, s, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), websocket.MessageBinary, []byte{9, 0, 0, 0, 1, 1}); err != nil {
		t.Fatal(err)
	}
	if got := call(t, c, "plugins"); !strings.Contains(got, "error") {
		t.Error(got)
	}
}

// idle has plugins that never come.
type idle struct{ asked chan struct{} }

func (a idle) Plugins(ctx context.Context) ([]server.Plugin, error) {
	a.asked <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}
func (idle) Run(context.Context, server.Job, func(server.Event)) (server.Result, error) {
	return server.Result{}, nil
}
func (idle) Ask(context.Context, string, json.RawMessage) (any, error) { return nil, nil }

func TestCallsAreCounted(t *testing.T) {
	const most = 256
	a := idle{make(chan struct{}, 2*most)}
	s := start(t, server.Options{App: a})
	c, err := dial(t, s, s.token)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for id := range most + 1 {
		header := fmt.Sprintf(`{"v":1,"id":%d,"kind":"call","method":"plugins"}`, id+1)
		message := append([]byte{0, 0, 0, 0, 1, byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...)
		if err := c.Write(ctx, websocket.MessageBinary, message); err != nil {
			t.Fatal(err)
		}
	}
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			t.Fatalf("%d calls run at once: %v", len(a.asked), err)
		}
		if strings.Contains(string(data), `"kind":"error"`) {
			if !strings.Contains(string(data), fmt.Sprintf(`"id":%d`, most+1)) || !strings.Contains(string(data), "RangeError") {
				t.Errorf("got %s", data)
			}
			return
		}
	}
}

// Who says nothing is not waited for.
func TestSilentConnectionsEnd(t *testing.T) {
	if os.Getenv("IMJOY_LONG") == "" {
		t.Skip("it takes ten seconds: IMJOY_LONG=1 waits for them")
	}
	s := start(t, server.Options{})
	c, _, err := websocket.Dial(t.Context(), "ws://"+s.host+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://" + s.host}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	if _, _, err := c.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("it may stay silent: %v", err)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	s := start(t, server.Options{})
	token := s.token
	for range server.MaxClients {
		c, err := dial(t, s, token)
		if err != nil {
			t.Fatal(err)
		}
		call(t, c, "plugins")
	}
	c, err := dial(t, s, token)
	if err == nil {
		if status := closed(t, c); status != websocket.StatusTryAgainLater {
			t.Errorf("one too many: closed with %d", status)
		}
	}
}

// A tab that is loaded anew connects with its ticket: not while its page is there, then as
// often as it likes, and never with something else.
func TestTicketsAreForOnePageAfterTheOther(t *testing.T) {
	s := start(t, server.Options{})
	connect := func(hello map[string]string) *websocket.Conn {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		c, _, err := websocket.Dial(ctx, "ws://"+s.host+"/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://" + s.host}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.CloseNow() })
		text, _ := json.Marshal(hello)
		if err := c.Write(ctx, websocket.MessageText, text); err != nil {
			t.Fatal(err)
		}
		return c
	}
	ticketOf := func(c *websocket.Conn) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, data, err := c.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(data), `"method":"ticket","args":["`)
		ticket, _, ok := strings.Cut(rest, `"`)
		if !ok || ticket == s.token || len(ticket) != len(s.token) {
			t.Fatalf("no ticket in %q", data)
		}
		return ticket
	}
	first := connect(map[string]string{"token": s.token})
	ticket := ticketOf(first)
	for _, wrong := range []string{"", "x", s.token, ticket[1:]} {
		if status := closed(t, connect(map[string]string{"ticket": wrong})); status != websocket.StatusPolicyViolation {
			t.Errorf("%q: closed with %d", wrong, status)
		}
	}
	if status := closed(t, connect(map[string]string{"token": ticket})); status != websocket.StatusPolicyViolation {
		t.Errorf("a ticket as token: closed with %d", status)
	}

	// It waits for the page before it, and is there when that has gone.
	second := connect(map[string]string{"ticket": ticket})
	time.AfterFunc(100*time.Millisecond, func() { first.CloseNow() })
	if again := ticketOf(second); again != ticket {
		t.Errorf("the ticket is another: %q", again)
	}
	// Of two that wait only one gets in.
	a, b := connect(map[string]string{"ticket": ticket}), connect(map[string]string{"ticket": ticket})
	second.CloseNow()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	entered := make(chan bool, 2)
	for _, c := range []*websocket.Conn{a, b} {
		go func() {
			_, _, err := c.Read(ctx)
			if err == nil {
				time.AfterFunc(300*time.Millisecond, cancel) // the other one has had its chance
			}
			entered <- err == nil
		}()
	}
	if x, y := <-entered, <-entered; x == y {
		t.Errorf("of two pages %t and %t got in", x, y)
	}
}

package git

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// listen starts the way out for one command of git: a proxy on this machine that
// connects where the guard allows and ends when too much came. Its password keeps
// others on the machine from using it.
func listen(dial func(context.Context, string, string) (net.Conn, error)) (p *proxy, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p = &proxy{ctx: ctx, dial: dial, password: rand.Text()}
	p.address = "http://imjoy:" + p.password + "@" + l.Addr().String()
	p.left.Store(maxTransfer)
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() { p.serve(conn) })
		}
	})
	p.close = func() {
		cancel()
		l.Close()
		tasks.Wait()
	}
	return p, nil
}

type proxy struct {
	ctx      context.Context
	dial     func(context.Context, string, string) (net.Conn, error)
	password string
	address  string // with the password
	close    func()
	left     atomic.Int64
	refusal  atomic.Pointer[error] // of the last connection that failed
}

func (p *proxy) serve(from net.Conn) {
	defer from.Close()
	stop := context.AfterFunc(p.ctx, func() { from.Close() })
	defer stop()
	from.SetDeadline(time.Now().Add(maxTime))
	in := bufio.NewReader(from)
	for range 2 { // the first may come without the password
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		switch {
		case request.Method != http.MethodConnect:
			io.WriteString(from, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			return
		case !p.knows(request):
			io.WriteString(from, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"imjoy\"\r\nContent-Length: 0\r\n\r\n")
			continue
		}
		p.tunnel(from, in, request.Host)
		return
	}
}

func (p *proxy) knows(request *http.Request) bool {
	plain := &http.Request{Header: http.Header{"Authorization": request.Header["Proxy-Authorization"]}}
	_, password, ok := plain.BasicAuth()
	return ok && password == p.password
}

func (p *proxy) tunnel(from net.Conn, in io.Reader, host string) {
	to, err := p.dial(p.ctx, "tcp", host)
	if err != nil {
		p.refusal.Store(&err)
		io.WriteString(from, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return
	}
	defer to.Close()
	stop := context.AfterFunc(p.ctx, func() { to.Close() })
	defer stop()
	io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(to, in)
		to.Close()
	})
	io.Copy(from, counted{to, &p.left})
	from.Close()
	both.Wait()
}

// explain puts the reason why we did not connect in the place of what git makes of it.
func (p *proxy) explain(err error) error {
	var failed *Error
	if why := p.refusal.Load(); why != nil && errors.As(err, &failed) {
		return &Error{URL: failed.URL, Why: (*why).Error()}
	}
	if p.left.Load() < 0 && errors.As(err, &failed) {
		return &Error{URL: failed.URL, Why: fmt.Sprintf("it sent more than %d MiB", maxTransfer>>20)}
	}
	return err
}

// counted reads until the allowance of all connections is used up.
type counted struct {
	from io.Reader
	left *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	if c.left.Add(-int64(n)) < 0 {
		return 0, io.ErrShortBuffer
	}
	return n, err
}

//go:build !unix

package keeper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
)

var errNotHere = errors.New("plugins cannot live on in the background on this system")

// Client is a command that has a plugin's connection.
type Client struct {
	Conn net.Conn
	Mark string
}

// Ended is how a plugin's process ended.
type Ended struct {
	How    string
	Tail   string
	Memory bool
	Full   bool
}

// Serve says that it cannot.
func Serve(_ io.Reader, out io.Writer) { fmt.Fprintln(out, errNotHere) }

// Start says that it cannot.
func Start(context.Context, []string, Order) error { return errNotHere }

// Reserve has nothing to wait for.
func Reserve(context.Context, string) (func(), error) { return func() {}, nil }

// Attach finds nothing.
func Attach(string) (*Client, error) { return nil, ErrNone }

// Events is never called.
func (c *Client) Events(func(level, text string)) (Ended, bool) { return Ended{}, false }

// Detach is never called.
func (c *Client) Detach() error { return errNotHere }

// Close is never called.
func (c *Client) Close() error { return nil }

// Stop finds nothing.
func Stop(string) error { return ErrNone }

// Look finds nothing.
func Look(string) (Status, error) { return Status{}, ErrNone }

// List finds nothing.
func List(string) ([]Status, error) { return nil, nil }

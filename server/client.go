package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/imjoy-tools/imjoy/engine"
)

// client is one open page. Channel 0 carries what the page and the host say to each
// other, every other channel belongs to one plugin.
type client struct {
	server  *Server
	socket  *websocket.Conn
	control *control
	page    string // its origin

	ctx  context.Context // ends with the connection
	stop context.CancelCauseFunc

	send sync.Mutex // one frame's piece at a time

	mu       sync.Mutex
	next     uint32
	channels map[uint32]*channel
	partial  map[uint32][]byte
}

var errPageClosed = errors.New("the page was closed")

// write sends a frame in pieces; pieces of other channels may come between them.
func (c *client) write(number uint32, f engine.Frame) error {
	whole := appendFrame(make([]byte, 0, frameSize(f)), f)
	for {
		piece := whole[:min(len(whole), chunk)]
		whole = whole[len(piece):]
		message := make([]byte, pieceHead, pieceHead+len(piece))
		binary.LittleEndian.PutUint32(message, number)
		if len(whole) == 0 {
			message[4] = 1
		}
		ctx, cancel := context.WithTimeout(c.ctx, writeTimeout)
		c.send.Lock()
		err := c.socket.Write(ctx, websocket.MessageBinary, append(message, piece...))
		c.send.Unlock()
		cancel()
		if err != nil {
			c.stop(errPageClosed)
			return err
		}
		if len(whole) == 0 {
			return nil
		}
	}
}

// read takes messages until the connection ends.
func (c *client) read() error {
	for {
		kind, data, err := c.socket.Read(c.ctx)
		if err != nil {
			return err
		}
		if kind != websocket.MessageBinary || len(data) < pieceHead || data[4] > 1 {
			return fmt.Errorf("%w: no piece of one", errFrame)
		}
		if err := c.take(binary.LittleEndian.Uint32(data), data[4] == 1, data[pieceHead:]); err != nil {
			return err
		}
	}
}

func (c *client) take(number uint32, last bool, piece []byte) error {
	c.mu.Lock()
	whole := c.partial[number]
	target := c.channels[number]
	if number != 0 && target == nil { // ended on this side
		delete(c.partial, number)
		c.mu.Unlock()
		return nil
	}
	if len(whole)+len(piece) > maxFrame {
		c.mu.Unlock()
		return fmt.Errorf("%w: more than %d bytes", errFrame, maxFrame)
	}
	if !last {
		c.partial[number] = append(whole, piece...)
		c.mu.Unlock()
		return nil
	}
	delete(c.partial, number)
	c.mu.Unlock()
	if len(whole) > 0 {
		piece = append(whole, piece...)
	}
	f, err := parseFrame(piece)
	if err != nil {
		return err
	}
	if number == 0 {
		return c.control.receive(f)
	}
	return target.push(f)
}

// open makes a channel for a plugin.
func (c *client) open() (*channel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return nil, errPageClosed
	}
	if len(c.channels) >= MaxChannels {
		return nil, fmt.Errorf("more than %d plugins run in this page", MaxChannels)
	}
	c.next++
	ch := &channel{client: c, number: c.next, begun: make(chan error, 1)}
	ch.change = sync.NewCond(&ch.mu)
	c.channels[ch.number] = ch
	return ch, nil
}

// end ends all that went over this connection.
func (c *client) end(reason error) {
	c.stop(reason)
	c.mu.Lock()
	list := c.channels
	c.channels = map[uint32]*channel{}
	c.mu.Unlock()
	for _, ch := range list {
		ch.finish(reason)
	}
	c.control.end(reason)
}

// channel is the connection to one plugin in a page.
type channel struct {
	client *client
	number uint32
	key    string // of its frame
	output output
	begun  chan error // gets one when Python has started in the page

	mu     sync.Mutex
	change *sync.Cond
	queue  []engine.Frame
	size   int64
	err    error
}

var _ engine.Conn = (*channel)(nil)

func (ch *channel) Send(f engine.Frame) error {
	ch.mu.Lock()
	err := ch.err
	ch.mu.Unlock()
	if err != nil {
		return err
	}
	return ch.client.write(ch.number, f)
}

// push adds a frame that came in. A plugin that floods its host is ended.
func (ch *channel) push(f engine.Frame) error {
	ch.mu.Lock()
	ch.queue = append(ch.queue, f)
	ch.size += f.Size() + int64(len(f.Header))
	full := ch.size > MaxQueued
	ch.change.Broadcast()
	ch.mu.Unlock()
	if full {
		ch.drop(errors.New("it sends more than its host can take"))
	}
	return nil
}

func (ch *channel) Receive() (engine.Frame, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	for len(ch.queue) == 0 && ch.err == nil {
		ch.change.Wait()
	}
	if len(ch.queue) == 0 {
		return engine.Frame{}, ch.err
	}
	f := ch.queue[0]
	ch.queue = ch.queue[1:]
	ch.size -= f.Size() + int64(len(f.Header))
	return f, nil
}

// finish ends the channel on this side.
func (ch *channel) finish(reason error) {
	ch.mu.Lock()
	if ch.err == nil {
		ch.err = reason
	}
	ch.change.Broadcast()
	ch.mu.Unlock()
	ch.client.server.frames.remove(ch.key)
}

// drop ends the channel on both sides.
func (ch *channel) drop(reason error) {
	c := ch.client
	c.mu.Lock()
	_, open := c.channels[ch.number]
	delete(c.channels, ch.number)
	delete(c.partial, ch.number)
	c.mu.Unlock()
	ch.finish(reason)
	if open {
		c.control.notify("plugin.close", map[string]any{"channel": ch.number})
	}
}

// Close removes the plugin from the page.
func (ch *channel) Close() error {
	ch.drop(io.EOF)
	return nil
}

// Contained reports that a plugin in a frame cannot harm this process.
func (ch *channel) Contained() bool { return true }

// Ended tells why the plugin is gone.
func (ch *channel) Ended() *engine.Ended {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ended := &engine.Ended{Reason: engine.Killed}
	if ch.err != nil && !errors.Is(ch.err, io.EOF) {
		ended.Detail = ch.err.Error()
	}
	return ended
}

// Kill removes the plugin at once.
func (ch *channel) Kill() { ch.drop(io.EOF) }

// pingEvery keeps a connection that has gone silent from being believed.
const pingEvery = 30 * time.Second

package server

import "time"

// Limits of the page's connection.
const (
	// MaxMessage is the longest WebSocket message, in bytes; longer frames are split.
	MaxMessage = 16 << 20
	// MaxClients is how many pages may be connected at once.
	MaxClients = 64
	// MaxChannels is how many plugins may run in one page.
	MaxChannels = 1024
	// MaxQueued is how many bytes of one plugin may wait to be read by the host.
	MaxQueued = 1 << 30

	// maxHeader and maxBuffers bound a frame, as between host and workers.
	maxHeader  = 64 << 20
	maxBuffers = 1024
	maxFrame   = 1 << 30

	// chunk is the size of the pieces that frames are sent in, in bytes, so that a large
	// array does not hold up small calls.
	chunk = 1 << 20

	// helloTimeout is how long a connection may take to say its token, and a page of the same tab to end.
	helloTimeout = 10 * time.Second
	// maxTickets is how many tabs that were open can be loaded anew.
	maxTickets = 256
	// maxHello is the longest first message, in bytes.
	maxHello = 4 << 10
	// writeTimeout is how long the page may take to read one message.
	writeTimeout = time.Minute
	// pageTimeout is how long a plugin waits for a page to be open.
	pageTimeout = 2 * time.Minute
	// frameTimeout is how long an address of a frame may be used.
	frameTimeout = time.Minute
	// pythonTimeout is how long Python may take to start in the page.
	pythonTimeout = 3 * time.Minute
	// maxHeaderBytes is the longest head of an HTTP request.
	maxHeaderBytes = 32 << 10
	// maxHosts is how many hosts a plugin and the files it loads may name, maxHostText how
	// many bytes of them are read for that, maxHostName how long a name may be.
	maxHosts    = 4096
	maxHostText = 64 << 20
	maxHostName = 300
	// maxCalls is how many calls of a page may run at once.
	maxCalls = 256
)

// Package wire is how this program and a worker talk: frames on a stream, values
// in frames, and calls in both directions.
//
// Start with [NewPeer] over a [Conn] ([NewStream] for sockets and pipes, [Pipe]
// for two ends in one process). A peer serves calls while it waits for answers of
// its own, and what it gets and gives are [Payload]s: values still encoded, so
// that a host passes a call on without reading it. [Encode] and [Payload.Args]
// turn them into values.
//
// # A frame
//
//	u32 LE   length of the header in bytes
//	u32 LE   number of buffers
//	u64 LE   length of each buffer
//	header   JSON, UTF-8
//	buffers  raw bytes, one after another
//
// Between a program and its children ([NewHost], [NewWorker]) large buffers lie in
// shared memory instead: the top bit of the length is set, and in the frame stand 16
// bytes, the number of a piece of memory and an offset in it (u64 LE each). Frames
// whose number of buffers is 1<<31 are messages about that memory; a child that
// does not answer them gets and sends bytes as above. The host owns all of the memory.
//
// All lengths are checked against the limits before anything is allocated, and
// memory grows with the bytes that arrive, not with the bytes announced.
//
// # A header
//
//	{"v":1, "id":7, "kind":"call", "method":"plugin.run", "deadline":1500, "functions":[{"id":3}], "args":[...]}
//	{"v":1, "id":8, "kind":"call", "target":3, "args":[...]}
//	{"v":1, "id":7, "kind":"result", "result":...}
//	{"v":1, "id":7, "kind":"error", "error":{"name":..., "message":..., "stack":[...]}}
//	{"v":1, "kind":"notify", "method":"log", "args":[...]}
//	{"v":1, "kind":"cancel", "id":7}
//	{"v":1, "kind":"release", "functions":[{"id":3}]}
//
// The caller chooses the id of a call; answers echo it. A deadline is the number
// of milliseconds left. A function's id is valid on the connection it was given
// to only, and until it is released; with "once" it is gone after one call. Unknown
// kinds and fields are ignored.
//
// The package knows nothing of plugins: methods are names it carries.
package wire

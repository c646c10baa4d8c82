// Package value holds what crosses a border between plugins, and between a plugin
// and this program: plain JSON, bytes, arrays, files, errors, sets, maps, and
// functions that live on the other side.
//
// [JSON] prints any value as JSON, [FromJSON] reads that text back, and [Hash]
// names it. Everything that JSON has no form for is an object with the key
// "_rtype", as ImJoy writes it. [Encoder] and [Decoder] do the same with bytes and
// functions left to the caller; frames are built on them. The package knows
// nothing of frames, processes or plugins.
package value

// Package jsvm runs the scripts of one plugin in goja: one runtime, one event loop,
// the environment of a web worker, and the object `api`.
//
// Start with [New], then [VM.Start] with the plugin's scripts, then [VM.Call].
// Everything the plugin asks for goes to the [Host] as values; no Go object is ever
// visible to a script. Errors are [wire.Fault]s with places in the document.
//
// The package knows nothing of processes or permissions, and cannot stop a script
// inside one of goja's built-in functions, nor bound its memory: that is what a
// worker process is for.
package jsvm

// Package pyproc runs a Python plugin in a child process.
//
// [Start] starts an interpreter (see [Resolve] for the path of the real one) with
// the shim of folder shim, which needs nothing but Python's standard library, 3.8
// or newer. What it returns is a [wire.Conn]. "worker.ready" only answers;
// "worker.start" with [StartArguments] runs the scripts and answers with the names
// of what they exported. After that each exported function is "plugin.NAME", and
// the plugin calls "api.NAME".
//
// The answer of worker.start is {"exports": [names of functions], "values": {name:
// value}}. When a plugin calls api.export again, a notification "exports" with the
// same object follows. Lines that the plugin prints go to [Options.Log]; what the
// shim itself has to say is a notification "log".
//
// All code of the plugin runs in the main thread of the child, one call at a time
// but for asyncio tasks. A call that is canceled while it runs is answered with the
// place where it is; stopping it takes [Process.Kill].
//
// The package knows nothing of requirements, permissions or what api functions do.
package pyproc

// Package pyodide knows what a Python plugin in a page runs on: the pinned release of
// Pyodide, CPython for WebAssembly, and the wheels that fit it.
//
// [Files] are the parts of the npm package [Package] that a page loads, with their
// hashes. [Resolve] chooses the wheels for what a plugin declares: as a lock says them,
// else the newest versions that fit, pure Python from PyPI, or of Pyodide's own release.
//
// The package fetches nothing itself; [Options.Get] does.
package pyodide

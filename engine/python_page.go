package engine

import "github.com/imjoy-tools/imjoy/engine/internal/pyproc"

// PythonModules is the shim that stands between a plugin and its host, for a runtime
// that has a Python of its own: names and texts of modules in the order of their
// imports. The function `start` of the last one takes a function that is called with a
// frame for the host (header and list of buffers, as of JavaScript), and returns one
// that takes the host's frames.
func PythonModules() [][2]string { return pyproc.PageModules() }

package pyproc

import "slices"

// PageModules is the shim for a Python in a page: names and texts of its modules in the
// order of their imports. The function `start` of the last one takes a function that
// gets frames for the host, and returns one that takes the host's.
func PageModules() [][2]string {
	return append(slices.Clone(texts()), [2]string{"_imjoy.page", shimFile("page")})
}

// Package plugintest runs the test functions of a plugin: the functions it exports whose
// names begin with "test". Make the plan of a tested plugin with [Instrument], run it
// with [Run], and write what came out with [Report.Write].
//
// Each test function gets the helper `t` as its first argument:
//
//	t.name                            of the function
//	t.ok(value), t.notOk(value)       something true, or false
//	t.equal(got, want)                the same value; t.notEqual
//	t.deepEqual(got, want)            the same content: lists, objects, arrays, maps, sets; t.notDeepEqual
//	t.close(got, want, tolerance)     numbers, or lists of them, that differ by no more (1e-9)
//	t.match(text, pattern)            a regular expression, or a part
//	t.throws(function, want)          an error of a class, or with a text or pattern in it; the error is returned
//	t.fail(message), t.skip(reason)   ends the test
//	t.log(values...)                  shown when the test fails
//
// Comparisons take a message as their last argument. In Python the names may be written
// with underscores, t.raises(ValueError) is a context manager, and numpy arrays compare
// by type, shape and elements. A test fails when it throws, with or without the helper,
// when it answers false, when it takes too long, or when something that it left running
// throws meanwhile.
//
// The package knows nothing of files and terminals, and of permissions only what the
// workspace's options say.
package plugintest

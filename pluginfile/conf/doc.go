// Package conf reads the text of a config, JSON or YAML, into one tree of [Node]s
// in which every key and every value knows its place in the file.
//
// Call [Parse] with the language of the text. It never fails: what is wrong comes
// back as diagnostics at the exact place, with a hint and often a ready fix, and
// the tree holds all that could be read around the fault. Get at values with
// [Node.Get] and [Node.At]; a nil *Node means "absent" and every method accepts
// it, so that chains need no checks:
//
//	root, diagnostics := conf.Parse("json", excerpt)
//	name, ok := root.Get("name").Str()
//
// JSON is read as RFC 8259 says. YAML is read as YAML 1.2's core schema with the
// few habits of js-yaml 3 that plugins may rely on: `yes` and `on` are text, and
// dates and versions keep the text the author wrote. Both obey the limits of
// limits.go whatever the text.
//
// Changes are made with [Node.Set], [Node.Remove] and [Node.Rename], which answer
// edits that touch nothing but what they change.
//
// The package knows nothing of plugins: which keys matter and what their values
// mean is decided by its callers.
package conf

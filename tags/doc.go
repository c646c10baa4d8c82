// Package tags chooses: it takes a document and one of its tags and answers what
// the plugin then is and needs.
//
// A tag is a variant of a plugin, "CPU" or "GPU". A config may give twelve of its
// fields a value for each tag, and a script block may belong to one. Call [Resolve]
// for the [Plan] of a tag, [All] for those of every tag, [Of] for the names. Which
// tag is meant when several say so is decided by [Choose].
//
// A plan holds everything parsed: requirements by package requirement, the form by
// package form, addresses, permissions. Nothing here looks at the world, so a plan
// can be made again from bytes and tag anywhere, and an editor may ask for one on
// every key stroke.
package tags

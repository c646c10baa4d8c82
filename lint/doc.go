// Package lint judges plugins: it turns the facts of package analysis into
// diagnostics with advice.
//
// Call [Run] with the facts of one document. It is a pure function, quick enough
// for every key stroke. The answer holds everything there is to say about the
// document: what reading and planning it found, and the findings of the rules of
// this package, each once, in the order of their places, without those that a
// comment in the file suppresses (see suppress.go).
//
// A rule is a value: a [source.Rule] that documents it, with a bad and a good
// example that are its tests, and a function over the facts. Each family of rules
// has a file. [Rules] lists all codes of all packages, this one's and those of the
// packages that read; [Lookup] finds one.
//
// The package reads no files, starts nothing and knows no output formats.
package lint

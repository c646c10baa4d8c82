// Package repository brings plugins to this machine: from a folder, a file, a URL,
// a manifest, a repository on GitHub or GitLab, a gist.
//
// Make a [Repository] with [New]. [Repository.Open] gets one document and tells
// where it comes from; [Repository.Resolve] gets it with everything it depends on,
// without installing; [Repository.Install] keeps such a closure in the store, after
// somebody agreed to what it wants. [Repository.Find], [Repository.List] and
// [Repository.Uninstall] are about what is installed.
//
// A name of a branch or tag becomes a commit before anything is fetched, so that
// all files of a closure are of one moment, and the record of an installed plugin
// pins each by its hash. Nothing here runs a plugin, reads its scripts or installs
// packages; who may ask a person is passed in as functions.
package repository

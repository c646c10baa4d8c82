//go:build !windows

package store

// dirsSync says that a folder can be synced like a file.
const dirsSync = true

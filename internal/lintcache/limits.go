package lintcache

import "time"

const (
	// maxPackBytes is the size of the largest pack that is read or written.
	maxPackBytes = 16 << 20
	// maxEntries is how many answers a pack holds; those used longest ago go first.
	maxEntries = 20_000
	// maxEntryBytes is the size of the largest answer that is kept.
	maxEntryBytes = 1 << 20
	// maxFiles bounds how many packs there are, and how many runs; maxFolderBytes bounds
	// all of them together. Those written longest ago go first.
	maxFiles       = 64
	maxFolderBytes = 64 << 20
	// maxRunBytes is the size of the largest run that is kept, and maxPaths how many paths
	// it may have looked at.
	maxRunBytes = 4 << 20
	maxPaths    = 10_000
	// unsettled is how long ago the last change of a file must lie for its state to be
	// trusted: two seconds, the coarsest time of a file system, and some for its clock.
	unsettled = 3 * time.Second
)

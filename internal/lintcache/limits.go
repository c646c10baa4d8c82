package lintcache

const (
	// maxPackBytes is the size of the largest pack that is read or written.
	maxPackBytes = 16 << 20
	// maxEntries is how many answers a pack holds; those used longest ago go first.
	maxEntries = 20_000
	// maxEntryBytes is the size of the largest answer that is kept.
	maxEntryBytes = 1 << 20
	// maxPacks and maxFolderBytes bound all packs together; those written longest ago
	// go first.
	maxPacks       = 64
	maxFolderBytes = 64 << 20
)

package store

import "time"

const (
	maxRecord   = 8 << 20  // bytes of a record file
	maxJournal  = 64 << 20 // bytes of a change of several records
	maxBlob     = 64 << 20 // bytes of a blob
	maxVersions = 5        // versions to go back to that a record keeps

	maxCollects = 20 // readings of all records until two of them agree

	maxHolder = 1 << 10 // bytes of the note beside a lock

	maxKeptEntry = 64 << 10 // bytes of an entry for something that was fetched

	lockPause = 25 * time.Millisecond // between two looks at a lock that is held
)

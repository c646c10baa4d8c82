// Package store is what this machine has: the bytes of plugins by their hash, and
// one record per installed plugin that says which bytes are in use. Call [Open],
// then [Store.Record] and [Store.Blob] to read, or [Store.Begin] to change.
//
// Content comes first and the one reference to it last. A change writes every blob
// to a staging file, syncs it, renames it to its place and syncs the folders; only
// then does a record, written the same way, begin to point at it. So a process
// killed, a disk full or a machine without power at any moment leaves the old state
// or the new one. Nothing is edited in place. What no record points at is swept
// when nobody else is changing anything.
//
// Several records change together through a journal: a file with all of them, renamed
// into place at the moment from which they hold. Readers look there before they look at
// the records; the record files follow, and the journal goes. What a process that was
// killed left there is made by the next that changes one of these records.
//
//	<home>/records/<slug>.json    one installed plugin each
//	<home>/journal/               changes of several records that are decided
//	<home>/blobs/<2>/<sha256>     contents
//	<home>/kept/                  what was fetched once; see [Store.Kept]
//	<home>/.staging/              files on their way; worthless after a crash
//	<home>/quarantine/            records and journals that could not be trusted
//	<home>/locks/                 one lock a plugin, one for the whole store
//
// Every read is verified: a blob must have the hash of its name, a record the
// checksum it carries. All writes go through an [FS], so that tests can break each.
// The store knows nothing of networks and does not read plugins.
package store

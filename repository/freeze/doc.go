// Package freeze makes one file of a plugin and all that it loads by address, so that
// it runs without a network. Call [Freeze] with the document and the functions that get
// its parts.
//
// Parts take the place of what names them, and all other bytes stay: a requirement that
// is a script becomes a script block in front of the others, a style sheet a style
// block, a module script one script with what it imports, a picture a data: URL, a
// plugin it depends on an attachment. What was put in is told by the attachment
// [Record]: each URL with the SHA-256 of its bytes. Freezing a frozen file changes
// nothing, and the same parts make the same file.
//
// Where bytes come from, and from which of several servers, is not known here.
package freeze

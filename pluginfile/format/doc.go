// Package format lays out plugin files: the config pretty-printed with its keys in one
// order, one blank line between blocks, no white space at the ends of lines.
//
// Call [Format]. What a plugin means stays as it is: scripts, docs and attachments keep
// every byte, values of the config are written as their author wrote them, comments stay
// where they belong, and blocks keep their order. The text that comes out is read again
// and compared before it is returned. Formatting it again changes nothing.
//
// A file that cannot be read without doubt is left alone.
package format

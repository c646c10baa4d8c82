// Package pluginfile reads the text of a single-file plugin: its top-level blocks
// with their attributes, its config, and the place of every piece.
//
// Call [Parse]. It never fails: whatever the text, it answers a [Document] and what
// there is to say about it. The document has two views of its blocks:
//
//   - [Document.Blocks] is what ImJoy's own parser answers, byte for byte, with all
//     its habits: that is what a plugin means to ImJoy.
//   - [Document.Recovered] is what a careful reader sees. It differs only where
//     ImJoy loses content without a word (an unclosed block, a malformed tag, a
//     `<SCRIPT>` in capitals), and each difference is an error diagnostic at the
//     place of the mistake.
//
// Commands that act on a plugin refuse while [Blocking] names anything; commands
// that only show it show both views.
//
// Texts are read by a scanner of our own, in one pass over the bytes, because both
// the grammar and its hostile corners are ImJoy's and no HTML library's. Scanner,
// careful reader and de-indentation are in the files of their names; grammar.go has
// the rules of a single tag.
//
// The package knows nothing of tags, rules of good style or engines. It is pure: no
// files, network, processes or clock.
package pluginfile

// Package source holds the words every other package uses to talk about text:
// which text ([Source]), where in it ([Span], [Position], [Place]), what is said
// about it ([Diagnostic], [Note]), how it could change ([Edit], [Fix]), and which
// rule said so ([Rule]).
//
// Spans are byte offsets into the whole file and are stored everywhere; lines and
// columns are computed only when something is printed. An [Excerpt] is text taken
// out of a source with bytes left away (a de-indented script): it maps offsets
// both ways, so that an error inside a block is always reported in the file.
//
// The package knows nothing of what the text means, and touches neither files,
// network nor clock.
package source

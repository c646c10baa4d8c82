// Package findings shows diagnostics: as text with code frames ([Full]), one a line
// ([Concise]), as JSON ([JSON]), or as what build services read ([GitHub], [GitLab],
// [SARIF], [JUnit]). A [Baseline] leaves away those that are known. Every command that has something to say about a
// document says it through [Write]; an error of a running script is drawn by
// [Frame] in the same way.
//
// Whatever comes from a file is made harmless first: escape sequences, control and
// bidirectional characters are shown, never sent, so a document cannot forge the
// output of a terminal. Very long lines are cut around what they are shown for.
//
// The package decides nothing: which diagnostics there are, their severities and
// the exit code belong to its callers.
package findings

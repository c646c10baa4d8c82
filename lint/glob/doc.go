// Package glob says which paths patterns mean: [Match] for the patterns of settings,
// [Ignore] for the files called .gitignore, with Git's rules.
//
// Paths are relative, with slashes. The package reads nothing: whoever walks folders
// hands in the texts it finds there.
package glob

// Package delegate asks other linters about the scripts of plugins: ruff and pyright
// about Python, biome and oxlint about JavaScript.
//
// Call [Run] with the [Tool]s that [Find] found. Each gets all scripts at once, as files
// of a temporary folder, and is one process. What it says comes back as diagnostics at
// the places of the plugin files, with codes that begin with its name: "ruff-f401".
//
// A tool that finds a configuration in the project uses that one; otherwise it is told
// that `api` is a global name and left at its defaults. The package installs nothing and
// judges nothing itself.
package delegate

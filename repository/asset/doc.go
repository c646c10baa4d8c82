// Package asset gets what plugins load by address: scripts, modules and style sheets
// by URL, packages of npm by "npm:NAME@VERSION/PATH". Call [New] once for a plugin and
// [Loader.Load] for each thing.
//
// Everything is fetched once and kept in the store, so that the next run needs no
// network and gets the same bytes; what is kept is verified at every read. Packages are
// verified by the integrity that the registry gives, unpacked in memory within limits,
// and entered as Node.js and bundlers do, by the fields exports, browser, module and
// main of their package.json.
//
// Many plugins name files of a CDN that serves packages of npm. When such a host cannot
// be reached, the same file comes from the registry, if [Options.CDN] allows it; that is
// always said. Whether a plugin may load an address is for the caller to decide.
package asset

// Package bundle turns a module and everything it imports into one script that a
// JavaScript engine without modules can run, with a source map. Call [Build] with the
// text of the module and a [Load] function that gets what it imports.
//
// The package reads no files and sends no requests: what an address means, where it
// leads and whether it may be loaded at all is for Load to say. It takes ES modules,
// CommonJS and UMD files, TypeScript and JSON; style sheets are collected beside the
// script. Static imports that cannot be had are errors at their place. A require or a
// dynamic import that cannot be had throws when it is reached, as in Node.js and in
// browsers, since many packages try and do without.
package bundle

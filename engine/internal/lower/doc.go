// Package lower rewrites what goja does not run into what it does: newer JavaScript
// syntax and TypeScript ([Script]), and regular expressions ([Pattern]).
//
// It is pure: text in, text out, with a source map for scripts. Whether something needs
// rewriting is the caller's question; goja itself is the judge of syntax, and
// [Peculiar] of patterns.
package lower

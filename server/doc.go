// Package server is the local page: a workspace in the browser of the person who
// started it, and the place where window plugins live.
//
// Call [New] and [Server.Serve]; [Server.Address] is what the browser opens. [Server.Runtime]
// runs plugins in the page, [Server.Frontend] asks people there. What the page can do
// beyond that (list plugins, run one) is [App], which the program passes in.
//
// Everything that a stranger's page or plugin could try is refused in one place,
// guard.go: only this machine can connect, only by names of this machine, and only
// our own page; every answer that is not this program's public code needs the token
// that came in the fragment of the address, or a frame's address that is given out
// once. Plugins run in frames of their own origin, which can reach nothing but a
// message channel.
//
// The package knows nothing of repositories and of the terminal.
package server

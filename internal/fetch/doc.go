// Package fetch is every HTTP request of the program. Call [New] once and
// [Client.Get] for each URL.
//
// A request is refused before it leaves when its scheme is not https, and when it
// is about to connect to an address inside the machine or its network: the guard
// sits in the dialer, behind name resolution and at every redirect, so that no
// spelling of a host, no redirect and no name that changes its answer gets by. Only
// hosts that the person named ([Options.Allow], or the targets of [Mirrors]) may be
// private or speak plain http.
//
// With [Proxies] a proxy connects instead, and only what can be seen of a host before is
// judged.
//
// Every answer has a size limit, counted after decompression, and two clocks: how
// long nothing may arrive and how long all of it may take. Failures are [*Error]
// values with a [Kind] to act on; URLs in them are redacted.
//
// With a [Cache] a server is asked only whether its answer changed, and an offline
// client answers with what was fetched before.
//
// Files on this machine are not fetched: package repository reads them itself.
package fetch

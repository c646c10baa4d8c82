package fetch

import "time"

// Sizes that callers pass as [Request.Limit], in bytes after decompression.
const (
	ManifestLimit = 8 << 20  // a manifest, a listing, any answer of an API
	PluginLimit   = 16 << 20 // one plugin document
	AssetLimit    = 64 << 20 // one file that scripts load
)

const (
	maxRedirects = 5
	maxAttempts  = 3                // the first try and two more
	maxWait      = 10 * time.Second // longest wait that a server may ask for between tries
	maxHeader    = 64 << 10         // bytes of response header
	maxURL       = 8 << 10          // bytes of a URL

	idleLimit = 30 * time.Second // nothing arrives for so long: give up
	timeLimit = 5 * time.Minute  // one Get with its redirects and retries
	dialLimit = 15 * time.Second // one connection

	lookupLimit = time.Second // looking up a name that a proxy will look up itself
)

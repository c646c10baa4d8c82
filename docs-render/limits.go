package docsrender

import "time"

// What a document may cost at most. Beyond a limit a page says what is left away.
const (
	// MaxDocsBytes is the size of a plugin's docs block that is rendered.
	MaxDocsBytes = 1 << 20
	// MaxGrowth is how many times larger than its Markdown the HTML may be, and
	// MinOutput what is always allowed, so that short texts may grow more.
	MaxGrowth = 20
	MinOutput = 64 << 10
	// MaxDocsTime is how long rendering one docs block may take.
	MaxDocsTime = 2 * time.Second
	// MaxColumns and MaxCells bound a table; a larger one is shown as it is written.
	MaxColumns = 200
	MaxCells   = 50_000
	// MaxDelimiters is how many characters with a meaning ('[', '*', '_', ...) one
	// paragraph or heading may hold: reading them takes the square of their number. A
	// paragraph with more is shown as it is written.
	MaxDelimiters = 4000
	// MaxFormula is how long a formula within a line may be, in bytes; a longer one is
	// text.
	MaxFormula = 2000
	// MaxNesting is how deep quotes and lists may be nested, counted in markers at the
	// beginning of a line; a text with more is shown as it is written.
	MaxNesting = 100

	// MaxHighlightBytes is how much of one block is highlighted, the rest is plain.
	MaxHighlightBytes = 256 << 10
	// MaxHighlightTime is how long highlighting one block may take.
	MaxHighlightTime = time.Second

	// MaxSourceLines and MaxLineLength bound the source view. Lines are cut, not
	// wrapped: the long ones are data.
	MaxSourceLines = 20_000
	MaxLineLength  = 2000
	// MaxSourceBytes is the size of a source that is shown.
	MaxSourceBytes = 2 << 20

	// MaxImageBytes is the size of an image that is packed, and MaxImages how many one
	// plugin may have packed.
	MaxImageBytes = 8 << 20
	MaxImages     = 50

	// changesWait is how long a page that asks for changes is kept waiting, and
	// changesLook how often the site is looked at meanwhile.
	changesWait = 25 * time.Second
	changesLook = 400 * time.Millisecond

	// MaxSearchText is how many bytes of a plugin's docs can be searched.
	MaxSearchText = 16 << 10
	// MaxValue is how much of a value is shown in a table, in bytes.
	MaxValue = 4000
	// MaxRows is how many rows a table of the page has.
	MaxRows = 500
	// shownMarks is how many tags and labels a card of the front page shows, and
	// shownPlaces how many places of one finding are listed.
	shownMarks  = 6
	shownPlaces = 12
	// foldedLines is how long a value of the config may be that is not folded.
	foldedLines = 8
	// MaxVersions is how many earlier versions of a plugin are shown.
	MaxVersions = 20
	// MaxPlugins is how many plugins one site may have.
	MaxPlugins = 5000
)

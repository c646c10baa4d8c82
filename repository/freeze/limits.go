package freeze

const (
	maxParts    = 1000      // things that are put into one file
	maxText     = 15 << 20  // bytes of the frozen file: readers take 16 MiB
	maxPicture  = 256 << 10 // bytes of a cover or icon, which the config holds
	maxStyleURL = 2 << 20   // bytes of a font or picture of a style sheet or window
	maxImports  = 16        // style sheets that import each other in a row
)

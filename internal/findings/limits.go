package findings

// DefaultWidth is the number of columns assumed where no terminal tells its own.
const DefaultWidth = 120

const (
	// contextLines are shown before and after a marked line.
	contextLines = 1
	// spanLines is how many lines of one marked span are shown from its top; the
	// rest is left out but for the last line.
	spanLines = 2
	// minimumWidth is the least number of columns a line of code gets, however
	// narrow the terminal is.
	minimumWidth = 40
	// tabWidth is the distance of tab stops in a frame.
	tabWidth = 4
)

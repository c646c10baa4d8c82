package confine

// Fence keeps a child, and all it starts, from files, programs and the network. What
// every program needs to run stays open: the system's libraries and time zones,
// /dev/null and its like, graphics cards, and facts about the processor.
//
// Paths that do not exist are left away; links are followed once, when the child is
// started, and what they lead to is what counts.
type Fence struct {
	// Read are folders and files that may be read.
	Read []string
	// Write are folders and files that may be read and changed.
	Write []string
	// Run are programs, and folders of programs, that may be started. The program of
	// the command itself may be.
	Run []string
	// Network leaves sockets open.
	Network bool
	// Apart also gives the child a user, processes and, without Network, a network of
	// its own, where the system lets it: it has no privileges left, sees no process
	// but its own, and they all end the moment the program does.
	Apart bool
}

// Enforced says what of a fence holds for a child.
type Enforced struct {
	Files   bool // files and programs
	Network bool // no sockets
	Apart   bool
	// Notes say, one line each, what was asked for and is not given here.
	Notes []string
}

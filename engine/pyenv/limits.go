package pyenv

import "time"

const (
	// maxLog is what is kept of the output of installers, in bytes.
	maxLog = 8 << 20
	// maxAnswer is the largest answer of a program that is asked something.
	maxAnswer = 32 << 20
	// maxConfig is the largest configuration file that is read.
	maxConfig = 1 << 20
	// tailLines is how many lines of a log an error shows.
	tailLines = 12
	// maxPackages is how many distributions one environment may have.
	maxPackages = 5000
	// lockPause is the time between two attempts at a lock that somebody holds.
	lockPause = 50 * time.Millisecond
	// askFor is how long an interpreter may take to say who it is.
	askFor = 20 * time.Second
)

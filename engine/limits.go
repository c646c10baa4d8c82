package engine

import "time"

// Defaults and limits of running plugins.
const (
	// DefaultMemory is what a JavaScript worker may allocate, in bytes.
	DefaultMemory = 512 << 20
	// DefaultGrace is how long a plugin gets to end by itself.
	DefaultGrace = 3 * time.Second
	// DefaultStart is how long a worker may take to answer at all, beside the work
	// of the plugin's scripts.
	DefaultStart = 30 * time.Second

	// maxLinesPerSecond is how many log lines of a plugin are passed on.
	maxLinesPerSecond = 10_000
	// maxCauses is how many errors of other plugins one remembers, and maxTraced how many
	// frames of an error another plugin is told.
	maxCauses = 8
	maxTraced = 16
	// maxGoStack is how much stack one goroutine of a worker may use, in bytes.
	maxGoStack = 64 << 20
	// maxFirstWords is what is kept of a worker's stderr, in bytes.
	maxFirstWords = 1 << 10
	// maxOwnFolder is what a Python plugin may write into the folder that is its own, in
	// bytes; lookEvery is how often somebody looks.
	maxOwnFolder = 1 << 30
	lookEvery    = 2 * time.Second

	// maxPath is the longest path of a program's loader, in bytes.
	maxPath = 4 << 10

	// restWithin is how long a plugin that is being closed waits for calls that it made and
	// nobody waits for.
	restWithin = 500 * time.Millisecond
	// lookForEnd is how often a program that waits for another looks whether it has gone.
	lookForEnd = 100 * time.Millisecond
	// maxOpenFiles is how many files a worker may have open.
	maxOpenFiles = 256
	// maxInstances is how many instances of a plugin one worker holds.
	maxInstances = 32
	// instanceEnd is how long scripts of an instance that had to be ended get to stop,
	// before their worker is killed; instanceClose is that of one that was closed.
	instanceEnd, instanceClose = 50 * time.Millisecond, time.Second
	// childEnd is how long a worker whose connection broke gets to be gone, before it is
	// taken for one that lives.
	childEnd = time.Second
	// orderBuffer is asked for on both ends of an instance's connection, in bytes.
	orderBuffer = 1 << 20
	// turnSlack is how much longer than its whole time a worker may run in one go.
	turnSlack = 500 * time.Millisecond
	// maxDrained is how many items of iterators are read where a result leaves for the
	// outside.
	maxDrained = 100_000
	// maxSleep is the longest time that utils.sleep waits, in seconds.
	maxSleep = 24 * 60 * 60
	// maxFetched is the longest answer that a plugin's fetch takes, in bytes.
	maxFetched = 64 << 20
	// maxFileArgument is the largest file that is read for a plugin, in bytes.
	maxFileArgument = 2 << 30
)

// Package keeper lets a plugin's process live on when the command that started it
// ends.
//
// [Start] starts a keeper: a process of this very program ([Serve]) that starts the
// plugin's child, holds its connection and its output, and listens on a socket in a
// folder that only its user can enter. [Attach] asks it for the connection itself, so
// that frames and shared memory go between command and plugin as ever; one command at
// a time has it. [Client.Detach] gives it back. A command that ends without doing so
// leaves the connection in a state nobody knows, and the plugin is ended then, as it
// is when nobody came for a while.
//
// Every request carries a token that lies beside the socket. The package knows
// nothing of what goes over the connection.
package keeper

import (
	"errors"
	"time"

	"github.com/imjoy-tools/imjoy/engine/internal/pyproc"
)

// Order is what a keeper shall keep.
type Order struct {
	Folder string // of its socket; nobody else's
	Info   Info
	Token  string
	Idle   time.Duration // how long it waits for a command; 0: for ever
	Home   string        // a folder that is removed with the plugin; "" for none
	Quota  pyproc.Quota  // of that folder
	Launch pyproc.Options
}

// Info says what is kept.
type Info struct {
	Name     string    `json:"name"`
	Tag      string    `json:"tag"`
	Document string    `json:"document"` // where it lies
	Spec     string    `json:"spec"`     // equal for equal processes
	Started  time.Time `json:"started"`
	Keeper   int       `json:"keeper"` // process number
	Pid      int       `json:"pid"`    // of the plugin
}

// Status is what a keeper answers about itself.
type Status struct {
	Info
	Attached bool          `json:"attached"`
	Program  int           `json:"program"` // process number of who is attached; 0: nobody
	Idle     time.Duration `json:"idle"`    // since when nobody is attached
	EndsIn   time.Duration `json:"ends_in"`
	Folder   string        `json:"-"`
}

const (
	// answerWithin is how long a keeper may take to answer.
	answerWithin = 5 * time.Second
	// startWithin is how long a keeper may take to start its plugin's process.
	startWithin = 30 * time.Second
	// reserveEvery is how often a command looks whether another one is done.
	reserveEvery = 20 * time.Millisecond
	// printWithin is how long a command that leaves waits for what the plugin printed.
	printWithin = 500 * time.Millisecond
	// keptLines is how many lines of output are kept while nobody is attached.
	keptLines = 200
	// maxRequest is the longest request, in bytes.
	maxRequest = 4 << 10
)

// request is what a command asks, one line.
type request struct {
	Token string `json:"token"`
	Want  string `json:"want"` // attach, status, stop
	From  int    `json:"from"` // process number of who asks
}

// event is a line of a keeper: the answer to a request, and what happens to the
// plugin while a command is attached.
type event struct {
	OK     bool    `json:"ok,omitempty"`
	Error  string  `json:"error,omitempty"`
	Status *Status `json:"status,omitempty"`
	Mark   string  `json:"mark,omitempty"`  // ends what the plugin prints for a command
	Level  string  `json:"level,omitempty"` // of a printed line
	Text   string  `json:"text,omitempty"`
	Ended  string  `json:"ended,omitempty"` // how the plugin's process ended
	Tail   string  `json:"tail,omitempty"`
	Memory bool    `json:"memory,omitempty"` // it ended for want of memory
	Full   bool    `json:"full,omitempty"`   // it was ended because it filled its folder
}

// ErrNone says that nothing is kept in a folder, ErrInUse that a command has what is
// kept there.
var (
	ErrNone  = errors.New("nothing is kept there")
	ErrInUse = errors.New("another command uses it")
)

const detachWord = "detach\n"

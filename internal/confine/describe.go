package confine

import (
	"fmt"
	"strings"
)

// Support says what holds for a child on this system.
type Support struct {
	System string // "linux", ...

	Tree        bool // the whole tree ends, whatever its processes did to get away
	ParentDeath bool // a child does not outlive the program, even when that is killed
	Memory      bool // Limits.Memory is enforced
	Limits      bool // the other limits are enforced
	Privileges  bool // set-user-id programs do not raise a child's rights
	Connection  bool // Command.Connect works
	Files       bool // a child is kept from files it was not granted
	Network     bool // a child is kept from the network
	Apart       bool // a child can have users and processes of its own

	Notes []string // what the words above leave open
}

// String is a short report, one line a fact.
func (s Support) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "children on %s\n", s.System)
	for _, row := range []struct {
		name  string
		holds bool
	}{
		{"the whole tree ends", s.Tree},
		{"no child outlives the program", s.ParentDeath},
		{"memory limit", s.Memory},
		{"limits on time, files and cores", s.Limits},
		{"no new privileges", s.Privileges},
		{"connection to the child", s.Connection},
		{"kept from files", s.Files},
		{"kept from the network", s.Network},
		{"processes of its own", s.Apart},
	} {
		word := "no"
		if row.holds {
			word = "yes"
		}
		fmt.Fprintf(&b, "  %-32s %s\n", row.name, word)
	}
	for _, note := range s.Notes {
		fmt.Fprintf(&b, "  - %s\n", note)
	}
	return b.String()
}

var noSandbox = "files and the network are not fenced off: a child can do what the user who started it can"

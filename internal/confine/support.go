package confine

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

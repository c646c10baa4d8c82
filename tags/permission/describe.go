package permission

import (
	"fmt"
	"strings"
)

// sentences say what each kind means to a person who has to agree; %s is the value.
var sentences = map[Kind][2]string{ // with a value, without
	Net:            {"connect to %s", "connect to any host"},
	Read:           {"read files below %s", "read any file"},
	Write:          {"write files below %s", "write any file"},
	Run:            {"run the program %s", "run any program"},
	Env:            {"read the environment variable %s", "read all environment variables"},
	Python:         {"", "run Python code on this computer"},
	Build:          {"", "run the build code of packages while they are installed"},
	Storage:        {"", "keep data between runs"},
	Camera:         {"", "use the camera"},
	MIDI:           {"", "use MIDI devices"},
	Geolocation:    {"", "know where this computer is"},
	Microphone:     {"", "use the microphone"},
	EncryptedMedia: {"", "play protected media"},
	FullScreen:     {"", "fill the whole screen"},
	PaymentRequest: {"", "ask for payments"},
}

// Describe says in words what a permission allows: "connect to example.org".
func (p Permission) Describe() string {
	s := sentences[p.Kind]
	switch {
	case p.Value != "" && s[0] != "":
		return fmt.Sprintf(s[0], p.Value)
	case s[1] != "":
		return s[1]
	}
	return p.String()
}

// Flag is the command-line flag that grants the permission, "" where none does.
func (p Permission) Flag() string {
	switch p.Kind {
	case Net, Read, Write, Run, Env, Python, Build, Camera, Microphone, Geolocation, MIDI, EncryptedMedia, FullScreen, PaymentRequest:
		if p.Value == "" {
			return "--allow-" + string(p.Kind)
		}
		return "--allow-" + string(p.Kind) + "=" + p.Value
	}
	return ""
}

// String prints the sheet for people, one line each, "" when it is empty.
func (s Sheet) String() string {
	var b strings.Builder
	for _, w := range s.Wants {
		b.WriteString("  " + w.Permission.Describe())
		if w.Detail != "" {
			b.WriteString(": " + w.Detail)
		}
		if len(w.Reasons) > 0 && !w.Declared {
			fmt.Fprintf(&b, "  (%s)", w.Reasons[0].where())
		}
		b.WriteByte('\n')
	}
	if len(s.Packages) > 0 {
		fmt.Fprintf(&b, "  install %s\n", strings.Join(s.Packages, ", "))
	}
	if len(s.Dialogs) > 0 {
		fmt.Fprintf(&b, "  ask for %s\n", strings.Join(s.Dialogs, ", "))
	}
	return b.String()
}

// where is the reason with its line.
func (r Reason) where() string {
	if !r.Place.Known() {
		return r.Text
	}
	start, _ := r.Place.Range()
	return fmt.Sprintf("%s, line %d", r.Text, start.Line)
}

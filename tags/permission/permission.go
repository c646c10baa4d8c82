// Package permission holds the words in which a plugin asks for more than computing,
// and in which people grant it: "camera", "net:api.example.org", "read:/data".
//
// Read a word with [Parse], a config's list with [FromConfig]. A [Set] is what is
// granted; its zero value grants nothing, and what it denies wins over what it
// allows. A [Sheet] is what a plugin wants, declared or inferred, with the reasons;
// [Diff] tells what an upgrade wants on top.
//
// Nothing here asks, remembers or enforces.
package permission

import (
	"cmp"
)

// Kind is the first word of a permission.
type Kind string

// The kinds: ImJoy's browser words, then those that this program adds.
const (
	Camera         Kind = "camera"
	MIDI           Kind = "midi"
	Geolocation    Kind = "geolocation"
	Microphone     Kind = "microphone"
	EncryptedMedia Kind = "encrypted-media"
	FullScreen     Kind = "full-screen"
	PaymentRequest Kind = "payment-request"

	Net     Kind = "net"     // net:host[:port], net:*.host
	Read    Kind = "read"    // read:path and everything under it
	Write   Kind = "write"   // write:path and everything under it
	Run     Kind = "run"     // run:program
	Env     Kind = "env"     // env:NAME, env:PREFIX_*
	Python  Kind = "python"  // run Python, which no sandbox in this process contains
	Build   Kind = "build"   // run the build code of packages
	Storage Kind = "storage" // a data folder that outlives the run
)

// Permission is one thing a plugin may do. A value of "" where the kind takes one
// means all of them.
type Permission struct {
	Kind  Kind
	Value string // canonical: lower-case host, clean path
}

// String prints the permission as people write it.
func (p Permission) String() string {
	if p.Value == "" {
		return string(p.Kind)
	}
	return string(p.Kind) + ":" + p.Value
}

// MarshalText writes the canonical word.
func (p Permission) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a word with [Parse].
func (p *Permission) UnmarshalText(text []byte) (err error) {
	*p, err = Parse(string(text))
	return err
}

func compare(a, b Permission) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
}

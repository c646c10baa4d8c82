package lock

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// shownDigits of a hash tell two contents apart for people.
const shownDigits = 12

// Drift is one thing in which two locks differ.
type Drift struct {
	Plugin string `json:"plugin"`
	What   string `json:"what"` // the field: "sha256", "permissions", "plugin" when all of it is new or gone
	Old    string `json:"old"`  // "" for what is new
	New    string `json:"new"`  // "" for what is gone
}

func (d Drift) String() string {
	switch {
	case d.What == "plugin" && d.Old == "":
		return fmt.Sprintf("%s is not in the lock", d.Plugin)
	case d.What == "plugin":
		return fmt.Sprintf("%s is in the lock, but nothing needs it", d.Plugin)
	}
	return fmt.Sprintf("%s: %s is %s, the lock has %s", d.Plugin, d.What, orNothing(d.New), orNothing(d.Old))
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// Compare tells how b differs from the lock a, in the order of the plugins' names.
func Compare(a, b *File) (list []Drift) {
	a.sort()
	b.sort()
	for i := range a.Plugins {
		old := &a.Plugins[i]
		now := b.Find(old.Name, old.Origin)
		if now == nil {
			list = append(list, Drift{old.Name, "plugin", old.Origin, ""})
			continue
		}
		list = append(list, Differ(old, now)...)
	}
	for i := range b.Plugins {
		if now := &b.Plugins[i]; a.Find(now.Name, now.Origin) == nil {
			list = append(list, Drift{now.Name, "plugin", "", now.Origin})
		}
	}
	return list
}

// Differ tells how one plugin differs from what the lock says of it.
func Differ(old, now *Plugin) (list []Drift) {
	add := func(what, a, b string) {
		if a != b {
			list = append(list, Drift{now.Name, what, a, b})
		}
	}
	// Contents are compared by their whole hashes, of which people see the first part.
	contents := func(what string, words func(*Plugin, int) string) {
		if words(old, sha256.Size*2) != words(now, sha256.Size*2) {
			list = append(list, Drift{now.Name, what, words(old, shownDigits), words(now, shownDigits)})
		}
	}
	add("address", old.Address, now.Address)
	add("commit", old.Commit, now.Commit)
	add("url", old.URL, now.URL)
	add("sha256", old.SHA256, now.SHA256)
	if old.SHA256 == now.SHA256 {
		add("size", fmt.Sprint(old.Size), fmt.Sprint(now.Size))
	}
	add("tag", old.Tag, now.Tag)
	add("permissions", strings.Join(old.Permissions, ", "), strings.Join(now.Permissions, ", "))
	add("packages", strings.Join(old.Packages, ", "), strings.Join(now.Packages, ", "))
	add("dependencies", wanted(old.Dependencies), wanted(now.Dependencies))
	contents("requirements", required)
	contents("attachments", attached)
	if !bytes.Equal(old.Python, now.Python) {
		add("python", "another resolution", "not the locked one")
	}
	add("config", old.Config, now.Config)
	add("requested", fmt.Sprint(old.Requested), fmt.Sprint(now.Requested))
	return list
}

func wanted(list []Dependency) string {
	return joined(list, func(d Dependency) string { return d.Wanted + " = " + d.Origin })
}

func required(p *Plugin, digits int) string {
	return joined(p.Requirements, func(r Requirement) string { return fmt.Sprintf("%s sha256 %.*s", r.URL, digits, r.SHA256) })
}

func attached(p *Plugin, digits int) string {
	return joined(p.Attachments, func(a Attachment) string { return fmt.Sprintf("%s sha256 %.*s", a.Name, digits, a.SHA256) })
}

func joined[T any](list []T, text func(T) string) string {
	var words []string
	for _, item := range list {
		words = append(words, text(item))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

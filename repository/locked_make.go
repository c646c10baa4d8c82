package repository

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"

	"github.com/imjoy-tools/imjoy/pluginfile"
	"github.com/imjoy-tools/imjoy/repository/address"
	"github.com/imjoy-tools/imjoy/repository/lock"
)

// MakeLock describes closures as a lock in a folder. They must be complete.
func MakeLock(dir string, closures []*Closure) *lock.File {
	l := &Lock{File: &lock.File{}, Dir: dir}
	for _, c := range closures {
		for _, p := range c.Plugins {
			entry := l.entry(p)
			entry.Requested = p == c.Root
			if known := l.Find(entry.Name, entry.Origin); known != nil {
				known.Requested = known.Requested || entry.Requested
				continue
			}
			l.Plugins = append(l.Plugins, entry)
		}
	}
	return l.File
}

// entry describes one plugin.
func (l *Lock) entry(p *Plugin) lock.Plugin {
	file := ""
	if p.Local {
		file = p.URL
	}
	entry := lock.Plugin{
		Name: p.Name, Origin: p.Origin, Address: l.addressOf(p.Address, file), Commit: p.Commit, URL: p.URL,
		Size: int64(len(p.Text)), SHA256: p.SHA256, Config: configSum(p.Document), Type: p.Plan.Type, Number: p.Plan.Version,
		Tag: p.Tag(), Local: p.Local, Attachments: attachmentsOf(p.Document), Requirements: p.requirements(),
		Permissions: words(p), Python: p.Environment,
	}
	if len(p.Plan.Sheet.Packages) > 0 {
		entry.Packages = p.Plan.Sheet.Packages
	}
	if p.Local {
		entry.URL, entry.Origin = entry.Address, l.originOf(p.Origin)
	}
	for _, edge := range p.edges {
		edge.Origin = l.originOf(edge.Origin)
		entry.Dependencies = append(entry.Dependencies, edge)
	}
	return entry
}

// addressOf is an address as the lock writes it: a file by its path from the lock.
func (l *Lock) addressOf(a address.Address, file string) string {
	if file == "" {
		return wanted(a)
	}
	return l.originOf(file)
}

// originOf makes the path of a file relative, so that a project can be moved; other
// origins stay.
func (l *Lock) originOf(origin string) string {
	if !filepath.IsAbs(origin) {
		return origin
	}
	if inside, err := filepath.Rel(l.Dir, origin); err == nil {
		inside = filepath.ToSlash(inside)
		if !strings.HasPrefix(inside, "../") {
			inside = "./" + inside
		}
		return inside
	}
	return filepath.ToSlash(origin)
}

func words(p *Plugin) []string {
	if list := p.Plan.Permissions.Words(); len(list) > 0 {
		return list
	}
	return nil
}

func configSum(doc *pluginfile.Document) string {
	if doc.Config.Block == nil {
		return ""
	}
	return sumOf(textOf(doc.Config.Block))
}

func attachmentsOf(doc *pluginfile.Document) (list []lock.Attachment) {
	for _, b := range doc.Blocks {
		if b.Kind != pluginfile.AttachmentBlock {
			continue
		}
		text := textOf(b)
		list = append(list, lock.Attachment{Name: b.Name(), Size: int64(len(text)), SHA256: sumOf(text)})
	}
	return list
}

func textOf(b *pluginfile.Block) string { return string(b.Source.Text[b.Inner.Start:b.Inner.End]) }

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func requirementsOf(p *Plugin) (list []lock.Requirement) {
	for _, a := range p.Assets {
		list = append(list, lock.Requirement{URL: a.URL, Resolved: a.Resolved, Kind: a.Kind, ContentType: a.ContentType, Size: a.Size, SHA256: a.SHA256})
	}
	return list
}
